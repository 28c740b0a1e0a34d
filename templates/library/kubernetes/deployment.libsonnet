// The Deployment; `s` is sizing.libsonnet's result.
local text = import 'lib/text.libsonnet';

// Kubernetes replaces $(NAME) in arguments by environment variables; $$( is a plain $(.
local literal(value) = std.strReplace(value, '$(', '$$(');

local vllm(s, params) = {
  command: ['vllm', 'serve'],
  args: [
    literal(s.model.name),
    '--port=8000',
    '--max-model-len=' + params.context,
    '--max-num-seqs=' + s.concurrency,
    '--shutdown-timeout=' + s.longest,
    '--disable-access-log-for-endpoints=/health,/metrics',
  ] + (if s.gpus > 1 then ['--tensor-parallel-size=' + s.gpus] else []),
};

local llama(s, params) = {
  command: ['/app/llama-server'],
  args: [
    '--hf-repo',
    literal(s.model.name),
    '--host',
    '0.0.0.0',
    '--port',
    '8000',
    '--threads',
    std.toString(s.cpus),
    '--parallel',
    std.toString(s.concurrency),
    '--ctx-size',
    std.toString((s.concurrency * params.context)),
    '--metrics',
  ],
};

local environment(s, params) =
  [
    { name: 'HOME', value: '/cache' },
    { name: 'HF_HOME', value: '/cache/huggingface' },
    { name: 'XDG_CACHE_HOME', value: '/cache/xdg' },
  ] + (if s.on_gpu then [
         { name: 'XDG_CONFIG_HOME', value: '/cache/config' },
         { name: 'NUMBA_CACHE_DIR', value: '/cache/numba' },
         { name: 'TORCHINDUCTOR_CACHE_DIR', value: '/cache/inductor' },
         { name: 'TRITON_CACHE_DIR', value: '/cache/triton' },
         { name: 'VLLM_NO_USAGE_STATS', value: '1' },
         { '#': 'the image has no name for this user, and some Python libraries ask for one', name: 'USER', value: 'server' },
       ] else [{ name: 'LLAMA_CACHE', value: '/cache/llama' }]) +
  (if params.token_secret == null then [] else [
     { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: params.token_secret, key: 'HF_TOKEN' } } },
   ]);

local probe(path, period, failures) = {
  httpGet: { path: path, port: 'http' },
  periodSeconds: period,
  timeoutSeconds: 5,
  failureThreshold: failures,
};

local container(s, params) = (if s.on_gpu then vllm(s, params) else llama(s, params)) + {
  name: 'server',
  '#image': s.image_why,
  image: s.image,
  imagePullPolicy: 'IfNotPresent',
  ports: [{ name: 'http', containerPort: 8000 }],
  env: environment(s, params),
  '#env': 'the server is not root, so everything that it writes goes to the cache volume',
  '#startupProbe': s.startup_why,
  startupProbe: probe('/health', 10, s.startup_failures),
  readinessProbe: probe('/v1/models', 5, 2),
  '#livenessProbe': 'slow to give up: a restart loads the whole model again',
  livenessProbe: probe('/health', 10, 6),
  '#lifecycle': 'the Service goes on sending requests for some seconds after the pod is told to stop (Kubernetes 1.30 or newer)',
  lifecycle: { preStop: { sleep: { seconds: s.pre_stop } } },
  local gpu = if s.on_gpu then { 'nvidia.com/gpu': s.gpus } else {},
  local gpu_why = if s.on_gpu then { '#nvidia.com/gpu': s.gpu_why } else {},
  local fixed = { memory: s.memory_gib + 'Gi', 'ephemeral-storage': s.disk_gib + 'Gi' } + gpu,
  resources: {
    requests: fixed + gpu_why + {
      '#cpu': s.cpus_why,
      cpu: std.toString(s.cpus),
      '#memory': s.memory_why,
      '#ephemeral-storage': 'the cache volume + 2 GiB for /tmp and logs',
    },
    '#limits': 'no CPU limit: being throttled in the middle of a token helps nobody, and the request guarantees the share',
    limits: fixed,
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    '#readOnlyRootFilesystem': if s.on_gpu then "NVIDIA's container hooks write to the root file system" else 'it writes to its volumes alone',
    readOnlyRootFilesystem: !s.on_gpu,
  },
  volumeMounts: [{ name: 'cache', mountPath: '/cache' }, { name: 'tmp', mountPath: '/tmp' }] +
                (if s.shm > 0 then [{ name: 'shm', mountPath: '/dev/shm' }] else []),
};

function(s, params, labels, selector) {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: params.name, namespace: params.namespace, labels: labels },
  spec: {
    '#': 'no replicas here: the HorizontalPodAutoscaler owns the number, and a second owner would undo it at every apply',
    selector: { matchLabels: selector },
    '#strategy': if s.on_gpu then 'the old pod goes first: a spare GPU for the new one cannot be counted on' else 'the new pod comes first, so that somebody always answers',
    strategy: { type: 'RollingUpdate', rollingUpdate: if s.on_gpu then { maxSurge: 0, maxUnavailable: 1 } else { maxSurge: 1, maxUnavailable: 0 } },
    '#progressDeadlineSeconds': s.deadline_why,
    progressDeadlineSeconds: s.deadline,
    revisionHistoryLimit: 3,
    template: {
      metadata: {
        labels: labels,
        '#annotations': 'read by Prometheus set-ups that discover pods by annotation',
        annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8000', 'prometheus.io/path': '/metrics' },
      },
      spec: {
        serviceAccountName: params.name,
        automountServiceAccountToken: false,
        '#enableServiceLinks': 'variables such as NAME_PORT=tcp://... for every Service would be taken for settings by some servers',
        enableServiceLinks: false,
        '#terminationGracePeriodSeconds': s.grace_why,
        terminationGracePeriodSeconds: s.grace,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          fsGroup: 10001,
          '#fsGroupChangePolicy': 'do not walk through a whole volume of weights at every start',
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
        [if s.on_gpu then 'tolerations']: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: key, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector } }
          for key in ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
        ],
        containers: [container(s, params)],
        volumes: [
          { '#': s.cache_why + '; each new pod downloads the model again', name: 'cache', emptyDir: { sizeLimit: s.cache_gib + 'Gi' } },
          { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
        ] + (if s.shm > 0 then [
               { '#': 'the processes of the GPUs talk through shared memory; the default of 64 MiB is too small', name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '2Gi' } },
             ] else []),
      },
    },
  },
}
