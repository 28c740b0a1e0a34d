// Who may talk to Ray's pods. Ray runs whatever reaches its ports, and asks nobody for a password: a closed namespace is its only door.
// Ports of the operator: ray-project/kuberay, ray-operator/controllers/ray/utils/constant.go (2026-08-19).
local k = import 'lib/kubernetes.libsonnet';

local tcp(ports) = [{ port: port, protocol: 'TCP' } for port in ports];
local of_operator = { metadata+: { '#annotations': 'KubeRay makes the pods, which a linter cannot know', annotations: { 'kube-score/ignore': 'networkpolicy-targets-pod' } } };

{
  policies(space):: [policy + of_operator for policy in k.closed(space) + [
    k.policy(space, 'ray', 'its processes talk to each other on ports that they choose; the operator (in the namespace kuberay) asks the dashboard and the server how they are', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ podSelector: {} }] },
        { from: [k.in_namespace('kuberay')], ports: tcp([8265, 8000]) },
      ],
      egress: [{ to: [{ podSelector: {} }] }],
    }),
    k.policy(space, 'outside', 'packages, weights and checkpoints; a store inside the cluster needs a rule of its own', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: k.outside, ports: tcp([443]) }],
    }),
  ]],

  autoscaler(space):: k.policy(space, 'ray-autoscaler', "the autoscaler, beside the head, asks for workers; the API server's address differs from cluster to cluster, so any is open on its ports", {
    podSelector: { matchLabels: { 'ray.io/node-type': 'head' } },
    policyTypes: ['Egress'],
    egress: [{ ports: tcp([443, 6443]) }],
  }) + of_operator,
}
