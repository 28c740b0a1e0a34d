// Alerts as Prometheus wants them, and a unit test of each: the series in which it fires, and those in which it does not.
// {name, expr, minutes, severity, summary, why, labels: those it fires with, said: the summary then, when, otherwise: series}
{
  rules(name, alerts): { groups: [{ name: name, rules: [{ '#': a.why, alert: a.name, expr: a.expr, 'for': a.minutes + 'm', labels: { severity: a.severity }, annotations: { summary: a.summary } } for a in alerts] }] },
  tests(alerts): {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      { interval: '1m', input_series: row[0], alert_rule_test: [{ eval_time: '35m', alertname: a.name, exp_alerts: if row[1] then [{ exp_labels: a.labels { severity: a.severity }, exp_annotations: { summary: a.said } }] else [] }] }
      for a in alerts
      for row in [[a.when, true], [a.otherwise, false]]
    ],
  },
}
