// What the number of replicas follows.
local target(s) = std.max(1, std.floor(0.75 * s.concurrency));

local pods_metric(name, average) = {
  type: 'Pods',
  pods: { metric: { name: name }, target: { type: 'AverageValue', averageValue: std.toString(average) } },
};

{
  target: target,

  spec(s, params): {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: params.name },
    minReplicas: s.min_replicas,
    '#maxReplicas': if s.on_gpu then 'each replica takes ' + s.gpus + (if s.gpus > 1 then ' GPUs' else ' GPU') + '; one for which there is none stays Pending' else null,
    maxReplicas: s.max_replicas,
    '#metrics': if s.on_gpu
    then 'requests, never CPU or GPU load, which say nothing about waiting users. Served by prometheus-adapter (metrics/prometheus-adapter.yaml); until it is there, nothing scales and "kubectl describe hpa" says so'
    else 'llama.cpp computes on its CPUs, so CPU is what runs out. Served by metrics-server; the percentage is of the CPU request',
    metrics: if s.on_gpu then [
      pods_metric('vllm_num_requests_running', target(s)) { '#': '0.75 x ' + s.concurrency + ' requests that a replica serves at once' },
      pods_metric('vllm_num_requests_waiting', 5) { '#': 'a queue of 5 per replica, for when the prompts are long' },
    ] else [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 75 } } }],
    behavior: {
      scaleUp: {
        '#policies': 'one at a time, as long as a new replica takes to start: about ' + s.cold_start + ' s',
        policies: [{ type: 'Pods', value: 1, periodSeconds: std.min(1800, std.max(60, s.cold_start)) }],
      },
      scaleDown: {
        '#stabilizationWindowSeconds': 'no sooner than a replica would take to come back',
        stabilizationWindowSeconds: std.min(3600, std.max(300, s.cold_start)),
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
      },
    },
  },

  adapter: {
    format: 'yaml',
    header: |||
      Values for the prometheus-adapter Helm chart: they serve the two metrics that hpa.yaml asks for, from what
      Prometheus scrapes at the pods' /metrics. Not part of the kustomization.
    |||,
    content: {
      rules: {
        default: false,
        custom: [{
          seriesQuery: '{__name__=~"^vllm:num_requests_(waiting|running)$",namespace!="",pod!=""}',
          resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
          '#name': 'the custom metrics API takes no colon in a name',
          name: { matches: '^vllm:(.*)$', as: 'vllm_${1}' },
          metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)',
        }],
      },
    },
  },
}
