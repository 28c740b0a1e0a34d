"""GGUF files of the catalogue's models for tests/peers/fit: the keys come from the rows of models.yaml, the tensors are those that
llama.cpp itself asks for with these keys, and their data are a hole in a sparse file. So llama.cpp allocates what it would for
the real file, and the disk holds a few kilobytes."""
import copy
import math
import re
import struct
import subprocess

import yaml

TYPES = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q8_0": (8, 32, 34), "Q4_K": (12, 256, 144)}  # number, block, bytes of a block

# What llama.cpp would take and these models do not have; everywhere: biases but for those named, scales of quantization, drafts.
NEVER = r"(?<!gate_inp)\.scale$|_scale$|\.input_scale|nextn|rope_factors|cls|layer_output_scale|dense_\d"
BIASED = {
    "bert": r".*", "nomic-bert": r"norm\.bias$", "qwen2": r"attn_[qkv]\.bias$", "qwen2vl": r"attn_[qkv]\.bias$",
    "gpt-oss": r".*", "seed_oss": r"attn_[qkv]\.bias$", "glm4moe": r"attn_[qkv]\.bias$|exp_probs",
}
ALWAYS_BIASED = r"exp_probs_b|indexer\.k_norm|ssm_dt|ssm_conv1d|ssm_beta|dt_b"
ABSENT = {"qwen3next": r"ssm_in\.weight"}

LARGEST_FILE = 3 << 30  # of a model that would be larger, fewer layers are written: at least one of each kind
LEAST_LAYERS = {"deepseek2": 27}  # by which llama.cpp tells the small one, whose queries are not compressed


def full_layers(row, count):
    attention = row["attention"]
    if isinstance(attention, str):
        return [attention == "full"] * count
    if "full_layers" in attention:
        return [i in attention["full_layers"] for i in range(count)]
    every = attention.get("full_every")
    return [(i + 1) % every == 0 if every else attention["kind"] in ("full", "mla") for i in range(count)]


def smaller(row):
    """The row with as many layers and experts as a file of some gigabytes holds: llama.cpp reads it through once."""
    row = copy.deepcopy(row)
    whole, row["layers"] = row["layers"], layers_written(row)
    e = row.get("experts")
    while e and e["total"] > 64 and row["parameters"] * row["layers"] / whole > 5 * LARGEST_FILE:
        e["total"] //= 2
        row["parameters"] //= 2
    return row


def layers_written(row):
    full, e = full_layers(row, row["layers"]), row.get("experts", {})
    recurrent = row["attention"].get("recurrent_layers", ()) if isinstance(row["attention"], dict) else ()
    listed = [set(row["attention"].get(key, ())) for key in LISTS] if isinstance(row["attention"], dict) else []
    kinds = [(full[i], i in recurrent, i < e.get("dense_layers", 0), i >= row["layers"] - row.get("kv_shared_layers", 0),
              *(i in each for each in listed)) for i in range(row["layers"])]
    least = max(kinds.index(kind) for kind in set(kinds)) + 1
    if "kv_shared_layers" in row:
        return row["layers"]
    per_layer = row["parameters"] / row["layers"] * 0.57
    return min(row["layers"], max(least, 2, LEAST_LAYERS.get(row["architecture"], 0), int(LARGEST_FILE / per_layer)))


LISTS = ("ratio_4_layers", "ratio_128_layers", "index_layers")


