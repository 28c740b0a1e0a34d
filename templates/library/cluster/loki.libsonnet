// Loki in a cluster: one process up to what one is good for, three that keep every line three times beyond that ("HA monolithic"; the
// older "simple scalable" goes away with Loki 4). Keys and limits: grafana/loki v3.7.6, docs/sources/{configure,get-started} (2026-08-05).
local images = import 'data/images.libsonnet';
local k = import 'lib/kubernetes.libsonnet';
local text = import 'lib/text.libsonnet';

local ports = { http: 3100, grpc: 9095, gossip: 7946 };
local gigabyte = 1e9, gib = 1073741824;
local one = 20 * gigabyte;  // a day, for one process
local user = 10001;  // loki, of the image

function(params, machine)
  local labels = { 'app.kubernetes.io/name': 'loki' };
  local many = params.logs_per_day > one;
  local bucket = params.bucket != null;
  local replicas = if many then 3 else 1;
  local hours = params.retention_days * 24;
  local daily = std.max(1, std.ceil(params.logs_per_day / gigabyte));
  // Lines pack to about a fifth; with a bucket only the newest are here.
  local packed = std.ceil(daily * params.retention_days / 5);
  local disk = if bucket then std.max(10, daily) else 10 + packed;
  local memory = std.min(16, 2 + std.ceil(daily / 5));
  // A GiB of a node belongs to what runs on every one of them.
  local left = if machine.memory == null then null else k.left_for_pods(machine.memory) - gib;
  local too_small = if left == null || memory * gib <= left then '' else '. More than a node like this machine leaves to it, about ' + text.bytes(std.max(0, left)) + ': another has to take it';
  local rate = std.max(4, std.ceil(params.logs_per_day / 86400 / 1e6 * 10));
  local object_store = if bucket then 's3' else 'filesystem';
  assert !many || bucket : 'more than 20 GB a day need three servers, and those a bucket that all of them reach\nhelp: --set bucket=NAME, and --set endpoint=HOST:PORT where it is not AWS';
  assert params.endpoint == null || std.length([c for c in std.stringChars(params.endpoint) if !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':')]) == 0
                                    && std.length(std.split(params.endpoint, ':')) == 2 : 'endpoint must be HOST:PORT\nhelp: --set endpoint=s3.example.com:443';
  local store_port = if params.endpoint == null then '443' else std.split(params.endpoint, ':')[1];
  assert std.length(store_port) > 0 && std.length(store_port) <= 5 && std.length([c for c in std.stringChars(store_port) if c < '0' || c > '9']) == 0 : 'the port of endpoint must be a number\nhelp: --set endpoint=s3.example.com:443';
  {
    replicas: replicas,
    why: text_of_size,
    local text_of_size = daily + ' GB a day' + (if many then ': three servers, each line on all of them' else ', for which one server is enough'),
    config: {
      auth_enabled: false,
      server: { http_listen_port: ports.http, grpc_listen_port: ports.grpc, log_level: 'warn' },
      common: {
        '#instance_addr': "from the pod's environment (-config.expand-env)",
        instance_addr: '${POD_IP}',
        path_prefix: '/loki',
        replication_factor: replicas,
        ring: { kvstore: { store: if many then 'memberlist' else 'inmemory' } },
        '#storage': if bucket then "its keys come from the environment, or from the cloud's identity of the service account" else 'on the volume of the pod',
        storage: if bucket then { s3: { bucketnames: params.bucket, region: params.region, [if params.endpoint != null then 'endpoint']: params.endpoint, s3forcepathstyle: params.endpoint != null } }
        else { filesystem: { chunks_directory: '/loki/chunks', rules_directory: '/loki/rules' } },
      },
      [if many then 'memberlist']: { join_members: ['loki-peers.' + params.namespace + '.svc.cluster.local:' + ports.gossip] },
      schema_config: { configs: [{ from: '2024-01-01', store: 'tsdb', object_store: object_store, schema: 'v13', index: { prefix: 'index_', period: '24h' } }] },
      '#compactor': 'without it nothing is ever removed' + (if many then '; of the three one is chosen by the ring' else ''),
      compactor: { working_directory: '/loki/compactor', retention_enabled: true, delete_request_store: object_store },
      limits_config: {
        '#retention_period': params.retention_days + ' days',
        retention_period: hours + 'h',
        '#ingestion_rate_mb': 'ten times ' + daily + ' GB a day, evenly spread, and 4 at least: a program that logs in a loop fills no disk',
        ingestion_rate_mb: rate,
        ingestion_burst_size_mb: 2 * rate,
        max_line_size: '256KB',
        max_line_size_truncate: true,
      },
      analytics: { reporting_enabled: false },
    },
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'loki', namespace: params.namespace, labels: labels, '#annotations': k['#exceptions'], annotations: k.exceptions() },
        spec: {
          serviceName: 'loki-peers',
          '#replicas': text_of_size,
          replicas: replicas,
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: labels },
          template: {
            metadata: { labels: labels },
            spec: {
              serviceAccountName: 'loki',
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              '#terminationGracePeriodSeconds': 'what is in memory is written down first',
              terminationGracePeriodSeconds: 300,
              securityContext: k.pod_security(user) { fsGroupChangePolicy: 'OnRootMismatch' },
              topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: labels } }],
              affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } } }] } },
              containers: [{
                name: 'loki',
                image: images.pinned(images.services.loki),
                args: ['-config.file=/etc/loki/loki.yaml', '-config.expand-env=true', '-target=all'],
                env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
                [if bucket then '#envFrom']: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, where the cloud gives the pod no identity of its own',
                [if bucket then 'envFrom']: [{ secretRef: { name: 'loki-bucket', optional: true } }],
                ports: [{ name: name, containerPort: ports[name] } for name in if many then ['http', 'grpc', 'gossip'] else ['http']],
                '#startupProbe': 'after a crash it reads again what was not written down yet',
                startupProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 10, failureThreshold: 60 },
                readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 10, failureThreshold: 3 },
                livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: 6 },
                securityContext: k.container_security,
                '#resources': '2 GiB, and 1 for every 5 GB a day, 16 at most: an estimate, queries decide' + too_small,
                resources: k.resources('500m', memory + 'Gi', '1Gi'),
                volumeMounts: [{ name: 'config', mountPath: '/etc/loki', readOnly: true }, { name: 'data', mountPath: '/loki' }, { name: 'tmp', mountPath: '/tmp' }],
              }],
              volumes: [{ name: 'config', configMap: { name: 'loki' } }, { name: 'tmp', emptyDir: { sizeLimit: '512Mi' } }],
            },
          },
          volumeClaimTemplates: [{
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              '#resources': if bucket then 'what is not in the bucket yet: a day, 10 GiB at least' else daily + ' GB a day x ' + params.retention_days + ' days, packed to a fifth, and 10 GiB: an estimate, an alert says when it is wrong',
              resources: { requests: { storage: disk + 'Gi' } },
            },
          }],
        },
      },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'loki', namespace: params.namespace, labels: labels }, automountServiceAccountToken: false },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'loki', namespace: params.namespace, labels: labels }, spec: { type: 'ClusterIP', selector: labels, ports: [{ name: 'http', port: ports.http, targetPort: 'http' }] } },
      {
        '#': 'names for the pods, before they are ready',
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'loki-peers', namespace: params.namespace },
        spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: labels, ports: [{ name: name, port: ports[name], targetPort: name } for name in if many then ['grpc', 'gossip'] else ['http']] },
      },
    ] + (if !many then [] else [
           { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'loki', namespace: params.namespace, labels: labels }, spec: { '#maxUnavailable': 'two of the three must be there to take a line', maxUnavailable: 1, selector: { matchLabels: labels } } },
         ]),
    policies: [
      k.policy(params.namespace, 'loki', 'lines come from Alloy; Grafana and Prometheus ask', {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'alloy' } } }, k.in_namespace(params.monitoring_namespace)], ports: [{ port: 'http', protocol: 'TCP' }] }],
      }),
    ] + (if !many then [] else [
           k.policy(params.namespace, 'loki-peers', 'the three talk to each other', {
             local peers = [{ port: name, protocol: 'TCP' } for name in ['grpc', 'gossip']],
             podSelector: { matchLabels: labels },
             policyTypes: ['Ingress', 'Egress'],
             ingress: [{ from: [{ podSelector: { matchLabels: labels } }], ports: peers }],
             egress: [{ to: [{ podSelector: { matchLabels: labels } }], ports: peers }],
           }),
         ]) + (if !bucket then [] else [
                 k.policy(params.namespace, 'loki-bucket', 'to the bucket, whose addresses change; a cloud that hands out identities inside the node (169.254.170.23 in EKS) needs that address here as well', {
                   podSelector: { matchLabels: labels },
                   policyTypes: ['Egress'],
                   egress: [{ [if params.endpoint == null then 'to']: k.outside, ports: [{ port: std.parseInt(store_port), protocol: 'TCP' }] }],
                 }),
               ]),
  }
