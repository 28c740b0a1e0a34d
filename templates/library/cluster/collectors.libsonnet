// What runs on every node: Alloy for the logs, and where there are NVIDIA GPUs their exporter.
local gpu = import 'observability/gpu.libsonnet';
local images = import 'data/images.libsonnet';
local k = import 'lib/kubernetes.libsonnet';

local alloy_user = 10001;  // not the image's 473, which a node may know as somebody: it writes to its volumes alone
local alloy_port = 12345;
local rbac = 'rbac.authorization.k8s.io';

{
  alloy(params)::
    local labels = { 'app.kubernetes.io/name': 'alloy' };
    local reader = params.namespace + '-alloy-logs';  // of the whole cluster, where there may be several of us
    {
      objects: [
        { '#': 'it reads what pods print, in all namespaces, and nothing else', apiVersion: rbac + '/v1', kind: 'ClusterRole', metadata: { name: reader }, rules: [
          { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
        ] },
        { apiVersion: rbac + '/v1', kind: 'ClusterRoleBinding', metadata: { name: reader }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: reader }, subjects: [{ kind: 'ServiceAccount', name: 'alloy', namespace: params.namespace }] },
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'alloy', namespace: params.namespace, labels: labels }, automountServiceAccountToken: false },
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name: 'alloy', namespace: params.namespace, labels: labels, '#annotations': k['#exceptions'], annotations: k.exceptions() },
          spec: {
            selector: { matchLabels: labels },
            updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
            template: {
              metadata: { labels: labels },
              spec: {
                serviceAccountName: 'alloy',
                '#automountServiceAccountToken': 'it asks the cluster for the logs',
                automountServiceAccountToken: true,
                enableServiceLinks: false,
                securityContext: k.pod_security(alloy_user),
                '#tolerations': 'every node, whatever it is reserved for',
                tolerations: [{ operator: 'Exists' }],
                containers: [{
                  name: 'alloy',
                  image: images.pinned(images.services.alloy),
                  args: ['run', '--server.http.listen-addr=0.0.0.0:' + alloy_port, '--storage.path=/var/lib/alloy/data', '--disable-reporting', '/etc/alloy/config.alloy'],
                  env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                  ports: [{ name: 'http', containerPort: alloy_port }],
                  readinessProbe: { httpGet: { path: '/-/ready', port: 'http' }, periodSeconds: 10 },
                  livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 20, failureThreshold: 6 },
                  securityContext: k.container_security,
                  resources: k.resources('100m', '512Mi', '1Gi'),
                  volumeMounts: [{ name: 'config', mountPath: '/etc/alloy', readOnly: true }, { name: 'positions', mountPath: '/var/lib/alloy' }, { name: 'tmp', mountPath: '/tmp' }],
                }],
                volumes: [
                  { name: 'config', configMap: { name: 'alloy' } },
                  { '#': 'a new pod reads the logs of its node again; Loki keeps a line that it has already once', name: 'positions', emptyDir: { sizeLimit: '512Mi' } },
                  { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
                ],
              },
            },
          },
        },
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'alloy', namespace: params.namespace, labels: labels }, spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'http', port: alloy_port, targetPort: 'http' }] } },
      ],
      policies: [
        k.policy(params.namespace, 'alloy', "lines go to Loki; the API server's address differs from cluster to cluster, so any is open on its ports", {
          podSelector: { matchLabels: labels },
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{ from: [k.in_namespace(params.monitoring_namespace)], ports: [{ port: 'http', protocol: 'TCP' }] }],
          egress: [
            { to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'loki' } } }], ports: [{ port: 3100, protocol: 'TCP' }] },
            { ports: [{ port: 443, protocol: 'TCP' }, { port: 6443, protocol: 'TCP' }] },
          ],
        }),
      ],
    },

  gpus(params)::
    local labels = { 'app.kubernetes.io/name': 'dcgm-exporter' };
    local space = params.namespace + '-gpu';
    {
      namespace: k.namespace(space, 'privileged', "the exporter asks the kubelet, by a folder of the node, which pod has which GPU: no stricter standard lets it. Nothing else belongs here"),
      policies: [
        k.policy(space, 'default-deny', 'nothing in or out for every pod of the namespace', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }) { metadata+: { annotations: { '#palier.check/ignore': 'no name is to be looked up', 'palier.check/ignore': 'no-dns' } } },
        k.policy(space, 'dcgm-exporter', 'but Prometheus', {
          podSelector: { matchLabels: labels },
          policyTypes: ['Ingress'],
          ingress: [{ from: [k.in_namespace(params.monitoring_namespace)], ports: [{ port: 'metrics', protocol: 'TCP' }] }],
        }),
      ],
      objects: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: {
            name: 'dcgm-exporter',
            namespace: space,
            labels: labels,
            '#annotations': k['#exceptions'] + "; root, because the kubelet's socket is root's; NVIDIA's container hook writes to the root file system",
            annotations: k.exceptions(['container-security-context-user-group-id', 'container-security-context-readonlyrootfilesystem']) { 'palier.check/ignore': 'not-restricted, runs-as-root, host-path' },
          },
          spec: {
            selector: { matchLabels: labels },
            template: {
              metadata: { labels: labels },
              spec: {
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                '#nodeSelector': 'the label that GPU feature discovery gives; without it, label the nodes yourself',
                nodeSelector: { 'nvidia.com/gpu.present': 'true' },
                tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
                securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
                containers: [{
                  name: 'dcgm-exporter',
                  image: images.pinned(images.services.dcgm_exporter),
                  args: ['--collectors', '/etc/palier/gpu.csv'],
                  env: [
                    { name: 'DCGM_EXPORTER_LISTEN', value: ':' + gpu.port },
                    { '#': 'adds the pod that has the GPU', name: 'DCGM_EXPORTER_KUBERNETES', value: 'true' },
                    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
                  ],
                  ports: [{ name: 'metrics', containerPort: gpu.port }],
                  readinessProbe: { httpGet: { path: '/health', port: 'metrics' }, periodSeconds: 15, initialDelaySeconds: 30 },
                  livenessProbe: { tcpSocket: { port: 'metrics' }, periodSeconds: 30, failureThreshold: 6, initialDelaySeconds: 45 },
                  '#securityContext': 'no capability: CAP_SYS_ADMIN would be for the counters of profiling, which are not read',
                  securityContext: { runAsUser: 0, runAsGroup: 0, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                  resources: k.resources('100m', '512Mi', '256Mi'),
                  volumeMounts: [{ name: 'counters', mountPath: '/etc/palier', readOnly: true }, { name: 'pod-resources', mountPath: '/var/lib/kubelet/pod-resources', readOnly: true }],
                }],
                volumes: [{ name: 'counters', configMap: { name: 'gpu-counters' } }, { name: 'pod-resources', hostPath: { path: '/var/lib/kubelet/pod-resources', type: 'Directory' } }],
              },
            },
          },
        },
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'dcgm-exporter', namespace: space, labels: labels }, spec: { clusterIP: 'None', selector: labels, ports: [{ name: 'metrics', port: gpu.port, targetPort: 'metrics' }] } },
      ],
    },
}
