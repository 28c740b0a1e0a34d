// Container images, pinned, by engine and by what they compute on. A digest is what public build files pin that tag to
// (the tag's multi-platform index where there is one), as read on the date; the registry itself was not asked, `skopeo
// inspect docker://IMAGE` does. null: no digest was found, and the generated file says so. size: bytes to pull, compressed.
local date = '2026-11-21';
local ollama = 'docker.io/ollama/ollama:0.33.3';
local ollama_digest = 'sha256:32931b46719f673c05fdbaa81ccb26da18ea4a1c57590a754874ab28ba269eb2';
{
  vllm: {
    nvidia: {
      image: 'docker.io/vllm/vllm-openai:v0.21.0',
      digest: 'sha256:a230095847e93bd4df9888b33dab956fa9504537b828a23657d2b26fed57b5c9',
      date: date,
      size: 10e9,  // modelplane issue 341
      driver: 580,
      needs: 'an NVIDIA driver of 580 or newer on the nodes: since 0.20 this image is built on CUDA 13',
    },
    amd: {
      image: 'docker.io/vllm/vllm-openai-rocm:v0.24.0',
      digest: 'sha256:3832d79d9e514ce2e072580689da078726454596d833c8ab803f29f3cea5ea28',
      date: date,
      size: 10e9,  // taken to be that of the NVIDIA one
      needs: "the amdgpu driver on the nodes, and a GPU that the image's ROCm has kernels for",
    },
  },
  'llama.cpp': {
    cpu: {
      image: 'ghcr.io/ggml-org/llama.cpp:server-b11176',
      digest: 'sha256:6257697a7f5d034b8fb499ddb07af3e250506352f94102054252a23f3b85e0af',
      date: date,
      size: 0.3e9,
      needs: 'no GPU (x86-64, arm64 or s390x)',
    },
    nvidia: {
      image: 'ghcr.io/ggml-org/llama.cpp:server-cuda-b11206',
      digest: 'sha256:3e7673cce183a55f97a1bc3c80817f3c61452483c13bc088a6766388af4775fe',
      date: date,
      size: 2.5e9,
      driver: 525,
      needs: 'an NVIDIA driver of 525 or newer on the nodes',
    },
  },
  ollama: {
    cpu: { image: ollama, digest: ollama_digest, date: date, size: 2e9, needs: 'no GPU' },
    nvidia: { image: ollama, digest: ollama_digest, date: date, size: 2e9, driver: 531, needs: 'an NVIDIA driver of 531 or newer on the nodes' },
    amd: { image: ollama + '-rocm', digest: null, date: date, size: 2e9, needs: "the amdgpu driver on the nodes, and a GPU that the image's ROCm has kernels for" },
  },
  // Official Python images to build on, by version of Python.
  python: {
    '3.12': { digest: 'sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254', date: date },
    image(version):: 'docker.io/library/python:' + version + '-slim-bookworm',
  },
  // Around the models; the digests as most public build files have them.
  services: {
    prometheus: { image: 'docker.io/prom/prometheus:v3.5.0', digest: 'sha256:63805ebb8d2b3920190daf1cb14a60871b16fd38bed42b857a3182bc621f4996', date: date },
    node_exporter: { image: 'docker.io/prom/node-exporter:v1.9.1', digest: 'sha256:d00a542e409ee618a4edc67da14dd48c5da66726bbd5537ab2af9c1dfc442c8a', date: date },
    grafana: { image: 'docker.io/grafana/grafana:12.1.1', digest: 'sha256:a1701c2180249361737a99a01bc770db39381640e4d631825d38ff4535efa47d', date: date },
    // as grafana/loki pins it itself (examples/ha-monolithic)
    loki: { image: 'docker.io/grafana/loki:3.7.6', digest: 'sha256:efd47c67f9bac88ca29bcf8cb997d9ab29d1848bd0aff579282295542a745952', date: '2026-11-22' },
    alloy: { image: 'docker.io/grafana/alloy:v1.18.1', digest: 'sha256:0f4434c92b3e6cdac38bb129b344e1790c246f7b6e2eaffcc16a5fa363240e33', date: '2026-11-22' },
    dcgm_exporter: { image: 'nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless', digest: 'sha256:60d3b00ac80b4ae77f94dae2f943685605585ad9e92fdccda3154d009ae317cc', date: '2026-11-22' },
    postgres: { image: 'docker.io/library/postgres:17.6-alpine', digest: 'sha256:ef257d85f76e48da1c64832459b59fcaba1a4dac97bf5d7450c77753542eee94', date: date },
    minio: { image: 'quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z', digest: 'sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e', date: date },
    redis: { image: 'docker.io/library/redis:8.2.3-alpine', digest: 'sha256:08ad0b1d280850169a790dba1393ff7a90aef951fc19632cf4d3ce4f78e679ba', date: '2026-11-22' },
    mlflow: { image: 'ghcr.io/mlflow/mlflow:v3.14.0', digest: null, date: date },
    ray: { image: 'docker.io/rayproject/ray:2.52.0-py312', digest: null, date: date },
    ray_gpu: { image: 'docker.io/rayproject/ray:2.52.0-py312-gpu', digest: null, date: date },
  },
  // What to write for one of them, and what to say where its digest is not known.
  pinned(row):: row.image + (if row.digest == null then '' else '@' + row.digest),
  open(rows):: ['the digest of ' + row.image + ' is not known: what its tag means can change' for row in rows if row.digest == null],
}
