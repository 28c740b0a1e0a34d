// Models that are known well enough to size a deployment; all are public and need no token.
// size: bytes of weights (parameters x 2 bytes for BF16; the file itself for GGUF). kv: bytes of KV cache per token,
// layers x 2 x KV heads x head size x 2 bytes, from each model's config.json. Read 2026-11-21.
local qwen = { context: 32768 };
{
  vllm: [
    qwen { name: 'Qwen/Qwen2.5-7B-Instruct', size: 7615616512 * 2, kv: 28 * 2 * 4 * 128 * 2 },
    qwen { name: 'Qwen/Qwen2.5-1.5B-Instruct', size: 1543714304 * 2, kv: 28 * 2 * 2 * 128 * 2 },
    qwen { name: 'Qwen/Qwen2.5-0.5B-Instruct', size: 494032768 * 2, kv: 24 * 2 * 2 * 64 * 2 },
  ],
  'llama.cpp': [
    qwen { name: 'Qwen/Qwen2.5-1.5B-Instruct-GGUF:Q4_K_M', size: 1117320736, kv: 28 * 2 * 2 * 128 * 2 },
  ],
  // Sizes as Ollama's library lists them (Q4_K_M), read 2026-11-21.
  ollama: [
    qwen { name: 'qwen2.5:7b', size: 4.7e9, kv: 28 * 2 * 4 * 128 * 2 },
    qwen { name: 'qwen2.5:1.5b', size: 986e6, kv: 28 * 2 * 2 * 128 * 2 },
    qwen { name: 'qwen2.5:0.5b', size: 398e6, kv: 24 * 2 * 2 * 64 * 2 },
  ],
  // What a model that is not listed is taken to need: that of an 8-billion-parameter Llama 3 (32 layers, 8 KV heads).
  unknown_kv: 32 * 2 * 8 * 128 * 2,
}
