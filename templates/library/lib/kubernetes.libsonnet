// What the objects of every bundle have in common.
local gib = 1073741824;

local policy(namespace, name, why, spec) = {
  '#': why,
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: name, namespace: namespace },
  spec: spec,
};

{
  policy: policy,
  // All pods of a namespace, as a peer of a policy.
  in_namespace(name): { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },

  namespace(name, level, why): {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: name,
      '#labels': why,
      labels: {
        ['pod-security.kubernetes.io/' + mode + part[0]]: part[1]
        for mode in ['enforce', 'audit', 'warn']
        for part in [['', level], ['-version', 'v1.30']]
      },
    },
  },
  restricted: 'the strictest of the Pod Security standards, as of a fixed Kubernetes version',

  // Nothing in or out of a namespace but names: what else may be said stands in policies of its own.
  closed(namespace): [
    policy(namespace, 'default-deny', 'first: nothing in, nothing out, for every pod of the namespace', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    }),
    policy(namespace, 'allow-dns', 'a cluster with a node-local DNS cache needs its address (169.254.20.10) here as well', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{
        to: [$.in_namespace('kube-system') { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
        ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }],
      }],
    }),
  ],
  // The addresses outside, without private networks and the cloud's metadata.
  outside: [
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] } },
    { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
  ],

  // Pod and container as the restricted standard wants them.
  pod_security(user): { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user, seccompProfile: { type: 'RuntimeDefault' } },
  container_security: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  // Memory and disk are limits as well; a CPU limit would only make it slower.
  resources(cpu, memory, disk): {
    requests: { cpu: cpu, memory: memory, 'ephemeral-storage': disk },
    limits: { memory: memory, 'ephemeral-storage': disk },
  },
  '#exceptions': 'what a linter asks for and this is right not to do: a CPU limit only makes it slower, and what is pinned need not be pulled each time',
  exceptions(more=[]): { 'kube-score/ignore': std.join(',', ['container-resources', 'container-image-pull-policy'] + more) },
  // Bytes that a node of this size leaves to pods: 25 % of its first 4 GiB stay with the kubelet and the system, 20 % of the next 4,
  // 10 % of the next 8, 6 % of the next 112 and 2 % of the rest, and 100 MiB below which pods are evicted. So do the clusters of
  // Google, which is on the careful side of others (Plan GKE Standard node sizes).
  left_for_pods(memory)::
    local kept(from, to, share) = share * std.max(0, std.min(memory, to * gib) - from * gib);
    memory - kept(0, 4, 0.25) - kept(4, 8, 0.2) - kept(8, 16, 0.1) - kept(16, 128, 0.06) - kept(128, 1e6, 0.02) - 100 * 1048576,

  kustomization(rest): { format: 'yaml', content: { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } + rest },
}
