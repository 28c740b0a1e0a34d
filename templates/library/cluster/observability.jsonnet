// Logs of a cluster (Loki, and Alloy on each node), metrics of its GPUs (DCGM exporter), and what Grafana and Prometheus need of both.
// Promtail, which used to bring the logs, has been at its end of life since 2026-03-02 (grafana/loki, docs/sources/send-data/promtail).
local alerts = import 'lib/alerts.libsonnet';
local collectors = import 'cluster/collectors.libsonnet';
local gpu = import 'observability/gpu.libsonnet';
local grafana = import 'lib/dashboard.libsonnet';
local k = import 'lib/kubernetes.libsonnet';
local make_loki = import 'cluster/loki.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local yaml(content) = { format: 'yaml', content: content };
local stream(objects) = { format: 'yaml-stream', content: objects };
local folder = 'kubernetes-observability/';

local alerts_of(space) =
  local up(service, value) = { series: 'up{namespace="' + space + '",service="' + service + '",pod="a"}', values: value };
  local dropped(values) = [{ series: 'loki_discarded_samples_total{namespace="' + space + '",reason="rate_limited"}', values: values }];
  local disk(values) = [
    { series: 'kubelet_volume_stats_' + what[0] + '_bytes{namespace="' + space + '",persistentvolumeclaim="data-loki-0"}', values: what[1] }
    for what in [['available', values], ['capacity', '100x40']]
  ];
  local volume(what) = 'kubelet_volume_stats_' + what + '_bytes{namespace="' + space + '",persistentvolumeclaim=~"data-loki-.+"}';
  [
    { name: 'LokiDown', expr: 'absent(up{namespace="' + space + '",service="loki"} == 1)', minutes: 10, severity: 'critical', summary: 'no Loki answers', said: 'no Loki answers', labels: {}, why: 'logs are lost when Alloy can keep no more of them', when: [up('loki', '0x40')], otherwise: [up('loki', '1x40')] },
    { name: 'LogsNotCollected', expr: 'count(up{namespace="' + space + '",service="alloy"} == 0) > 0', minutes: 15, severity: 'warning', summary: 'the logs of {{ $value }} nodes are not collected', said: 'the logs of 1 nodes are not collected', labels: {}, why: 'an Alloy is there and does not answer', when: [up('alloy', '0x40')], otherwise: [up('alloy', '1x40')] },
    { name: 'LogsRefused', expr: 'sum by (reason) (rate(loki_discarded_samples_total{namespace="' + space + '"}[10m])) > 0', minutes: 15, severity: 'warning', summary: 'Loki refuses lines: {{ $labels.reason }}', said: 'Loki refuses lines: rate_limited', labels: { reason: 'rate_limited' }, why: 'a limit of limits_config, and which one', when: dropped('0+60x40'), otherwise: dropped('7x40') },
    { name: 'LogDiskNearlyFull', expr: volume('available') + ' / ' + volume('capacity') + ' < 0.1', minutes: 15, severity: 'critical', summary: 'less than a tenth of {{ $labels.persistentvolumeclaim }} is free', said: 'less than a tenth of data-loki-0 is free', labels: { namespace: space, persistentvolumeclaim: 'data-loki-0' }, why: 'full, Loki takes no more lines: a larger volume, or fewer days', when: disk('5x40'), otherwise: disk('20x40') },
  ];

