"""GGUF files of real models' geometry for tests/peers/fit: every tensor is there with its shape and type, and its data are a
hole in a sparse file, so that llama.cpp allocates what it would for the real file and the disk holds a few kilobytes."""
import os

Q = {"F32": 0, "F16": 1, "Q8_0": 8, "Q4_K": 12, "Q6_K": 14, "BF16": 30, "MXFP4": 39, "Q4_0": 2}


class Model:
    """One GGUF file in the making. Shapes are in the file's order: columns first."""

    def __init__(self, path, architecture, type_, **keys):
        import gguf
        self.gguf, self.path, self.type, self.size = gguf, path, type_, 0
        self.writer = gguf.GGUFWriter(path, architecture)
        for key, value in keys.items():
            self.key(f"{architecture}." + key.replace("__", "."), value)
        self.key("tokenizer.ggml.model", "none")

    def key(self, name, value):
        add = {bool: self.writer.add_bool, int: self.writer.add_uint32, float: self.writer.add_float32,
               str: self.writer.add_string, list: self.writer.add_array}[type(value)]
        add(name, value)

    def tensor(self, name, *shape, type_=None):
        import numpy
        kind = type_ or ("F32" if len(shape) == 1 else self.type)
        quantized = self.gguf.GGMLQuantizationType(Q[kind])
        block, size = self.gguf.GGML_QUANT_SIZES[quantized]
        if shape[0] % block:
            quantized = self.gguf.GGMLQuantizationType.F16
            block, size = 1, 2
        rows = 1
        for part in shape[1:]:
            rows *= part
        count = shape[0] // block * size * rows
        byte_shape = (*reversed(shape[1:]), shape[0] // block * size)
        whole = quantized in (self.gguf.GGMLQuantizationType.F32, self.gguf.GGMLQuantizationType.F16)
        self.writer.add_tensor_info(name, tuple(reversed(shape)) if whole else byte_shape,
                                    numpy.dtype(numpy.float32 if kind == "F32" else numpy.float16 if whole else numpy.uint8),
                                    count, None if whole else quantized)
        self.size += -(-count // 32) * 32

    def close(self):
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_ti_data_to_file()
        self.writer.close()
        os.truncate(self.path, -(-os.path.getsize(self.path) // 32) * 32 + self.size)


def attention(m, p, n, heads, kv, head, bias=False, qk_norm=None, fused=False, value=None):
    value = value or head
    m.tensor(p + "attn_norm.weight", n)
    if fused:
        m.tensor(p + "attn_qkv.weight", n, (heads + kv) * head + kv * value)
    else:
        m.tensor(p + "attn_q.weight", n, heads * head)
        m.tensor(p + "attn_k.weight", n, kv * head)
        m.tensor(p + "attn_v.weight", n, kv * value)
    m.tensor(p + "attn_output.weight", heads * value, n)
    if bias:
        m.tensor(p + "attn_q.bias", heads * head)
        m.tensor(p + "attn_k.bias", kv * head)
        m.tensor(p + "attn_v.bias", kv * value)
    if qk_norm:
        m.tensor(p + "attn_q_norm.weight", qk_norm)
        m.tensor(p + "attn_k_norm.weight", qk_norm)


def experts(m, p, n, count, inner, shared=0, type_=None):
    m.tensor(p + "ffn_gate_inp.weight", n, count, type_="F32")
    m.tensor(p + "ffn_gate_exps.weight", n, inner, count, type_=type_)
    m.tensor(p + "ffn_up_exps.weight", n, inner, count, type_=type_)
    m.tensor(p + "ffn_down_exps.weight", inner, n, count, type_=type_)
    if shared:
        for part in ("gate", "up"):
            m.tensor(p + f"ffn_{part}_shexp.weight", n, shared)
        m.tensor(p + "ffn_down_shexp.weight", shared, n)


def feed_forward(m, p, n, inner, gated=True):
    if gated:
        m.tensor(p + "ffn_gate.weight", n, inner)
    m.tensor(p + "ffn_up.weight", n, inner)
    m.tensor(p + "ffn_down.weight", inner, n)


def ends(m, n, vocab, tied=False):
    m.tensor("token_embd.weight", n, vocab)
    m.tensor("output_norm.weight", n)
    if not tied:
        m.tensor("output.weight", n, vocab)


def base(n, layers, ff, heads, kv, context, vocab, **more):
    return dict(context_length=context, embedding_length=n, block_count=layers, feed_forward_length=ff,
                attention__head_count=heads, attention__head_count_kv=kv, attention__layer_norm_rms_epsilon=1e-6,
                vocab_size=vocab, **more)


def dense(path, arch, type_, n, layers, ff, heads, kv, vocab, head=None, context=131072, tied=False, bias=False, norm=False,
          post=False, fused=False, gated=True, **more):
    """Llama and what is built like it."""
    size = head or n // heads
    m = Model(path, arch, type_, **base(n, layers, ff, heads, kv, context, vocab, **more),
              attention__key_length=size, attention__value_length=size, rope__dimension_count=size)
    ends(m, n, vocab, tied)
    for i in range(layers):
        p = f"blk.{i}."
        attention(m, p, n, heads, kv, size, bias, size if norm else None, fused)
        m.tensor(p + "ffn_norm.weight", n)
        if post:
            m.tensor(p + "post_attention_norm.weight", n)
            m.tensor(p + "post_ffw_norm.weight", n)
        if arch == "phi3":
            m.tensor(p + "ffn_up.weight", n, 2 * ff)
            m.tensor(p + "ffn_down.weight", ff, n)
        else:
            feed_forward(m, p, n, ff, gated)
    m.close()


def sparse(path, arch, type_, n, layers, heads, kv, head, vocab, count, used, inner, context=131072, norm=True, **more):
    """Qwen3-MoE, Mixtral."""
    m = Model(path, arch, type_, **base(n, layers, inner, heads, kv, context, vocab, **more), attention__key_length=head,
              attention__value_length=head, expert_count=count, expert_used_count=used, expert_feed_forward_length=inner,
              rope__dimension_count=head)
    ends(m, n, vocab)
    for i in range(layers):
        p = f"blk.{i}."
        attention(m, p, n, heads, kv, head, qk_norm=head if norm else None)
        m.tensor(p + "ffn_norm.weight", n)
        experts(m, p, n, count, inner)
    m.close()


def gpt_oss(path, type_, layers, count):
    n, heads, kv, head, inner = 2880, 64, 8, 64, 2880
    m = Model(path, "gpt-oss", type_, **base(n, layers, inner, heads, kv, 131072, 201088), attention__key_length=head,
              attention__value_length=head, expert_count=count, expert_used_count=4, expert_feed_forward_length=inner,
              attention__sliding_window=128, rope__dimension_count=head)
    ends(m, n, 201088)
    for i in range(layers):
        p = f"blk.{i}."
        attention(m, p, n, heads, kv, head, bias=True)
        m.tensor(p + "attn_output.bias", n)
        m.tensor(p + "attn_sinks.weight", heads)
        m.tensor(p + "post_attention_norm.weight", n)
        experts(m, p, n, count, inner, type_="MXFP4")
        m.tensor(p + "ffn_gate_inp.bias", count)
        for part in ("gate", "up"):
            m.tensor(p + f"ffn_{part}_exps.bias", inner, count, type_="F32")
        m.tensor(p + "ffn_down_exps.bias", n, count, type_="F32")
    m.close()


def deepseek(path, type_, n, layers, heads, vocab, ff, count, used, inner, shared, leading, q_rank, context=163840):
    rank, rope, nope, value = 512, 64, 128, 128
    more = {"attention__q_lora_rank": q_rank} if q_rank else {}
    m = Model(path, "deepseek2", type_, **base(n, layers, ff, heads, 1, context, vocab, **more),
              attention__key_length=rank + rope, attention__value_length=rank, attention__key_length_mla=nope + rope,
              attention__value_length_mla=value, attention__kv_lora_rank=rank, rope__dimension_count=rope, expert_count=count,
              expert_used_count=used, expert_shared_count=shared, expert_feed_forward_length=inner,
              leading_dense_block_count=leading, expert_weights_scale=2.5, expert_gating_func=2, expert_weights_norm=True)
    ends(m, n, vocab)
    for i in range(layers):
        p = f"blk.{i}."
        m.tensor(p + "attn_norm.weight", n)
        if q_rank:
            m.tensor(p + "attn_q_a.weight", n, q_rank)
            m.tensor(p + "attn_q_a_norm.weight", q_rank)
            m.tensor(p + "attn_q_b.weight", q_rank, heads * (nope + rope))
        else:
            m.tensor(p + "attn_q.weight", n, heads * (nope + rope))
        m.tensor(p + "attn_kv_a_mqa.weight", n, rank + rope)
        m.tensor(p + "attn_kv_a_norm.weight", rank)
        m.tensor(p + "attn_k_b.weight", nope, rank, heads)
        m.tensor(p + "attn_v_b.weight", rank, value, heads)
        m.tensor(p + "attn_output.weight", heads * value, n)
        m.tensor(p + "ffn_norm.weight", n)
        if i < leading:
            feed_forward(m, p, n, ff)
        else:
            experts(m, p, n, count, inner, shared * inner)
            m.tensor(p + "exp_probs_b.bias", count)
    m.close()


def mamba(path, type_, n, layers, vocab):
    inner, state, conv, rank = 2 * n, 16, 4, n // 16
    m = Model(path, "mamba", type_, **base(n, layers, 0, 0, 0, 1048576, vocab), ssm__conv_kernel=conv, ssm__inner_size=inner,
              ssm__state_size=state, ssm__time_step_rank=rank)
    ends(m, n, vocab, tied=True)
    for i in range(layers):
        p = f"blk.{i}."
        m.tensor(p + "attn_norm.weight", n)
        m.tensor(p + "ssm_in.weight", n, 2 * inner)
        m.tensor(p + "ssm_conv1d.weight", conv, inner, type_="F32")
        m.tensor(p + "ssm_conv1d.bias", inner)
        m.tensor(p + "ssm_x.weight", inner, rank + 2 * state)
        m.tensor(p + "ssm_dt.weight", rank, inner)
        m.tensor(p + "ssm_dt.bias", inner)
        m.tensor(p + "ssm_a", state, inner, type_="F32")
        m.tensor(p + "ssm_d", inner)
        m.tensor(p + "ssm_out.weight", inner, n)
    m.close()


def qwen3next(path, type_, n=2048, layers=48, vocab=151936, count=512, used=10, inner=512):
    """Three of four layers are gated delta nets, one is attention with a gate."""
    heads, kv, head, k_heads, v_heads, state, conv = 16, 2, 256, 16, 32, 128, 4
    m = Model(path, "qwen3next", type_, **base(n, layers, 5120, heads, kv, 262144, vocab), attention__key_length=head,
              attention__value_length=head, expert_count=count, expert_used_count=used, expert_feed_forward_length=inner,
              expert_shared_feed_forward_length=512, ssm__conv_kernel=conv, ssm__inner_size=v_heads * state,
              ssm__state_size=state, ssm__time_step_rank=v_heads, ssm__group_count=k_heads, full_attention_interval=4,
              rope__dimension_count=64)
    ends(m, n, vocab)
    channels = 2 * k_heads * state + v_heads * state
    for i in range(layers):
        p = f"blk.{i}."
        m.tensor(p + "attn_norm.weight", n)
        m.tensor(p + "post_attention_norm.weight", n)
        if i % 4 == 3:
            m.tensor(p + "attn_q.weight", n, 2 * heads * head)
            m.tensor(p + "attn_k.weight", n, kv * head)
            m.tensor(p + "attn_v.weight", n, kv * head)
            m.tensor(p + "attn_output.weight", heads * head, n)
            m.tensor(p + "attn_q_norm.weight", head)
            m.tensor(p + "attn_k_norm.weight", head)
        else:
            m.tensor(p + "attn_qkv.weight", n, channels)
            m.tensor(p + "attn_gate.weight", n, v_heads * state)
            m.tensor(p + "ssm_conv1d.weight", conv, channels, type_="F32")
            m.tensor(p + "ssm_dt.bias", v_heads)
            m.tensor(p + "ssm_a", v_heads)
            m.tensor(p + "ssm_ba.weight", n, 2 * v_heads)
            m.tensor(p + "ssm_norm.weight", state)
            m.tensor(p + "ssm_out.weight", v_heads * state, n)
        experts(m, p, n, count, inner, 512)
        m.tensor(p + "ffn_gate_inp_shexp.weight", n)
    m.close()


GEMMA3 = dict(head=256, tied=True, norm=True, post=True, vocab=262144)

# name: (writer, its arguments); the geometry is each model's published config.json.
MODELS = {
    "llama-3.2-1b": (dense, dict(arch="llama", type_="F16", n=2048, layers=16, ff=8192, heads=32, kv=8, vocab=128256, tied=True)),
    "llama-3.1-8b": (dense, dict(arch="llama", type_="Q4_K", n=4096, layers=32, ff=14336, heads=32, kv=8, vocab=128256)),
    "qwen2.5-7b": (dense, dict(arch="qwen2", type_="Q8_0", n=3584, layers=28, ff=18944, heads=28, kv=4, vocab=152064, bias=True)),
    "qwen3-0.6b": (dense, dict(arch="qwen3", type_="BF16", n=1024, layers=28, ff=3072, heads=16, kv=8, head=128, vocab=151936, tied=True, norm=True)),
    "qwen3-8b": (dense, dict(arch="qwen3", type_="Q4_K", n=4096, layers=36, ff=12288, heads=32, kv=8, head=128, vocab=151936, norm=True)),
    "gemma-2-2b": (dense, dict(arch="gemma2", type_="Q8_0", n=2304, layers=26, ff=9216, heads=8, kv=4, head=256, vocab=256000, tied=True, post=True, context=8192, attention__sliding_window=4096, attn_logit_softcapping=50.0, final_logit_softcapping=30.0)),
    "gemma-3-4b": (dense, dict(arch="gemma3", type_="Q8_0", n=2560, layers=34, ff=10240, heads=8, kv=4, attention__sliding_window=1024, **GEMMA3)),
    "gemma-3-12b": (dense, dict(arch="gemma3", type_="Q4_K", n=3840, layers=48, ff=15360, heads=16, kv=8, attention__sliding_window=1024, **GEMMA3)),
    "phi-3-mini": (dense, dict(arch="phi3", type_="Q4_K", n=3072, layers=32, ff=8192, heads=32, kv=32, vocab=32064, fused=True)),
    "qwen3-30b-a3b": (sparse, dict(arch="qwen3moe", type_="Q4_K", n=2048, layers=48, heads=32, kv=4, head=128, vocab=151936, count=128, used=8, inner=768)),
    "mixtral-8x7b": (sparse, dict(arch="llama", type_="Q4_K", n=4096, layers=32, heads=32, kv=8, head=128, vocab=32000, count=8, used=2, inner=14336, norm=False)),
    "gpt-oss-20b": (gpt_oss, dict(type_="Q8_0", layers=24, count=32)),
    "deepseek-v2-lite": (deepseek, dict(type_="Q4_K", n=2048, layers=27, heads=16, vocab=102400, ff=10944, count=64, used=6, inner=1408, shared=2, leading=1, q_rank=0)),
    "deepseek-v3-8-layers": (deepseek, dict(type_="Q4_K", n=7168, layers=8, heads=128, vocab=129280, ff=18432, count=256, used=8, inner=2048, shared=1, leading=3, q_rank=1536)),
    "mamba-2.8b": (mamba, dict(type_="F16", n=2560, layers=64, vocab=50280)),
    "qwen3-next-16-layers": (qwen3next, dict(type_="Q4_K", layers=16)),
}


def write(name, path):
    writer, arguments = MODELS[name]
    writer(path, **arguments)
