// ServiceMonitor, alerts with their unit tests, and a dashboard. A test says what Prometheus would see and which alert
// must come of it.
local grafana = import 'lib/dashboard.libsonnet';
local metrics = import 'kubernetes/metrics.libsonnet';

function(s, params, object)
  local m = metrics[s.engine];
  local labels = metrics.labels(params);
  local has(name) = std.objectHas(m, name);
  local replicas = '{namespace="' + params.namespace + '",deployment="' + params.name + '"}';
  local queue = 5 * s.max_replicas;

  // when: the series in which the alert fires; otherwise: those in which it does not. Values begin at 0 min, one a minute.
  local alert(name, expr, minutes, severity, summary, why, when, otherwise) = {
    name: name,
    when: when,
    otherwise: otherwise,
    minutes: minutes,
    severity: severity,
    summary: summary,
    rule: {
      '#': why,
      alert: name,
      expr: expr,
      'for': minutes + 'm',
      labels: { severity: severity },
      annotations: { summary: summary },
    },
  };
  local series(name, values) = { series: name + labels, values: values };
  local alerts = [
    alert('NoModelServerReady',
          'kube_deployment_status_replicas_available' + replicas + ' < 1',
          5,
          'critical',
          'no replica of ' + params.name + ' answers',
          'read from kube-state-metrics',
          [{ series: 'kube_deployment_status_replicas_available' + replicas, values: '0x40' }],
          [{ series: 'kube_deployment_status_replicas_available' + replicas, values: '1x40' }]),
  ] + (if !has('running') then [] else [
         alert('ModelServerNotMeasured',
               'absent(' + m.running + labels + ')',
               10,
               'warning',
               'Prometheus sees no metrics of ' + params.name,
               'without them nothing scales and every other alert is silent',
               [],
               [series(m.running, '1x40')]),
         alert('RequestsWait',
               'sum(' + m.waiting + labels + ') > ' + queue,
               10,
               'warning',
               'more than ' + queue + ' requests wait for ' + params.name,
               '5 for each of ' + s.max_replicas + ' replicas, beyond which the autoscaler cannot help',
               [series(m.waiting, (queue + 1) + 'x40'), series(m.running, '1x40')],
               [series(m.waiting, queue + 'x40'), series(m.running, '1x40')]),
       ]) + (if !has('first_token') then [] else [
               alert('FirstTokenSlow',
                     'histogram_quantile(0.95, sum by (le) (rate(' + m.first_token + labels + '[5m]))) > 5',
                     10,
                     'warning',
                     'one request in twenty waits more than 5 s for its first token',
                     '5 s is when people begin to leave; change it to what you promise',
                     [{ series: m.first_token + std.strReplace(labels, '}', ',le="' + le[0] + '"}'), values: le[1] } for le in [['1', '0+0x40'], ['10', '0+60x40'], ['+Inf', '0+60x40']]] + [series(m.running, '1x40')],
                     [{ series: m.first_token + std.strReplace(labels, '}', ',le="' + le[0] + '"}'), values: le[1] } for le in [['1', '0+60x40'], ['10', '0+60x40'], ['+Inf', '0+60x40']]] + [series(m.running, '1x40')]),
               alert('CacheFull',
                     'max(' + m.cache + labels + ') > 0.9',
                     10,
                     'warning',
                     'a replica of ' + params.name + ' has filled 90 % of its KV cache',
                     'from here on requests are put back and computed again; fewer at once, a shorter context, or more replicas',
                     [series(m.cache, '0.95x40'), series(m.running, '1x40')],
                     [series(m.cache, '0.8x40'), series(m.running, '1x40')]),
               alert('RequestsPutBack',
                     'sum(increase(' + m.preemptions + labels + '[10m])) > 10',
                     10,
                     'warning',
                     params.name + ' puts requests back because its KV cache is full',
                     'each is computed again from its beginning',
                     [series(m.preemptions, '0+2x40'), series(m.running, '1x40')],
                     [series(m.preemptions, '0+0x40'), series(m.running, '1x40')]),
             ]);

  local groups = { groups: [{ name: params.name, rules: [a.rule for a in alerts] }] };
  local test(a, input, fires) = {
    interval: '1m',
    input_series: input,
    alert_rule_test: [{
      eval_time: '35m',
      alertname: a.name,
      exp_alerts: if !fires then [] else [{
        exp_labels: { severity: a.severity } + (if a.name == 'NoModelServerReady' then { namespace: params.namespace, deployment: params.name } else {})
                    + (if a.name == 'ModelServerNotMeasured' then { namespace: params.namespace, service: params.name } else {}),
        exp_annotations: { summary: a.summary },
      }],
    }],
  };

  local sum(name) = 'sum(' + name + labels + ')';
  local graphs = [
    ['Replicas', 'short', [['kube_deployment_status_replicas_available' + replicas, 'ready'], ['kube_deployment_spec_replicas' + replicas, 'wanted']]],
  ] + (if !has('running') then [] else [
         ['Requests', 'short', [[sum(m.running), 'running'], [sum(m.waiting), 'waiting']]],
         ['Tokens generated', 'short', [['sum(rate(' + m.tokens + labels + '[5m]))', 'per second']]],
       ]) + (if !has('first_token') then [] else [
               ['Time to first token', 's', [['histogram_quantile(' + q + ', sum by (le) (rate(' + m.first_token + labels + '[5m])))', 'p' + std.strReplace(q, '0.', '')] for q in ['0.50', '0.95']]],
               ['KV cache in use', 'percentunit', [['max by (pod) (' + m.cache + labels + ')', '{{pod}}']]],
               ['Requests put back', 'short', [['sum(increase(' + m.preemptions + labels + '[5m]))', 'in 5 min']]],
             ]);

  {
    alerts: [a.name for a in alerts],
    objects: (if !has('running') then [] else [object('monitoring.coreos.com/v1', 'ServiceMonitor', params.name, { spec: {
                selector: { matchLabels: { 'app.kubernetes.io/name': params.name, 'app.kubernetes.io/instance': params.name } },
                endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }],
              } })]) + [object('monitoring.coreos.com/v1', 'PrometheusRule', params.name, { spec: groups })],
    rules: groups,
    tests: {
      rule_files: ['rules.yaml'],
      evaluation_interval: '1m',
      tests: [test(a, a.when, true) for a in alerts] + [test(a, a.otherwise, false) for a in alerts],
    },
    dashboard: grafana.dashboard(
      params.namespace + '-' + params.name,
      'Model server ' + params.namespace + '/' + params.name,
      [grafana.panel(i, graphs[i][0], graphs[i][1], graphs[i][2], { type: 'prometheus', uid: '${datasource}' }, defaults={ min: 0 }) for i in std.range(0, std.length(graphs) - 1)],
      [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }]
    ),
  }
