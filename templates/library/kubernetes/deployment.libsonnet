// The Deployment; `s` is sizing.libsonnet's result.
local pod = import 'kubernetes/pod.libsonnet';
local weights = import 'kubernetes/weights.libsonnet';

local vllm(s, params) = {
  command: ['vllm', 'serve'],
  args: [
    weights.literal(s.model.name),
    '--port=8000',
    '--max-model-len=' + s.context,
    '--max-num-seqs=' + s.concurrency,
    '--shutdown-timeout=' + s.longest,
    '--disable-access-log-for-endpoints=/health,/metrics',
  ] + (if s.gpus > 1 then ['--tensor-parallel-size=' + s.gpus] else [])
          + (if s.utilization == null then [] else ['--gpu-memory-utilization=' + s.utilization])
          + (if s.fit != null && s.fit.type == 'FP8' then ['--quantization=fp8'] else []),
};

local llama(s, params) = {
  command: ['/app/llama-server'],
  args: [
    '--hf-repo',
    weights.literal(s.model.name),
    '--offline',
    '--host',
    '0.0.0.0',
    '--port',
    '8000',
    '--threads',
    std.toString(std.ceil(s.cpus)),
    '--parallel',
    std.toString(s.concurrency),
    '--ctx-size',
    std.toString((s.concurrency * s.context)),
    '--metrics',
  ] + (if s.on_gpu then ['--n-gpu-layers', '999'] else []),
};

local ollama(s, params) = { command: ['ollama', 'serve'], args: [] };

local servers = { vllm: vllm, 'llama.cpp': llama, ollama: ollama };

local own_environment(s, params) =
  if s.engine == 'vllm' then [
    { '#': 'the weights are there when this starts, and the network is closed to it', name: 'HF_HUB_OFFLINE', value: '1' },
    { name: 'XDG_CONFIG_HOME', value: '/cache/config' },
    { name: 'NUMBA_CACHE_DIR', value: '/cache/numba' },
    { name: 'TORCHINDUCTOR_CACHE_DIR', value: '/cache/inductor' },
    { name: 'TRITON_CACHE_DIR', value: '/cache/triton' },
    { name: 'VLLM_NO_USAGE_STATS', value: '1' },
    { '#': 'the image has no name for this user, and some Python libraries ask for one', name: 'USER', value: 'server' },
  ] else if s.engine == 'ollama' then [
    { name: 'OLLAMA_HOST', value: '0.0.0.0:8000' },
    { name: 'OLLAMA_NUM_PARALLEL', value: std.toString(s.concurrency) },
    { name: 'OLLAMA_CONTEXT_LENGTH', value: std.toString(s.context) },
    { '#': 'the model stays in memory; by default it is dropped after five minutes', name: 'OLLAMA_KEEP_ALIVE', value: '-1' },
  ] else [];

local probe(path, period, failures) = {
  httpGet: { path: path, port: 'http' },
  periodSeconds: period,
  timeoutSeconds: std.min(5, period),
  failureThreshold: failures,
};

