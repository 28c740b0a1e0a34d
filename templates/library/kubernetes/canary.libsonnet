// A second version beside production that gets a share of the requests: the whole of production, with one Deployment more, and the route
// split by weight. What is tried (an image, a model) is changed in its deployment.yaml.
local deployment = import 'kubernetes/deployment.libsonnet';
local limits = import 'kubernetes/limits.libsonnet';
local network = import 'kubernetes/network.libsonnet';

function(s, params, object)
  local name = params.name + '-canary';
  local selector = { 'app.kubernetes.io/name': params.name, 'app.kubernetes.io/instance': name };
  local labels = selector { 'app.kubernetes.io/component': 'model-server' };
  local served = { type: 'PathPrefix', value: '/v1' };
  local timeouts = { request: s.longest + 's', backendRequest: s.longest + 's' };
  local own(kind_of, rest) = kind_of { metadata+: { labels: labels } } + rest;
  // Named after the canary; what the namespace has once (default-deny, DNS) is production's.
  local policies = [policy for policy in network(params { name: name }, selector) if std.startsWith(policy.metadata.name, name)];
  {
    'deployment.yaml': deployment(s, params { name: name }, labels, selector) + {
      spec+: {
        '#': 'one, whatever the load: a share of the requests is all that it gets',
        replicas: 1,
        template+: { spec+: { serviceAccountName: params.name } },
      },
    },
    'service.yaml': own(object('v1', 'Service', name, { spec: { type: 'ClusterIP', selector: selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } }), {}),
    'networkpolicy.yaml': policies,
    'monitor.yaml': own(object('monitoring.coreos.com/v1', 'ServiceMonitor', name, { spec: {
      selector: { matchLabels: selector },
      endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }],
    } }), {}),
    // Patches, of what production has already.
    'route.yaml': {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: params.name, namespace: params.namespace },
      spec: { rules: [{
        matches: [{ path: served }],
        timeouts: timeouts,
        '#backendRefs': params.canary_share + ' of 100 requests',
        backendRefs: [{ name: params.name, port: 80, weight: 100 - params.canary_share }, { name: name, port: 80, weight: params.canary_share }],
      }, {
        '#': 'who says so gets the second version, and always: a program that keeps each user with one version makes an A/B test of it',
        matches: [{ path: served, headers: [{ name: 'x-variant', value: 'canary' }] }],
        timeouts: timeouts,
        backendRefs: [{ name: name, port: 80 }],
      }] },
    },
    'quota.yaml': limits(s { most_pods: s.most_pods + 1 }, params, object)[0],
  }