def geometry(row, count):
    """Keys without the architecture's name that most architectures share."""
    attention = row["attention"] if isinstance(row["attention"], dict) else {"kind": row["attention"]}
    full, kind = full_layers(row, count), attention["kind"]
    own = attention.get("sliding", {})
    head = row["head_dim"]
    keys = {
        "block_count": count, "context_length": row["context"], "embedding_length": row["hidden"], "vocab_size": row["vocabulary"],
        "feed_forward_length": row["feed_forward"] or row.get("experts", {}).get("feed_forward", 0),
        "attention.head_count": row["heads"], "attention.head_count_kv": row["kv_heads"],
        "attention.key_length": head, "attention.value_length": row.get("value_dim", head), "rope.dimension_count": head,
        "attention.layer_norm_rms_epsilon": 1e-6, "attention.layer_norm_epsilon": 1e-6,
    }
    if own:
        for key, name in (("heads", "attention.head_count"), ("kv_heads", "attention.head_count_kv")):
            if key in own:
                keys[name] = [keys[name] if is_full else own[key] for is_full in full]
    if "window" in attention:
        keys["attention.sliding_window"] = attention["window"]
        keys["attention.sliding_window_pattern"] = [not is_full for is_full in full]
    if "per_layer_embedding" in row:
        keys["embedding_length_per_layer_input"] = row["per_layer_embedding"]
    if "kv_shared_layers" in row:
        keys["attention.shared_kv_layers"] = row["kv_shared_layers"]
    keys |= recurrent(attention, row, full) | latent(attention) | experts(row)
    return keys


def recurrent(a, row, full):
    keys, kv = {}, [row["kv_heads"] if is_full else 0 for is_full in full]
    if a["kind"] in ("mamba2", "linear", "kda", "conv") and not a.get("parallel"):
        keys["attention.head_count_kv"] = kv
    if a["kind"] == "mamba2":
        keys |= {"ssm.conv_kernel": a["conv_kernel"], "ssm.inner_size": a["inner"], "ssm.state_size": a["state"],
                 "ssm.time_step_rank": a["heads"], "ssm.group_count": a["groups"]}
    if "recurrent_layers" in a:
        width = row["feed_forward"] or row["experts"]["feed_forward"]
        keys["feed_forward_length"] = [0 if is_full or i in a["recurrent_layers"] else width for i, is_full in enumerate(full)]
    if a["kind"] == "linear":
        keys |= {"ssm.conv_kernel": a["conv_kernel"], "ssm.inner_size": a["value_heads"] * a["value_dim"], "ssm.state_size": a["key_dim"],
                 "ssm.time_step_rank": a["value_heads"], "ssm.group_count": a["key_heads"], "full_attention_interval": a["full_every"],
                 "attention.head_count_kv": row["kv_heads"], "rope.dimension_count": row["head_dim"] // 4,
                 "rope.dimension_sections": [11, 11, 10, 0]}
    if a["kind"] == "kda":
        keys |= {"ssm.conv_kernel": a["conv_kernel"], "kda.head_dim": a["key_dim"]}
        keys["attention.head_count_kv"] = [1 if is_full else 0 for is_full in full]
    if a["kind"] == "conv":
        keys["shortconv.l_cache"] = a["conv_kernel"]
    return keys


def latent(a):
    keys = {}
    if "kv_lora_rank" in a:
        rank, rope = a["kv_lora_rank"], a["qk_rope_head_dim"]
        keys = {"attention.kv_lora_rank": rank, "attention.key_length": rank + rope, "attention.value_length": rank,
                "attention.key_length_mla": a["qk_nope_head_dim"] + rope, "attention.value_length_mla": a["v_head_dim"],
                "rope.dimension_count": rope}
        if a["kind"] != "kda":
            keys["attention.head_count_kv"] = 1
        if a.get("q_lora_rank"):
            keys["attention.q_lora_rank"] = a["q_lora_rank"]
    if "index_heads" in a:
        keys |= {"attention.indexer.head_count": a["index_heads"], "attention.indexer.key_length": a["index_dim"],
                 "attention.indexer.top_k": 2048}
    return keys


def experts(row):
    e = row.get("experts")
    if not e:
        return {}
    keys = {"expert_count": e["total"], "expert_used_count": e["active"], "expert_feed_forward_length": e["feed_forward"],
            "expert_shared_count": e.get("shared", 0), "expert_shared_feed_forward_length": e.get("shared_feed_forward", 0),
            "leading_dense_block_count": e.get("dense_layers", 0), "interleave_moe_layer_step": e.get("every", 1),
            "expert_weights_scale": 1.0, "expert_weights_norm": True, "expert_gating_func": 2, "moe_latent_size": e.get("latent", 0), "expert_latent_length": e.get("latent", 0)}
    return keys


