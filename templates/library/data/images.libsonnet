// Container images, pinned. A digest is what public build files pin that tag to (the tag's multi-platform index), as read
// on the date; the registry itself was not asked. `skopeo inspect docker://IMAGE` does.
{
  vllm: {
    image: 'docker.io/vllm/vllm-openai:v0.21.0',
    digest: 'sha256:a230095847e93bd4df9888b33dab956fa9504537b828a23657d2b26fed57b5c9',
    date: '2026-11-21',
    size: 10e9,  // compressed, bytes; modelplane issue 341
    driver: 580,
    needs: 'an NVIDIA driver of 580 or newer on the nodes: since 0.20 this image is built on CUDA 13',
  },
  'llama.cpp': {
    image: 'ghcr.io/ggml-org/llama.cpp:server-b11176',
    digest: 'sha256:6257697a7f5d034b8fb499ddb07af3e250506352f94102054252a23f3b85e0af',
    date: '2026-11-21',
    size: 0.3e9,
    needs: 'no GPU (x86-64, arm64 or s390x)',
  },
}
