// Nothing in or out but what is listed here.
local k = import 'lib/kubernetes.libsonnet';

local http = [{ port: 'http', protocol: 'TCP' }];

function(params, selector) k.closed(params.namespace) + [
  k.policy(params.namespace, params.name + '-clients', "the kubelet's probes come from the node and need no rule", {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress'],
    ingress: [
      { '#': 'those who use the model', from: [if params.client_namespace == null then { podSelector: {} } else k.in_namespace(params.client_namespace)], ports: http },
      { '#': 'requests from outside', from: [k.in_namespace(params.gateway_namespace)], ports: http },
      { '#': 'Prometheus', from: [k.in_namespace(params.monitoring_namespace)], ports: http },
    ],
  }),
  k.policy(params.namespace, params.name + '-download', 'the weights come over HTTPS from outside; the private networks and the cloud metadata address stay closed', {
    podSelector: { matchLabels: selector },
    policyTypes: ['Egress'],
    egress: [{
      to: k.outside,
      ports: [{ port: 443, protocol: 'TCP' }],
    }],
  }),
]
