// Where the weights are, and the container that fetches them. It does nothing where they are already there.
// Texts that come from outside reach the programs as environment variables, never as program text.

local vllm = |||
  import os, pathlib
  from huggingface_hub import snapshot_download
  ready = pathlib.Path(os.environ["READY"])
  if not ready.exists():
      snapshot_download(os.environ["MODEL"])
      ready.touch()
|||;

// There is no command that only downloads: the server is started once, which also shows that the model loads.
local llama = |||
  set -eu
  [ ! -e "$READY" ] || exit 0
  /app/llama-server --hf-repo "$MODEL" --host 127.0.0.1 --port 8001 --ctx-size 512 --no-warmup &
  server=$!
  until curl --silent --fail --output /dev/null http://127.0.0.1:8001/health; do
    kill -0 "$server"
    sleep 5
  done
  kill "$server"
  touch "$READY"
|||;

local ollama = |||
  set -eu
  [ ! -e "$READY" ] || exit 0
  ollama serve &
  server=$!
  until ollama list >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 1
  done
  ollama pull "$MODEL"
  kill "$server"
  touch "$READY"
|||;

local fetch = {
  vllm: ['python3', '-c', vllm],
  'llama.cpp': ['sh', '-c', llama],
  ollama: ['sh', '-c', ollama],
};

local places = {
  vllm: [{ name: 'HF_HOME', value: '/weights/huggingface' }, { name: 'HF_MODULES_CACHE', value: '/cache/modules' }],
  'llama.cpp': [{ name: 'LLAMA_CACHE', value: '/weights/llama' }],
  ollama: [{ name: 'OLLAMA_MODELS', value: '/weights/ollama' }],
};

// Kubernetes replaces $(NAME) in values by other variables; $$( is a plain $(.
local literal(value) = std.strReplace(value, '$(', '$$(');

{
  literal: literal,
  places(s): places[s.engine],
  security(read_only): {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: read_only,
  },

  // A GPU image on a node whose default runtime is NVIDIA's would otherwise be given every GPU of the node.
  no_gpus(s): if s.on_gpu && s.vendor == 'nvidia' then [{ '#': 'this container asks for no GPU, and the image by itself would take all', name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }] else [],

  container(s, params): {
    local own = self,
    name: 'weights',
    image: s.image,
    imagePullPolicy: 'IfNotPresent',
    command: fetch[s.engine],
    env: [
      { name: 'HOME', value: '/cache' },
      { name: 'MODEL', value: literal(s.model.name) },
      { '#': 'made when the weights are complete; named after the model', name: 'READY', value: '/weights/ready-' + std.substr(std.md5(s.model.name), 0, 8) },
    ] + places[s.engine] + $.no_gpus(s) + (if params.token_secret == null then [] else [
                                             { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: params.token_secret, key: 'HF_TOKEN' } } },
                                           ]),
    resources: {
      local fixed = { memory: s.fetch_memory_gib + 'Gi', 'ephemeral-storage': s.disk_gib + 'Gi' },
      requests: fixed { cpu: '500m' },
      limits: fixed,
    },
    securityContext: $.security(!s.on_gpu),
    volumeMounts: [{ name: 'weights', mountPath: '/weights' }, { name: 'cache', mountPath: '/cache' }, { name: 'tmp', mountPath: '/tmp' }],
  },
}
