// What the number of replicas follows: one autoscaler, KEDA's or Kubernetes' own.
local metrics = import 'kubernetes/metrics.libsonnet';

local pods_metric(name, average) = {
  type: 'Pods',
  pods: { metric: { name: name }, target: { type: 'AverageValue', averageValue: std.toString(average) } },
};

local behavior(s) = {
  scaleUp: {
    '#policies': 'one at a time, as long as a new replica takes to start: about ' + s.cold_start + ' s',
    policies: [{ type: 'Pods', value: 1, periodSeconds: std.min(1800, std.max(60, s.cold_start)) }],
  },
  scaleDown: {
    '#stabilizationWindowSeconds': 'no sooner than a replica would take to come back',
    stabilizationWindowSeconds: std.min(3600, std.max(300, s.cold_start)),
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
  },
};

local maximum_why(s) = if s.on_gpu then 'each replica takes ' + s.gpus + ' x ' + s.resource + '; one for which there is none stays Pending' else null;
local target(params) = { apiVersion: 'apps/v1', kind: 'Deployment', name: params.name };
local running_why(s) = '0.75 x ' + s.concurrency + ' requests that a replica serves at once';

local hpa(s, params, object) = object('autoscaling/v2', 'HorizontalPodAutoscaler', params.name, {
  local names = metrics[s.engine],
  spec: {
    scaleTargetRef: target(params),
    minReplicas: s.min_replicas,
    '#maxReplicas': maximum_why(s),
    maxReplicas: s.max_replicas,
    '#metrics': if s.on_gpu
    then 'requests, never CPU or GPU load, which say nothing about waiting users. Served by prometheus-adapter (metrics/prometheus-adapter.yaml); until it is there, nothing scales and "kubectl describe hpa" says so'
    else s.engine + ' computes on its CPUs, so CPU is what runs out. Served by metrics-server; the percentage is of the CPU request',
    metrics: if s.on_gpu then [
      pods_metric(std.strReplace(names.running, ':', '_'), s.running_target) { '#': running_why(s) },
      pods_metric(std.strReplace(names.waiting, ':', '_'), 5) { '#': 'a queue of 5 per replica, for when the prompts are long' },
    ] else [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 75 } } }],
    behavior: behavior(s),
  },
});

local keda(s, params, object) = object('keda.sh/v1alpha1', 'ScaledObject', params.name, {
  local names = metrics[s.engine],
  local address = if params.prometheus != null then params.prometheus else 'http://prometheus-operated.' + params.monitoring_namespace + '.svc:9090',
  local trigger(name, threshold, why) = {
    '#': why,
    type: 'prometheus',
    metadata: {
      serverAddress: address,
      query: 'sum(' + name + metrics.labels(params) + ')',
      threshold: std.toString(threshold),
      '#ignoreNullValues': 'no answer is an error, which "kubectl describe scaledobject" shows, and not "nothing to do"',
      ignoreNullValues: 'false',
    },
  },
  spec: {
    scaleTargetRef: target(params),
    '#minReplicaCount': 'never 0: without a pod there is no metric, and nothing would start one again',
    minReplicaCount: s.min_replicas,
    '#maxReplicaCount': maximum_why(s),
    maxReplicaCount: s.max_replicas,
    pollingInterval: 15,
    '#fallback': 'when Prometheus does not answer three times in turn, stay at what the number is',
    fallback: { failureThreshold: 3, replicas: s.min_replicas, behavior: 'currentReplicasIfHigher' },
    advanced: { horizontalPodAutoscalerConfig: { behavior: behavior(s) } },
    triggers: [
      trigger(names.running, s.running_target, running_why(s)),
      trigger(names.waiting, 5, 'a queue of 5 per replica, for when the prompts are long'),
    ],
  },
});

{
  objects(s, params, object): if s.autoscaler == 'none' then [] else [(if s.autoscaler == 'keda' then keda else hpa)(s, params, object)],

  adapter(s): {
    local names = metrics[s.engine],
    local parts = std.split(names.running, ':'),
    format: 'yaml',
    header: |||
      Values for the prometheus-adapter Helm chart: they serve the two metrics that the autoscaler asks for, from what
      Prometheus scrapes at the pods' /metrics. Not part of the kustomizations.
    |||,
    content: {
      rules: {
        default: false,
        custom: [{
          seriesQuery: '{__name__=~"^(' + names.running + '|' + names.waiting + ')$",namespace!="",pod!=""}',
          resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
          '#name': 'the custom metrics API takes no colon in a name',
          name: { matches: '^' + parts[0] + ':(.*)$', as: parts[0] + '_${1}' },
          metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
        }],
      },
    },
  },
}