MORE = {
    "apertus": lambda row, keys, full: {"xielu." + name: [0.8] * len(full) for name in ("alpha_n", "alpha_p", "beta", "eps")},
    "bert": {"attention.causal": False, "tokenizer.ggml.token_type_count": 2},
    "nomic-bert": {"attention.causal": False, "tokenizer.ggml.token_type_count": 2},
    "cohere2": {"logit_scale": 0.25},
    "deepseek4": lambda row, keys, full: compressed(row, full),
    "gemma-embedding": {"attention.sliding_window": 512, "attention.causal": False},
    "gemma4": lambda row, keys, full: gemma4(row, keys, full),
    "granite": {"logit_scale": 8.0},
    "kimi-k3": {"attn_res.block_size": 4, "activation.situ_beta": 1.0, "activation.situ_linear_beta": 1.0},
    "modern-bert": {"attention.causal": False},
    "minimax-m3": {"attention.indexer.block_size": 64, "attention.indexer.local_blocks": 1},
    "qwen2vl": {"rope.dimension_sections": [16, 24, 24, 0]},
    "qwen3vl": {"rope.dimension_sections": [24, 20, 20, 0]},
    "qwen3vlmoe": {"rope.dimension_sections": [24, 20, 20, 0]},
}


def gemma4(row, keys, full):
    a = row["attention"]
    wide = row.get("kv_shared_layers", 0)
    width = row["feed_forward"] or row["experts"]["shared_feed_forward"]
    count = len(full)
    own = a.get("full", {})
    return {
        "embedding_length_per_layer_input": row.get("per_layer_embedding", 0),
        "feed_forward_length": [width] * (count - wide) + [row.get("kv_shared_feed_forward", width)] * wide,
        "attention.key_length": own.get("head_dim", row["head_dim"]), "attention.value_length": own.get("head_dim", row["head_dim"]),
        "attention.key_length_swa": row["head_dim"], "attention.value_length_swa": row["head_dim"],
        "rope.dimension_count": own.get("head_dim", row["head_dim"]), "rope.dimension_count_swa": row["head_dim"],
        "rope.freq_base_swa": 10000.0,
        "attention.head_count_kv": [own.get("kv_heads", row["kv_heads"]) if each else row["kv_heads"] for each in full],
    }


def compressed(row, full):
    a = row["attention"]
    ratios = [4 if i in a["ratio_4_layers"] else 128 if i in a["ratio_128_layers"] else 0 for i in range(len(full))]
    return {
        "swiglu_clamp_exp": 10.0, "attention.q_lora_rank": a["q_lora_rank"], "rope.dimension_count": a["qk_rope_head_dim"],
        "attention.output_group_count": a["o_groups"], "attention.output_lora_rank": a["o_lora_rank"],
        "attention.compress_rope_freq_base": 160000.0, "attention.compress_ratios": ratios, "hyper_connection.count": 4,
        "hyper_connection.sinkhorn_iterations": 20, "hyper_connection.epsilon": 1e-6, "hash_layer_count": 0, "expert_gating_func": 4,
    }


def keys_of(row):
    architecture = row["architecture"]
    keys = geometry(row, row["layers"])
    more = MORE.get(architecture, {})
    return keys | (more(row, keys, full_layers(row, row["layers"])) if callable(more) else more)


def string(text):
    return struct.pack("<Q", len(text)) + text.encode()


def value(item):
    if isinstance(item, list):
        kind, _ = value(item[0])
        return 9, struct.pack("<IQ", kind, len(item)) + b"".join(value(each)[1] for each in item)
    return {bool: lambda: (7, struct.pack("<B", item)), int: lambda: (4, struct.pack("<I", item)),
            float: lambda: (6, struct.pack("<f", item)), str: lambda: (8, string(item))}[type(item)]()


