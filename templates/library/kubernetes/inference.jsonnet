// A model server on Kubernetes: a kustomization that `kubectl apply -k` takes as it is.
local autoscaler = import 'kubernetes/autoscaler.libsonnet';
local deployment = import 'kubernetes/deployment.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local network = import 'kubernetes/network.libsonnet';
local readme = import 'kubernetes/readme.libsonnet';
local sizing = import 'kubernetes/sizing.libsonnet';

local yaml(content) = { format: 'yaml', content: content };

function(advice, machine, params)
  local m = make_machine(machine);
  local s = sizing(m, params);
  local selector = { 'app.kubernetes.io/name': params.name, 'app.kubernetes.io/instance': params.name };
  local labels = selector { 'app.kubernetes.io/component': 'model-server' };
  local object(api, kind, rest) = { apiVersion: api, kind: kind, metadata: { name: params.name, namespace: params.namespace, labels: labels } } + rest;

  local objects = {
    'namespace.yaml': yaml({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: params.namespace,
        '#labels': 'the strictest of the Pod Security standards, as of a fixed Kubernetes version',
        labels: {
          ['pod-security.kubernetes.io/' + mode + part[0]]: part[1]
          for mode in ['enforce', 'audit', 'warn']
          for part in [['', 'restricted'], ['-version', 'v1.30']]
        },
      },
    }),
    'serviceaccount.yaml': yaml(object('v1', 'ServiceAccount', {
      '#automountServiceAccountToken': 'the server never talks to the cluster',
      automountServiceAccountToken: false,
    })),
    'deployment.yaml': yaml(deployment(s, params, labels, selector)),
    'service.yaml': yaml(object('v1', 'Service', {
      spec: { type: 'ClusterIP', selector: selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    })),
    'hpa.yaml': yaml(object('autoscaling/v2', 'HorizontalPodAutoscaler', { spec: autoscaler.spec(s, params) })),
    'pdb.yaml': yaml(object('policy/v1', 'PodDisruptionBudget', {
      spec: {
        '#maxUnavailable': 'one at a time when nodes are drained; a minimum would block the drain of a single replica for ever',
        maxUnavailable: 1,
        selector: { matchLabels: selector },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    })),
    'networkpolicy.yaml': { format: 'yaml-stream', content: network(params, selector) },
  };

  assert params.name != 'vllm' : "a Service named vllm makes Kubernetes set VLLM_PORT in other pods, which crashes vLLM there\nhelp: --set name=chat, say";

  { ['kubernetes/' + file]: objects[file] for file in std.objectFields(objects) } + {
    'kubernetes/kustomization.yaml': yaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: std.objectFields(objects),
    }),
    'kubernetes/README.md': { format: 'text', content: readme(s, m, params) },
  } + (if s.on_gpu then { 'kubernetes/metrics/prometheus-adapter.yaml': autoscaler.adapter } else {})
