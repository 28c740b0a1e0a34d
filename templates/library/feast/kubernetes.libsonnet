// The store in a cluster: a Job that writes down the definitions, a CronJob that brings new values to the online store, and a server that
// gives them out. PostgreSQL and Redis are yours; a Secret says where they are.
local k = import 'lib/kubernetes.libsonnet';

local yaml(content) = { format: 'yaml', content: content };
local port = 6566;

function(params, memory, cron)
  local labels(part) = { 'app.kubernetes.io/name': params.name, 'app.kubernetes.io/component': part };
  local meta(name, part) = { name: name, namespace: params.namespace, labels: labels(part), '#annotations': k['#exceptions'], annotations: k.exceptions() };
  local pod(part, gigabytes, more, container) = {
    metadata: { labels: labels(part) },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: k.pod_security(10001),
      containers: [{
        name: part,
        image: params.image,
        '#envFrom': 'addresses and passwords of the stores (README.md)',
        envFrom: [{ secretRef: { name: params.name + '-stores' } }],
        env: [{ name: 'HOME', value: '/tmp' }],
        securityContext: k.container_security,
        resources: k.resources('250m', gigabytes + 'Gi', '1Gi'),
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      } + container],
      volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '512Mi' } }],
    } + more,
  };
  local selector = labels('server');
  {
    'feast/kubernetes/kustomization.yaml': k.kustomization({ resources: ['namespace.yaml', 'networkpolicy.yaml', 'apply.yaml', 'materialize.yaml', 'server.yaml'] }),
    'feast/kubernetes/namespace.yaml': yaml(k.namespace(params.namespace, 'restricted', k.restricted)),
    'feast/kubernetes/networkpolicy.yaml': { format: 'yaml-stream', content: k.closed(params.namespace) + [
      k.policy(params.namespace, params.name + '-stores', 'to PostgreSQL and Redis, wherever they are; narrow it to their addresses', {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': params.name } },
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 5432, protocol: 'TCP' }, { port: 6379, protocol: 'TCP' }] }],
      }),
      k.policy(params.namespace, params.name + '-clients', 'the server asks for no password: only ' + (if params.client_namespace == null then 'its own namespace' else 'the namespace of its clients') + ' reaches it', {
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress'],
        ingress: [{ from: [if params.client_namespace == null then { podSelector: {} } else k.in_namespace(params.client_namespace)], ports: [{ port: 'http', protocol: 'TCP' }] }],
      }),
    ] },
    'feast/kubernetes/apply.yaml': yaml({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: meta(params.name + '-apply', 'apply'),
      spec: {
        '#ttlSecondsAfterFinished': 'a Job cannot be changed: gone after an hour, so that the next image is applied by the next kubectl apply',
        ttlSecondsAfterFinished: 3600,
        backoffLimit: 3,
        activeDeadlineSeconds: 600,
        template: pod('apply', 1, { restartPolicy: 'OnFailure' }, { args: ['apply'] }),
      },
    }),
    'feast/kubernetes/materialize.yaml': yaml({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: meta(params.name + '-materialize', 'materialize'),
      spec: {
        schedule: cron,
        timeZone: 'Etc/UTC',
        '#concurrencyPolicy': 'two would both go on from where the last one ended',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 1800,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: { spec: {
          backoffLimit: 2,
          '#activeDeadlineSeconds': 'it ends before the next one is due',
          activeDeadlineSeconds: std.parseInt(params.every) * 3600 - 300,
          template: pod('materialize', memory, { restartPolicy: 'Never' }, { command: ['/feast/materialize.sh'], '#resources': params.entities + ' entities x 1 KiB with all copies, 1 GiB at least' }),
        } },
      },
    }),
    'feast/kubernetes/server.yaml': { format: 'yaml-stream', content: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta(params.name, 'server'),
        spec: {
          replicas: 2,
          selector: { matchLabels: selector },
          template: pod('server', 1, {
            topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: selector } }],
            affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: selector } } }] } },
            terminationGracePeriodSeconds: 45,
          }, {
            args: ['serve', '--host', '0.0.0.0', '--port', std.toString(port), '--no-access-log'],
            ports: [{ name: 'http', containerPort: port }],
            startupProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5, failureThreshold: 24 },
            readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5, failureThreshold: 2 },
            livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, failureThreshold: 6 },
            '#lifecycle': 'requests still come for a moment after the pod is told to go',
            lifecycle: { preStop: { sleep: { seconds: 10 } } },
          }),
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: params.name, namespace: params.namespace, labels: selector },
        spec: { type: 'ClusterIP', selector: selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: params.name, namespace: params.namespace, labels: selector },
        spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
      },
    ] },
  }
