// Nothing in or out but what is listed here.
local policy(params, name, why, spec) = {
  '#': why,
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: name, namespace: params.namespace },
  spec: spec,
};
local namespace(name) = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
local http = [{ port: 'http', protocol: 'TCP' }];

function(params, selector) [
  policy(params, 'default-deny', 'first: nothing in, nothing out, for every pod of the namespace', {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  }),
  policy(params, 'allow-dns', 'a cluster with a node-local DNS cache needs its address (169.254.20.10) here as well', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{
      to: [namespace('kube-system') { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
      ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }],
    }],
  }),
  policy(params, params.name + '-clients', "the kubelet's probes come from the node and need no rule", {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress'],
    ingress: [
      { '#': 'those who use the model', from: [if params.client_namespace == null then { podSelector: {} } else namespace(params.client_namespace)], ports: http },
      { '#': 'requests from outside', from: [namespace(params.gateway_namespace)], ports: http },
      { '#': 'Prometheus', from: [namespace(params.monitoring_namespace)], ports: http },
    ],
  }),
  policy(params, params.name + '-download', 'the weights come over HTTPS from outside; the private networks and the cloud metadata address stay closed', {
    podSelector: { matchLabels: selector },
    policyTypes: ['Egress'],
    egress: [{
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'] } },
        { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
      ],
      ports: [{ port: 443, protocol: 'TCP' }],
    }],
  }),
]
