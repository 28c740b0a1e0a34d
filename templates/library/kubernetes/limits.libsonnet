// What the namespace may take in all. Every container says its requests, so that no pod is refused for saying nothing.
function(s, params, object)
  local pods = s.most_pods;
  local cpu = pods * s.cpus + 4;
  local memory = pods * s.memory_gib + s.fetch_memory_gib + 8;
  [
    object('v1', 'ResourceQuota', params.name, { spec: {
      '#hard': pods + ' pods of the server at most' + (if s.on_gpu then '' else ', one of them new during an update') + ', the Job that fetches the weights, and small change for the nodes',
      hard: (if s.on_gpu then { ['requests.' + s.resource]: std.toString(pods * s.gpus) } else {}) + {
        'requests.cpu': std.toString(cpu),
        'requests.memory': memory + 'Gi',
        'limits.memory': memory + 'Gi',
        '#services.loadbalancers': 'what is reachable from outside comes by the Gateway',
        'services.loadbalancers': '0',
        'services.nodeports': '0',
      },
    } }),
    object('v1', 'LimitRange', params.name, { spec: {
      '#limits': 'for containers that say nothing: with a quota on memory such a pod would be refused',
      limits: [{ type: 'Container', defaultRequest: { cpu: '50m', memory: '128Mi' }, default: { memory: '128Mi' } }],
    } }),
  ]