def write_file(path, architecture, keys, tensors=()):
    """`tensors`: name, type and shape, columns first. Their data are not written."""
    pairs = {"general.architecture": architecture, "tokenizer.ggml.model": "none"}
    pairs |= {key if key.startswith(("tokenizer.", "xielu.")) else f"{architecture}.{key}": item for key, item in keys.items()}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, item in pairs.items():
        kind, bytes_ = value(item)
        head += string(key) + struct.pack("<I", kind) + bytes_
    offset = 0
    for name, kind, shape in tensors:
        number, block, size = TYPES[kind]
        head += string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, number, offset)
        count = shape[0] // block * size
        for part in shape[1:]:
            count *= part
        offset += -(-count // 32) * 32
    with open(path, "wb") as file:
        file.write(head)
        file.truncate(-(-len(head) // 32) * 32 + offset)


def type_of(name, shape):
    if len(shape) == 1 or re.search(r"conv1d|shortconv\.conv|ssm_[ad]$|ffn_gate_inp|norm|ape|sinks|probs", name):
        return "F32"
    return next(kind for kind in ("Q4_K", "Q8_0", "F16") if shape[0] % TYPES[kind][1] == 0)


def is_there(row, name):
    architecture, e = row["architecture"], row.get("experts")
    if re.search(NEVER, name) or name == "output.weight" and row["tied"] or re.search(ABSENT.get(architecture, "^$"), name):
        return False
    found = re.match(r"blk\.(\d+)\.", name)
    if found and e and row["feed_forward"]:
        i = int(found[1])
        dense = i < e.get("dense_layers", 0) or (i + 1) % e.get("every", 1) != 0
        if re.search(r"_exps|_shexp|gate_inp|exp_probs" if dense else r"ffn_(gate|up|down)\.", name):
            return False
    if "ffn_latent" in name and not e.get("latent"):
        return False
    own = row["attention"].get("full", {}) if isinstance(row["attention"], dict) else {}
    if found and own.get("values_are_keys") and "attn_v" in name and full_layers(row, row["layers"])[int(found[1])]:
        return False
    borrows = row["layers"] - row.get("kv_shared_layers", 0)
    if found and architecture == "gemma4" and int(found[1]) >= borrows and re.search(r"attn_[kv](_norm)?\.", name):
        return False
    listed = isinstance(row["attention"], dict) and row["attention"].get("index_layers")
    if found and listed and "indexer" in name and int(found[1]) not in listed:
        return False
    return not name.endswith(".bias") or bool(re.search(ALWAYS_BIASED, name) or re.search(BIASED.get(architecture, "^$"), name))


def tensors_of(row, lister, path):
    """What llama.cpp asks for: `lister` is the command of fit_tensors.cpp."""
    result = subprocess.run([*lister, path], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        why = [line for line in result.stderr.splitlines() if "error" in line]
        raise RuntimeError(why[0] if why else result.stderr[-300:])
    tensors = {}
    for line in result.stdout.splitlines():
        name, *shape = line.split()
        shape = [int(part) for part in shape]
        while len(shape) > 1 and shape[-1] == 1:
            shape.pop()
        # One matrix for gate and up where llama.cpp would take it: published files have two.
        parts = [name]
        if "ffn_gate_up_exps" in name:
            shape[1] //= 2
            parts = [name.replace("gate_up", part) for part in ("gate", "up")]
        for part in parts:
            if is_there(row, part):
                tensors[part] = part, type_of(part, shape), shape
    return list(tensors.values())


def rows(path, names=()):
    """The models of these names; without any, the smallest of each architecture. By name."""
    with open(path, encoding="utf-8") as file:
        models = yaml.safe_load(file)["models"]
    if names:
        return {name: models[name] for name in names}
    chosen = {}
    for name, row in models.items():
        architecture = row.get("architecture")
        if architecture and (architecture not in chosen or row["parameters"] < models[chosen[architecture]]["parameters"]):
            chosen[architecture] = name
    return {name: models[name] for _, name in sorted(chosen.items())}


def write(row, path, lister):
    """Weights of the whole model by llama.cpp's own list of tensors; the file that is left may have fewer layers."""
    write_file(path, row["architecture"], keys_of(row))
    weights = sum(math.prod(shape) for _, _, shape in tensors_of(row, lister, path))
    small = smaller(row)
    write_file(path, row["architecture"], keys_of(small))
    write_file(path, row["architecture"], keys_of(small), tensors_of(small, lister, path))
    return weights
