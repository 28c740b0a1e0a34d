// Metrics, logs and their pictures for one machine that serves models: Prometheus, Loki, Grafana, and Alloy, which hands the journal to
// Loki. All of them listen on 127.0.0.1 alone. On Kubernetes the bundle of kubernetes-inference has rules and a dashboard of its own.
local images = import 'data/images.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local metrics = import 'kubernetes/metrics.libsonnet';
local costs_of = import 'observability/costs.libsonnet';
local gpu = import 'observability/gpu.libsonnet';
local grafana = import 'lib/dashboard.libsonnet';
local rules = import 'lib/alerts.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local allowed(value, more) = std.length([c for c in std.stringChars(value) if !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || text.contains(more, c))]) == 0;

// What alerts and dashboard ask of one engine. `when` and `otherwise` are series for promtool: where it fires, and where it does not.
local alerts_of(engine) =
  local m = metrics[engine];
  local down(values) = { series: 'up{job="models",instance="a:1"}', values: values };
  local disk(values) = [
    { series: 'node_filesystem_avail_bytes{mountpoint="/",instance="machine"}', values: values },
    { series: 'node_filesystem_size_bytes{mountpoint="/",instance="machine"}', values: '100x40' },
  ];
  local memory(values) = [
    { series: 'node_memory_MemAvailable_bytes{instance="machine"}', values: values },
    { series: 'node_memory_MemTotal_bytes{instance="machine"}', values: '100x40' },
  ];
  [
    { name: 'ModelServerDown', expr: 'up{job="models"} == 0', minutes: 5, severity: 'critical', summary: 'the model server {{ $labels.instance }} does not answer', labels: { job: 'models', instance: 'a:1' }, said: 'the model server a:1 does not answer', when: [down('0x40')], otherwise: [down('1x40')], why: 'Prometheus could not read its metrics' },
    { name: 'DiskNearlyFull', expr: 'node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"} < 0.1', minutes: 15, severity: 'warning', summary: 'less than a tenth of the disk is free', labels: { mountpoint: '/', instance: 'machine' }, said: 'less than a tenth of the disk is free', when: disk('5x40'), otherwise: disk('20x40'), why: 'models, logs and metrics all grow there' },
    { name: 'MemoryNearlyGone', expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05', minutes: 10, severity: 'warning', summary: 'less than a twentieth of the memory is left', labels: { instance: 'machine' }, said: 'less than a twentieth of the memory is left', when: memory('3x40'), otherwise: memory('30x40'), why: 'next the kernel ends the largest process, which is the model server' },
    { name: 'RequestsWait', expr: 'sum(' + m.waiting + ') > 5 * count(up{job="models"} == 1)', minutes: 10, severity: 'warning', summary: 'requests wait for a model server', labels: {}, said: 'requests wait for a model server', when: [down('1x40'), { series: m.waiting + '{instance="a:1"}', values: '6x40' }], otherwise: [down('1x40'), { series: m.waiting + '{instance="a:1"}', values: '5x40' }], why: 'more than 5 for each server that answers' },
  ];

local costs_said = |||
  Costs: what an hour of this machine costs is written in `rules.yaml`, in `machine:cost:per_hour`; the dashboard shows with it what a million
  generated tokens cost, and beside it a provider's price where one was given. Electricity, hardware over its years, and people: count them in.

|||;
local no_costs = |||
  Costs: `palier generate observability -o .. --set cents_per_hour=35` adds what a million tokens cost here, and
  `--set cents_per_million=60` what a provider would ask for them.

|||;

function(advice, machine, params)
  local m = make_machine(machine);
  local servers = std.split(params.servers, ',');
  local good(server) =
    local parts = std.split(server, ':');
    std.length(parts) == 2 && std.length(parts[0]) > 0 && allowed(parts[0], '.-') && std.length(parts[1]) > 0 && std.length(parts[1]) <= 5 && std.length([c for c in std.stringChars(parts[1]) if c < '0' || c > '9']) == 0;
  assert std.length([s for s in servers if !good(s)]) == 0 : 'each of servers must be HOST:PORT\nhelp: --set servers=127.0.0.1:8001,127.0.0.1:8002';
  local e = metrics[params.engine];
  local has_gpu = std.length(m.nvidia) > 0;
  local alerts = alerts_of(params.engine) + (if has_gpu then gpu.alerts else []);
  assert params.cents_per_million == null || params.cents_per_hour != null : 'a price to compare with, but none of this machine\nhelp: --set cents_per_hour=35, say';
  local costs = if params.cents_per_hour == null then null else costs_of(e.tokens, params.cents_per_hour, params.cents_per_million);
  // A sixteenth of the memory for each of the two that keep data, from half a GiB to 4.
  local share = if m.memory == null then 1 else std.max(0.5, std.min(4, std.floor(m.memory / 16 / gib * 2) / 2));
  local metrics_disk = std.max(1, std.floor(params.disk * 0.4 / 1e9));
  local hours = params.retention_days * 24;
  local service(image, memory, rest) = {
    image: images.pinned(images.services[image]),
    network_mode: 'host',
    restart: 'unless-stopped',
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    read_only: true,
    mem_limit: std.floor(memory * 1024) + 'm',
  } + rest;
  local more = (if costs == null then [] else costs.graphs) + (if has_gpu then gpu.graphs else []);
  local panel(i, title, unit, targets, source='prometheus', type='timeseries') = grafana.panel(i, title, unit, targets, { type: source, uid: source }, type);
  {
    'observability/compose.yaml': {
      format: 'yaml',
      header: 'docker compose up -d, after GRAFANA_PASSWORD is set (README.md). Everything listens on 127.0.0.1 alone: to look from elsewhere, ssh -L 3000:127.0.0.1:3000.',
      content: {
        name: 'observability',
        services: {
          prometheus: service('prometheus', share, {
            '#command': params.retention_days + ' days, and no more than ' + metrics_disk + ' GB: 40 % of the disk that is for all of this',
            command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', '--storage.tsdb.retention.time=' + params.retention_days + 'd', '--storage.tsdb.retention.size=' + metrics_disk + 'GB', '--web.listen-address=127.0.0.1:9090'],
            volumes: ['./prometheus.yml:/etc/prometheus/prometheus.yml:ro', './rules.yaml:/etc/prometheus/rules.yaml:ro', 'metrics:/prometheus'],
          }),
          'node-exporter': service('node_exporter', 0.125, {
            '#command': 'memory, disks and network of this machine, and what jobs leave in /var/lib/palier-metrics (drift, say)',
            command: ['--path.rootfs=/host', '--web.listen-address=127.0.0.1:9100', '--collector.textfile.directory=/metrics'],
            pid: 'host',
            volumes: ['/:/host:ro,rslave', '/var/lib/palier-metrics:/metrics:ro'],
          }),
          [if has_gpu then 'dcgm-exporter']: service('dcgm_exporter', 0.5, {
            command: ['--collectors', '/etc/dcgm-exporter/palier.csv', '--address', '127.0.0.1:' + gpu.port],
            volumes: ['./gpu.csv:/etc/dcgm-exporter/palier.csv:ro'],
            '#read_only': "NVIDIA's container hook writes to the file system at the start",
            read_only: false,
            deploy: { resources: { reservations: { devices: [{ driver: 'nvidia', count: 'all', capabilities: ['gpu'] }] } } },
          }),
          loki: service('loki', share, {
            command: ['-config.file=/etc/loki/loki.yaml'],
            volumes: ['./loki.yaml:/etc/loki/loki.yaml:ro', 'logs:/loki'],
          }),
          alloy: service('alloy', 0.5, {
            '#user': 'the journal belongs to root; nothing else of it can be changed',
            user: 'root',
            cap_add: ['DAC_READ_SEARCH'],
            command: ['run', '--server.http.listen-addr=127.0.0.1:12345', '--storage.path=/var/lib/alloy/data', '--disable-reporting', '/etc/alloy/config.alloy'],
            volumes: ['./config.alloy:/etc/alloy/config.alloy:ro', '/var/log/journal:/var/log/journal:ro', '/run/log/journal:/run/log/journal:ro', '/etc/machine-id:/etc/machine-id:ro', 'positions:/var/lib/alloy/data'],
          }),
          grafana: service('grafana', 0.5, {
            environment: {
              GF_SERVER_HTTP_ADDR: '127.0.0.1',
              GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana_password',
              GF_ANALYTICS_REPORTING_ENABLED: 'false',
              GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
              GF_USERS_ALLOW_SIGN_UP: 'false',
            },
            secrets: ['grafana_password'],
            tmpfs: ['/tmp'],
            volumes: ['./grafana/datasources.yaml:/etc/grafana/provisioning/datasources/palier.yaml:ro', './grafana/dashboards.yaml:/etc/grafana/provisioning/dashboards/palier.yaml:ro', './grafana/models.json:/var/lib/grafana-dashboards/models.json:ro', 'grafana:/var/lib/grafana'],
          }),
        },
        '#secrets': 'from the environment (.env beside this file), and in no file here',
        secrets: { grafana_password: { environment: 'GRAFANA_PASSWORD' } },
        volumes: { metrics: {}, logs: {}, positions: {}, grafana: {} },
      },
    },
    'observability/prometheus.yml': {
      format: 'yaml',
      content: {
        global: { scrape_interval: '15s', evaluation_interval: '15s' },
        '#rule_files': 'whom to tell is not said here: without an Alertmanager, alerts are seen in Grafana alone',
        rule_files: ['rules.yaml'],
        scrape_configs: [
          { '#': 'the model servers; vLLM measures itself, llama.cpp where it is started with --metrics', job_name: 'models', static_configs: [{ targets: servers }] },
          { job_name: 'machine', static_configs: [{ targets: ['127.0.0.1:9100'] }] },
          { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
          { job_name: 'loki', static_configs: [{ targets: ['127.0.0.1:3100'] }] },
        ] + (if has_gpu then [{ job_name: 'gpus', static_configs: [{ targets: ['127.0.0.1:' + gpu.port] }] }] else []),
      },
    },
    'observability/rules.yaml': {
      format: 'yaml',
      content: rules.rules('machine', alerts) + (if costs == null then {} else { groups+: [costs.group] }),
    },
    'observability/rules_test.yaml': {
      format: 'yaml',
      header: 'promtool test rules rules_test.yaml',
      content: rules.tests(alerts) + (if costs == null then {} else { tests+: costs.tests }),
    },
    'observability/loki.yaml': {
      format: 'yaml',
      header: 'One Loki on one disk. Its keys: grafana/loki, docs/sources/configure (3.5).',
      content: {
        auth_enabled: false,
        server: { http_listen_address: '127.0.0.1', http_listen_port: 3100, grpc_listen_address: '127.0.0.1', grpc_listen_port: 9096, log_level: 'warn' },
        common: {
          instance_addr: '127.0.0.1',
          path_prefix: '/loki',
          replication_factor: 1,
          ring: { kvstore: { store: 'inmemory' } },
          storage: { filesystem: { chunks_directory: '/loki/chunks', rules_directory: '/loki/rules' } },
        },
        schema_config: { configs: [{ from: '2024-01-01', store: 'tsdb', object_store: 'filesystem', schema: 'v13', index: { prefix: 'index_', period: '24h' } }] },
        '#compactor': 'without it nothing is ever removed',
        compactor: { working_directory: '/loki/compactor', retention_enabled: true, delete_request_store: 'filesystem' },
        limits_config: {
          '#retention_period': params.retention_days + ' days; logs have no limit by size, so watch the disk (an alert does)',
          retention_period: hours + 'h',
          '#ingestion_rate_mb': 'a program that logs in a loop fills no disk',
          ingestion_rate_mb: 4,
          ingestion_burst_size_mb: 8,
          max_line_size: '256KB',
          max_line_size_truncate: true,
        },
        analytics: { reporting_enabled: false },
      },
    },
    'observability/config.alloy': { format: 'text', content: importstr 'observability/journal.alloy' + '\n' + importstr 'observability/redact.alloy' },
    [if has_gpu then 'observability/gpu.csv']: { format: 'text', content: gpu.csv },
    'observability/grafana/datasources.yaml': { format: 'yaml', content: {
      apiVersion: 1,
      datasources: [
        { name: 'Prometheus', uid: 'prometheus', type: 'prometheus', access: 'proxy', url: 'http://127.0.0.1:9090', isDefault: true },
        { name: 'Loki', uid: 'loki', type: 'loki', access: 'proxy', url: 'http://127.0.0.1:3100' },
      ],
    } },
    'observability/grafana/dashboards.yaml': { format: 'yaml', content: {
      apiVersion: 1,
      providers: [{ name: 'palier', type: 'file', allowUiUpdates: false, options: { path: '/var/lib/grafana-dashboards' } }],
    } },
    'observability/grafana/models.json': { format: 'json', content: grafana.dashboard('models', 'Models on this machine', [
        panel(0, 'Requests', 'short', [['sum(' + e.running + ')', 'running'], ['sum(' + e.waiting + ')', 'waiting']]),
        panel(1, 'Tokens generated', 'short', [['sum(rate(' + e.tokens + '[5m]))', 'per second']]),
        panel(2, 'Memory', 'bytes', [['node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', 'in use'], ['node_memory_MemTotal_bytes', 'all']]),
        panel(3, 'Servers that answer', 'short', [['up{job="models"}', '{{instance}}']]),
        panel(4, 'Columns that drifted', 'percentunit', [['palier_drift_share', '{{data}}']]),
        panel(5, 'Free disk', 'percentunit', [['node_filesystem_avail_bytes{mountpoint="/"} / node_filesystem_size_bytes{mountpoint="/"}', '/']]),
        panel(6, 'Log of the model servers', 'short', [['{unit=~"palier-.*"}', '']], 'loki', 'logs'),
        panel(7, 'Errors, by unit', 'short', [['sum by (unit) (count_over_time({level=~"err|crit|alert|emerg"}[5m]))', '{{unit}}']], 'loki'),
      ] + [panel(8 + i, more[i][0], more[i][1], more[i][2]) for i in std.range(0, std.length(more) - 1)]) },
    'observability/README.md': { format: 'text', content: '# Metrics and logs\n\nFor: ' + m.summary() + '; model servers: ' + std.join(', ', [text.code(s) for s in servers]) + ' (' + params.engine + ').\n\n' + text.filled(|||
      | part | what it does | where |
      |---|---|---|
      | Prometheus | metrics of the model servers and the machine, kept DAYS days; alerts with unit tests | 127.0.0.1:9090 |
      | Loki | the journal's lines, kept DAYS days | 127.0.0.1:3100 |
      | Alloy | hands the journal to Loki, with unit and level | 127.0.0.1:12345 |
      GPU_ROW| Grafana | a dashboard of all of it, logs included | 127.0.0.1:3000 |

      ## Use it

      ```sh
      (umask 077; echo "GRAFANA_PASSWORD=$(openssl rand -base64 24)" > .env)   # once
      docker compose up -d
      ```

      Open http://127.0.0.1:3000 (user admin; the password is in `.env`) and the dashboard "Models on this machine". What runs as a systemd unit
      is in the journal by itself; a container is with `logging: {driver: journald}`, or `--log-driver journald`.

      Change `prometheus.yml` or `rules.yaml`, then `promtool check config prometheus.yml`, `promtool test rules rules_test.yaml`,
      `docker compose restart prometheus`.

      COSTSAlerts are seen in Grafana; for mail or chat give Grafana a contact point, or Prometheus an Alertmanager.

      ## Undo

      `docker compose down --volumes` removes everything with its data; `--rmi all` the images as well.
    |||, { DAYS: std.toString(params.retention_days), GPU_ROW: if has_gpu then '| DCGM exporter | memory, temperature, power and errors of the GPUs; needs the NVIDIA Container Toolkit | 127.0.0.1:9400 |\n' else '', COSTS: if costs == null then no_costs else costs_said }) },
  }
