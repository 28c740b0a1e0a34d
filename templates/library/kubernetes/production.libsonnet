// What production has beyond the base: one claim of weights that a Job fills, images on the nodes before they are needed,
// and the way in from outside.
local pod = import 'kubernetes/pod.libsonnet';
local weights = import 'kubernetes/weights.libsonnet';

{
  labels(params, part): {
    'app.kubernetes.io/name': params.name,
    'app.kubernetes.io/instance': params.name + '-' + part,
    'app.kubernetes.io/component': part,
  },

  claim(s, params, object): object('v1', 'PersistentVolumeClaim', params.name + '-weights', {
    spec: {
      '#accessModes': 'the Job and every replica mount it, on whatever node they are',
      accessModes: ['ReadWriteMany'],
      [if params.storage_class != null then 'storageClassName']: params.storage_class,
      '#resources': s.weights_why + ', twice: the next version is fetched while this one serves',
      resources: { requests: { storage: 2 * s.weights_gib + 'Gi' } },
    },
  }),

  job(s, params, object): object('batch/v1', 'Job', params.name + '-weights-' + std.substr(std.md5(s.model.name + s.image), 0, 8), {
    metadata+: {
      '#name': 'named after the model and the image: a Job cannot be changed, a new model is a new Job',
      labels: $.labels(params, 'weights'),
      '#annotations': pod['#exceptions'],
      annotations: pod.exceptions(s) + {
        '#palier.check/ignore': 'kept once it is over: while it is there, applying the bundle again downloads nothing',
        'palier.check/ignore': 'job-unbounded',
      },
    },
    spec: {
      backoffLimit: 4,
      '#activeDeadlineSeconds': '3 x ' + s.download + ' s of download + the time to pull the image, an hour at least',
      activeDeadlineSeconds: std.max(3600, 3 * s.download + 600),
      template: {
        metadata: { labels: $.labels(params, 'weights') },
        spec: pod.common(params) + {
          restartPolicy: 'OnFailure',
          enableServiceLinks: false,
          [if s.on_gpu then 'tolerations']: pod.tolerations(s),
          containers: [weights.container(s, params) + { resources: {
            local fixed = { memory: s.fetch_memory_gib + 'Gi', 'ephemeral-storage': s.disk_shared_gib + 'Gi' },
            requests: fixed { cpu: '500m' },
            limits: fixed,
          } }],
          volumes: [
            { name: 'weights', persistentVolumeClaim: { claimName: params.name + '-weights' } },
            { name: 'cache', emptyDir: { sizeLimit: s.cache_gib + 'Gi' } },
            { name: 'tmp', emptyDir: { sizeLimit: '1Gi' } },
          ],
        },
      },
    },
  }),

  // The server's pods take the weights from the claim, and wait for the Job.
  patch(s, params): {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: params.name, namespace: params.namespace },
    spec: { template: { spec: {
      initContainers: [{
        name: 'weights',
        '#command': 'the Job fetches them, once for all pods',
        command: ['sh', '-c', 'until [ -e "$READY" ]; do sleep 5; done'],
        resources: { requests: { memory: '64Mi', 'ephemeral-storage': '64Mi', cpu: '10m' }, limits: { memory: '64Mi', 'ephemeral-storage': '64Mi' } },
      }],
      containers: [{
        name: 'server',
        resources: {
          requests: { '#ephemeral-storage': s.cache_gib + ' GiB of cache + 2 GiB for /tmp and logs', 'ephemeral-storage': s.disk_shared_gib + 'Gi' },
          limits: { 'ephemeral-storage': s.disk_shared_gib + 'Gi' },
        },
      }],
      volumes: [{ name: 'weights', emptyDir: null, persistentVolumeClaim: { claimName: params.name + '-weights' } }],
    } } },
  },

  // The Job downloads, the server does not any more.
  policy_patch(s, params): {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: params.name + '-download', namespace: params.namespace },
    spec: { podSelector: { matchLabels: { 'app.kubernetes.io/instance': params.name + '-weights' } } },
  },

  prepull(s, params, object): object('apps/v1', 'DaemonSet', params.name + '-image', {
    metadata+: { labels: $.labels(params, 'image'), '#annotations': pod['#exceptions'], annotations: pod.exceptions(s) },
    spec: {
      local labels = $.labels(params, 'image'),
      selector: { matchLabels: { [key]: labels[key] for key in ['app.kubernetes.io/name', 'app.kubernetes.io/instance'] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: {
        metadata: { labels: labels },
        spec: pod.common(params) + {
          terminationGracePeriodSeconds: 1,
          enableServiceLinks: false,
          [if s.on_gpu then 'tolerations']: pod.tolerations(s),
          [if s.on_gpu && s.vendor == 'nvidia' then '#nodeSelector']: 'the label that GPU feature discovery gives; without it, label the nodes yourself or remove this',
          [if s.on_gpu && s.vendor == 'nvidia' then 'nodeSelector']: { 'nvidia.com/gpu.present': 'true' },
          containers: [{
            '#': 'does nothing: that its image is on the node is the point, a new replica need not wait for it',
            name: 'image',
            image: s.image,
            imagePullPolicy: 'IfNotPresent',
            command: ['sleep', 'infinity'],
            [if std.length(weights.no_gpus(s)) > 0 then 'env']: weights.no_gpus(s),
            resources: { requests: { cpu: '1m', memory: '16Mi', 'ephemeral-storage': '16Mi' }, limits: { memory: '16Mi', 'ephemeral-storage': '16Mi' } },
            securityContext: weights.security(!s.on_gpu),
          }],
        },
      },
    },
  }),

  route(s, params, object): object('gateway.networking.k8s.io/v1', 'HTTPRoute', params.name, {
    spec: {
      parentRefs: [{ name: params.gateway, namespace: params.gateway_namespace }],
      [if params.hostname != null then 'hostnames']: [params.hostname],
      rules: [{
        matches: [{ path: { type: 'PathPrefix', value: '/v1' } }],
        '#timeouts': 'the longest request; many gateways cut at 15 s by default. No retries: an answer that has begun cannot be begun again',
        timeouts: { request: s.longest + 's', backendRequest: s.longest + 's' },
        backendRefs: [{ name: params.name, port: 80 }],
      }],
    },
  }),

  // A queue that is shed early: a client that is told 503 at once can go elsewhere.
  breakers(s, params, object): {
    local parallel = s.max_replicas * s.concurrency,
    local why = s.max_replicas + ' replicas x ' + s.concurrency + ' requests at once; the usual default of 1024 never trips',
    any: [],
    envoy: [object('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', params.name, { spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: params.name }],
      circuitBreaker: { '#maxParallelRequests': why, maxParallelRequests: parallel, maxPendingRequests: s.concurrency, maxParallelRetries: 1 },
    } })],
    istio: [object('networking.istio.io/v1', 'DestinationRule', params.name, { spec: {
      host: params.name + '.' + params.namespace + '.svc.cluster.local',
      trafficPolicy: {
        loadBalancer: { simple: 'LEAST_REQUEST' },
        connectionPool: { http: { '#http2MaxRequests': why, http2MaxRequests: parallel, http1MaxPendingRequests: s.concurrency } },
        '#outlierDetection': 'at most half of the pods are taken out, so that one bad minute does not take all',
        outlierDetection: { consecutive5xxErrors: 5, interval: '30s', baseEjectionTime: '30s', maxEjectionPercent: 50 },
      },
    } })],
  }[params.gateway_kind],
}
