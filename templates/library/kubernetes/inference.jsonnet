// A model server on Kubernetes: kustomizations that `kubectl apply -k` takes as they are. base needs nothing but
// Kubernetes; what asks for more (KEDA, the Prometheus operator, a Gateway, shared storage) is in overlays/prod.
local autoscaler = import 'kubernetes/autoscaler.libsonnet';
local canary = import 'kubernetes/canary.libsonnet';
local deployment = import 'kubernetes/deployment.libsonnet';
local k = import 'lib/kubernetes.libsonnet';
local limits = import 'kubernetes/limits.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local monitoring = import 'kubernetes/monitoring.libsonnet';
local network = import 'kubernetes/network.libsonnet';
local production = import 'kubernetes/production.libsonnet';
local readme = import 'kubernetes/readme.libsonnet';
local sizing = import 'kubernetes/sizing.libsonnet';

local yaml(content) = { format: 'yaml', content: content };
local stream(objects) = { format: 'yaml-stream', content: objects };
local kustomization = k.kustomization;

function(advice, machine, params)
  local m = make_machine(machine);
  local s = sizing(advice, m, params);
  local selector = { 'app.kubernetes.io/name': params.name, 'app.kubernetes.io/instance': params.name };
  local labels = selector { 'app.kubernetes.io/component': 'model-server' };
  local object(api, kind, name, rest) = { apiVersion: api, kind: kind, metadata: { name: name, namespace: params.namespace, labels: labels } } + rest;
  local watched = monitoring(s, params, object);
  local scaling = autoscaler.objects(s, params, object);

  local base = {
    'namespace.yaml': yaml(k.namespace(params.namespace, 'restricted', k.restricted)),
    'serviceaccount.yaml': yaml(object('v1', 'ServiceAccount', params.name, {
      '#automountServiceAccountToken': 'the server never talks to the cluster',
      automountServiceAccountToken: false,
    })),
    'limits.yaml': stream(limits(s, params, object)),
    'deployment.yaml': yaml(deployment(s, params, labels, selector)),
    'service.yaml': yaml(object('v1', 'Service', params.name, {
      spec: { type: 'ClusterIP', selector: selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    })),
    'pdb.yaml': yaml(object('policy/v1', 'PodDisruptionBudget', params.name, {
      spec: {
        '#maxUnavailable': 'one at a time when nodes are drained; a minimum would block the drain of a single replica for ever',
        maxUnavailable: 1,
        selector: { matchLabels: selector },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    })),
    'networkpolicy.yaml': stream(network(params, selector)),
  };

  local prod = {
    'image.yaml': yaml(production.prepull(s, params, object)),
    'route.yaml': stream([production.route(s, params, object)] + production.breakers(s, params, object)),
  } + (if std.length(scaling) > 0 then { 'autoscaler.yaml': yaml(scaling[0]) } else {})
               + (if s.shared then { 'weights.yaml': stream([production.claim(s, params, object), production.job(s, params, object)]) } else {});
  local patches = if s.shared then { 'server.yaml': yaml(production.patch(s, params)), 'download.yaml': yaml(production.policy_patch(s, params)) } else {};

  local monitored = {
    'monitoring.yaml': stream(watched.objects),
    'dashboard.json': { format: 'json', content: watched.dashboard },
    'rules.yaml': { format: 'yaml', header: 'The same rules as in monitoring.yaml, for promtool and for a Prometheus without the operator.', content: watched.rules },
    'rules_test.yaml': { format: 'yaml', header: 'promtool test rules rules_test.yaml', content: watched.tests },
    'kustomization.yaml': kustomization({
      namespace: params.namespace,
      resources: ['monitoring.yaml'],
      '#configMapGenerator': "Grafana's sidecar takes the dashboards of the ConfigMaps that have this label",
      configMapGenerator: [{ name: params.name + '-dashboard', files: ['dashboard.json'] }],
      generatorOptions: { labels: { grafana_dashboard: '1' }, disableNameSuffixHash: true },
    }),
  };

  local trial = canary(s, params, object);
  local trial_patches = ['quota.yaml', 'route.yaml'];
  local measured = std.length([o for o in watched.objects if o.kind == 'ServiceMonitor']) > 0;
  local trial_files = [file for file in std.objectFields(trial) if measured || file != 'monitor.yaml'];

  local files = {
    base: base { 'kustomization.yaml': kustomization({ resources: std.objectFields(base) }) },
    'overlays/dev': { 'kustomization.yaml': kustomization({
      '#': 'needs nothing but Kubernetes: one replica, the weights on its node',
      namespace: params.namespace + '-dev',
      resources: ['../../base'],
      labels: [{ pairs: { environment: 'dev' }, includeTemplates: true }],
    }) },
    'overlays/prod': prod + patches + { 'kustomization.yaml': kustomization({
      resources: ['../../base', '../../monitoring'] + std.objectFields(prod),
      labels: [{ pairs: { environment: 'prod' }, includeTemplates: true }],
      [if s.shared then 'patches']: [{ path: file } for file in std.objectFields(patches)],
    }) },
    'overlays/canary': { [file]: if file == 'networkpolicy.yaml' then stream(trial[file]) else yaml(trial[file]) for file in trial_files } + { 'kustomization.yaml': kustomization({
      '#': 'production with a second version beside it; kubectl apply -k overlays/prod ends it (README.md)',
      resources: ['../prod'] + [file for file in trial_files if !std.member(trial_patches, file)],
      patches: [{ path: file } for file in trial_patches],
    }) },
    monitoring: monitored,
  };

  assert params.name != 'vllm' : "a Service named vllm makes Kubernetes set VLLM_PORT in other pods, which crashes vLLM there\nhelp: --set name=chat, say";
  assert std.length(params.name) <= 40 : "other objects add to the name, which may have 40 characters\nhelp: --set name=chat, say";

  {
    ['kubernetes/' + folder + '/' + file]: files[folder][file]
    for folder in std.objectFields(files)
    for file in std.objectFields(files[folder])
  } + {
    'kubernetes/README.md': { format: 'text', content: readme(s, m, params) },
  } + (if s.on_gpu && s.autoscaler == 'hpa' then { 'kubernetes/metrics/prometheus-adapter.yaml': autoscaler.adapter(s) } else {})
  + { '#open': s.image_open }