function(advice, machine, params)
  local m = make_machine(machine);
  local has_gpu = if params.gpus != null then params.gpus else std.length(m.nvidia) > 0;
  local loki = make_loki(params, m), alloy = collectors.alloy(params), gpus = collectors.gpus(params);
  local watched = alerts_of(params.namespace) + (if has_gpu then gpu.alerts else []);
  local rules = alerts.rules('cluster', watched);
  local monitor(space, name, port, more={}) = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: name, namespace: space, labels: { 'app.kubernetes.io/name': name } },
    spec: { selector: { matchLabels: { 'app.kubernetes.io/name': name } }, endpoints: [{ port: port, path: '/metrics', interval: '30s' } + more] },
  };
  local logs = { type: 'loki', uid: 'loki' }, prometheus = { type: 'prometheus', uid: '${datasource}' };
  local panels = [
    ['Lines a second, by namespace', 'short', [['sum by (namespace) (rate({namespace=~".+"}[5m]))', '{{namespace}}']], logs],
    ['Bytes a second', 'Bps', [['sum by (namespace) (bytes_rate({namespace=~".+"}[5m]))', '{{namespace}}']], logs],
  ] + (if has_gpu then [graph + [prometheus] for graph in gpu.graphs] else []);
  local files = {
    'logs/kustomization.yaml': k.kustomization({
      resources: ['namespace.yaml', 'networkpolicy.yaml', 'loki.yaml', 'alloy.yaml'],
      '#configMapGenerator': 'their names end in a checksum: a change of a configuration starts the pods again',
      configMapGenerator: [
        { name: 'loki', namespace: params.namespace, files: ['loki.yaml=config/loki.yaml'] },
        { name: 'alloy', namespace: params.namespace, files: ['config.alloy=config/config.alloy'] },
      ],
    }),
    'logs/namespace.yaml': yaml(k.namespace(params.namespace, 'restricted', k.restricted)),
    'logs/networkpolicy.yaml': stream(k.closed(params.namespace) + loki.policies + alloy.policies),
    'logs/loki.yaml': stream(loki.objects),
    'logs/alloy.yaml': stream(alloy.objects),
    'logs/config/loki.yaml': yaml(loki.config),
    'logs/config/config.alloy': { format: 'text', content: importstr 'cluster/alloy.alloy' + '\n' + importstr 'observability/redact.alloy' },
    'monitoring/kustomization.yaml': k.kustomization({
      resources: ['monitoring.yaml'],
      '#configMapGenerator': "Grafana's sidecar takes what has these labels",
      configMapGenerator: [
        { name: 'loki-datasource', namespace: params.monitoring_namespace, files: ['datasource.yaml'], options: { labels: { grafana_datasource: '1' } } },
        { name: 'cluster-dashboard', namespace: params.monitoring_namespace, files: ['dashboard.json'], options: { labels: { grafana_dashboard: '1' } } },
      ],
      generatorOptions: { disableNameSuffixHash: true },
    }),
    'monitoring/monitoring.yaml': stream([
      monitor(params.namespace, 'loki', 'http'),
      monitor(params.namespace, 'alloy', 'http'),
    ] + (if has_gpu then [monitor(params.namespace + '-gpu', 'dcgm-exporter', 'metrics', { '#honorLabels': 'namespace and pod are those of the pod that has the GPU', honorLabels: true })] else []) + [
      { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'cluster', namespace: params.namespace }, spec: rules },
    ]),
    'monitoring/rules.yaml': { format: 'yaml', header: 'The same rules as in monitoring.yaml, for promtool and for a Prometheus without the operator.', content: rules },
    'monitoring/rules_test.yaml': { format: 'yaml', header: 'promtool test rules rules_test.yaml', content: alerts.tests(watched) },
    'monitoring/datasource.yaml': yaml({ apiVersion: 1, datasources: [{ name: 'Loki', uid: 'loki', type: 'loki', access: 'proxy', url: 'http://loki.' + params.namespace + '.svc:3100' }] }),
    'monitoring/dashboard.json': { format: 'json', content: grafana.dashboard(
      'cluster', 'Logs and GPUs of the cluster', [grafana.panel(i, panels[i][0], panels[i][1], panels[i][2], panels[i][3], defaults={ min: 0 }) for i in std.range(0, std.length(panels) - 1)], [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }]
    ) },
  } + (if !has_gpu then {} else {
         'gpu/kustomization.yaml': k.kustomization({ resources: ['namespace.yaml', 'networkpolicy.yaml', 'exporter.yaml'], configMapGenerator: [{ name: 'gpu-counters', namespace: params.namespace + '-gpu', files: ['gpu.csv'] }] }),
         'gpu/namespace.yaml': yaml(gpus.namespace),
         'gpu/networkpolicy.yaml': stream(gpus.policies),
         'gpu/exporter.yaml': stream(gpus.objects),
         'gpu/gpu.csv': { format: 'text', content: gpu.csv },
       });
  { [folder + file]: files[file] for file in std.objectFields(files) } + {
    [folder + 'README.md']: { format: 'text', content: text.filled('# Logs and GPUs of a cluster\n\n' + importstr 'cluster/readme.md' + (if has_gpu then importstr 'cluster/readme_gpu.md' else '') + importstr 'cluster/readme_undo.md', {
      SIZE: loki.why,
      DAYS: std.toString(params.retention_days),
      SPACE: params.namespace,
      GRAFANA: params.monitoring_namespace,
      KEYS: if params.bucket == null then '' else '\nThe bucket exists already; where the cloud gives pods no identity of their own, its keys come first: `kubectl create secret generic loki-bucket\n--namespace ' + params.namespace + ' --from-literal=AWS_ACCESS_KEY_ID=… --from-literal=AWS_SECRET_ACCESS_KEY=…`.\n',
    }) },
  }
