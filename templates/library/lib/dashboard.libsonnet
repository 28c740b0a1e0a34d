// A dashboard of Grafana: panels in two columns, each of [[expression, legend], ...].
{
  panel(i, title, unit, targets, source, type='timeseries', defaults={}): {
    id: i + 1,
    title: title,
    type: type,
    datasource: source,
    gridPos: { h: 8, w: 12, x: 12 * (i % 2), y: 8 * std.floor(i / 2) },
    fieldConfig: { defaults: { unit: unit } + defaults, overrides: [] },
    targets: [{ refId: std.char(65 + t), expr: targets[t][0], legendFormat: targets[t][1] } for t in std.range(0, std.length(targets) - 1)],
  },

  dashboard(uid, title, panels, variables=[]): {
    uid: uid,
    title: title,
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    tags: ['inference'],
    annotations: { list: [] },
    templating: { list: variables },
    panels: panels,
  },
}