local container(s, params) = servers[s.engine](s, params) + {
  local alive = if s.engine == 'ollama' then '/api/version' else '/health',
  name: 'server',
  '#image': s.image_why,
  image: s.image,
  imagePullPolicy: 'IfNotPresent',
  ports: [{ name: 'http', containerPort: 8000 }],
  env: [{ name: 'HOME', value: '/cache' }, { name: 'XDG_CACHE_HOME', value: '/cache/xdg' }] + weights.places(s) + own_environment(s, params),
  '#env': 'the server is not root, so everything that it writes goes to the cache volume',
  '#startupProbe': s.startup_why,
  startupProbe: probe(alive, 10, s.startup_failures),
  readinessProbe: probe('/v1/models', 5, 2),
  '#livenessProbe': 'slow to give up: a restart loads the whole model again',
  livenessProbe: probe(alive, 10, 6),
  '#lifecycle': 'the Service goes on sending requests for some seconds after the pod is told to stop (Kubernetes 1.30 or newer)',
  lifecycle: { preStop: { sleep: { seconds: s.pre_stop } } },
  local gpu = if s.on_gpu then { [s.resource]: s.gpus } else {},
  local gpu_why = if s.on_gpu then { ['#' + s.resource]: s.gpu_why } else {},
  local fixed = { memory: s.memory_gib + 'Gi', 'ephemeral-storage': s.disk_gib + 'Gi' } + gpu,
  resources: {
    requests: fixed + gpu_why + {
      '#cpu': s.cpus_why,
      cpu: std.toString(s.cpus),
      '#memory': s.memory_why,
      '#ephemeral-storage': s.weights_why + ' + ' + s.cache_gib + ' GiB of cache + 2 GiB for /tmp and logs',
    },
    '#limits': 'no CPU limit: being throttled in the middle of a token helps nobody, and the request guarantees the share',
    limits: fixed,
  },
  '#securityContext': if s.on_gpu then "no readOnlyRootFilesystem: the GPU's container hooks write to the root file system" else null,
  securityContext: weights.security(!s.on_gpu),
  volumeMounts: [
                  { name: 'weights', mountPath: '/weights' } + (if s.engine == 'ollama' then {} else { readOnly: true }),
                  { name: 'cache', mountPath: '/cache' },
                  { name: 'tmp', mountPath: '/tmp' },
                ] + (if s.shm > 0 then [{ name: 'shm', mountPath: '/dev/shm' }] else []),
};

local volumes(s) = [
  { '#': s.weights_why + ", on the node's disk; each new pod downloads them", name: 'weights', emptyDir: { sizeLimit: s.weights_gib + 'Gi' } },
  { name: 'cache', emptyDir: { sizeLimit: s.cache_gib + 'Gi' } },
  { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
] + (if s.shm > 0 then [
       { '#': 'the processes of the GPUs talk through shared memory; the default of 64 MiB is too small', name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } },
     ] else []);

local exceptions(s) = pod.exceptions(s) + { 'ignore-check.kube-linter.io/no-anti-affinity': 'topologySpreadConstraints spread the pods' };

function(s, params, labels, selector) {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: params.name,
    namespace: params.namespace,
    labels: labels,
    '#annotations': 'what linters ask for and this is right not to do: images are pinned by digest, so need not be pulled each time',
    annotations: exceptions(s),
  },
  spec: {
    '#': 'no replicas here: in production an autoscaler owns the number, and a second owner would undo it at every apply',
    selector: { matchLabels: selector },
    '#strategy': if s.on_gpu then 'the old pod goes first: a spare GPU for the new one cannot be counted on' else 'the new pod comes first, so that somebody always answers',
    strategy: { type: 'RollingUpdate', rollingUpdate: if s.on_gpu then { maxSurge: 0, maxUnavailable: 1 } else { maxSurge: 1, maxUnavailable: 0 } },
    '#progressDeadlineSeconds': s.deadline_why,
    progressDeadlineSeconds: s.deadline,
    revisionHistoryLimit: 3,
    template: {
      metadata: { labels: labels },
      spec: pod.common(params) + {
        '#enableServiceLinks': 'variables such as NAME_PORT=tcp://... for every Service would be taken for settings by some servers',
        enableServiceLinks: false,
        '#terminationGracePeriodSeconds': s.grace_why,
        terminationGracePeriodSeconds: s.grace,
        [if s.on_gpu then 'tolerations']: pod.tolerations(s),
        [if s.on_gpu && s.vendor == 'nvidia' then 'affinity']: {
          nodeAffinity: {
            '#preferredDuringSchedulingIgnoredDuringExecution': 'MiB of GPU memory that the model needs; read where GPU feature discovery labels the nodes, ignored elsewhere',
            preferredDuringSchedulingIgnoredDuringExecution: [{
              weight: 100,
              preference: { matchExpressions: [{ key: 'nvidia.com/gpu.memory', operator: 'Gt', values: [std.toString(s.gpu_need_mib)] }] },
            }],
          },
        },
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: key, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector } }
          for key in ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
        ],
        '#initContainers': 'the weights are there before the server starts, so that its probes are about the server alone',
        initContainers: [weights.container(s, params)],
        containers: [container(s, params)],
        volumes: volumes(s),
      },
    },
  },
}
