// Drift detection with Evidently: a script, an image of it, and two ways to run it every day, on one machine (systemd) or in a
// cluster (CronJob). The API is Evidently's of 0.7; whether it is drift, its own tests decide for each column.
local images = import 'data/images.libsonnet';
local text = import 'lib/text.libsonnet';

local python = '3.12';
local security = {
  pod: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  container: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

function(advice, machine, params)
  local plain(c) = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || text.contains('./:@_-', c);
  assert params.image != '' && std.length([c for c in std.stringChars(params.image) if !plain(c)]) == 0 : 'image must be NAME:TAG\nhelp: --set image=registry.example.com/drift:1';
  local share = text.hundredths(params.share);
  local arguments = ['/data/reference', '/data/current', '--output', '/data/report', '--share', share, '--rows', std.toString(params.rows), '--name', params.name];
  // pandas holds both tables, Evidently copies of them: 8 bytes a number, 100 columns, four times.
  local memory = std.max(1024, std.ceil(params.rows * 100 * 8 * 2 * 4 / 1048576 / 256) * 256);
  local labels = { 'app.kubernetes.io/name': params.name + '-drift' };
  local base = images.python.image(python) + '@' + images.python[python].digest;
  {
    'drift/drift.py': { format: 'text', mode: '0755', content: '#!/usr/bin/env python3\n' + importstr 'drift/drift.py' },
    'drift/requirements.txt': { format: 'text', content: text.lines(['# The report is read by the fields of 0.7.', 'evidently>=0.7,<0.8', 'pandas>=2.2,<3', 'pyarrow>=16']) },
    'drift/Dockerfile': { format: 'text', content: text.lines([
      '# docker build -t NAME:TAG . (README.md)',
      '# Tag and digest as read on ' + images.python[python].date + ' in public build files.',
      'FROM ' + base,
      'COPY requirements.txt /tmp/',
      'RUN pip install --no-cache-dir --requirement /tmp/requirements.txt && useradd --uid 10001 user',
      'COPY drift.py /usr/local/bin/',
      'USER 10001',
      'ENTRYPOINT ["python", "/usr/local/bin/drift.py"]',
    ]) },
    'drift/palier-drift.service': { format: 'text', content: text.lines([
      '# Compares once; palier-drift.timer starts it. Exit code 3 (the data has moved) is a failure: systemctl --failed shows it.',
      '[Unit]',
      'Description=Has the data moved away from what the model was trained on?',
      '',
      '[Service]',
      'Type=oneshot',
      'DynamicUser=yes',
      'StateDirectory=palier-drift',
      'ExecStart=/opt/palier-drift/bin/python /opt/palier-drift/drift.py /var/lib/palier-drift/reference /var/lib/palier-drift/current --output /var/lib/palier-drift/report --share ' + share + ' --rows ' + params.rows + ' --name ' + params.name,
      '# for the node exporter, which may not look into the folders of services; - because a run that failed has none',
      'ExecStopPost=-+/usr/bin/install -D -m 644 /var/lib/private/palier-drift/report/drift.prom /var/lib/palier-metrics/drift.prom',
      '# ' + params.rows + ' rows of 100 columns, 8 bytes each, both tables and three copies; 1 GiB at least',
      'MemoryMax=' + memory + 'M',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'PrivateNetwork=yes',
    ]) },
    'drift/palier-drift.timer': { format: 'text', content: text.lines(['[Unit]', 'Description=Drift, every day', '', '[Timer]', 'OnCalendar=*-*-* 04:30:00', '# what was missed while the machine was off is made up for', 'Persistent=true', 'RandomizedDelaySec=15min', '', '[Install]', 'WantedBy=timers.target']) },
    'drift/cronjob.yaml': {
      format: 'yaml-stream',
      header: 'kubectl apply -f cronjob.yaml. Beside it: the data, in a claim of its own, and no network.',
      content: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: params.name + '-drift', namespace: params.namespace },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
        },
        {
          '#': 'it reads and writes its volume, and talks to nobody',
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: params.name + '-drift', namespace: params.namespace, annotations: { '#palier.check/ignore': 'no name is to be looked up', 'palier.check/ignore': 'no-dns' } },
          spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress', 'Egress'] },
        },
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: {
            name: params.name + '-drift',
            namespace: params.namespace,
            labels: labels,
            '#annotations': 'what a linter asks for and this is right not to do: a CPU limit only makes it slower, and a tag of your own does not move',
            annotations: { 'kube-score/ignore': 'container-resources,container-image-pull-policy' },
          },
          spec: {
            schedule: '30 4 * * *',
            timeZone: 'Etc/UTC',
            '#concurrencyPolicy': 'one that is late is not joined by the next',
            concurrencyPolicy: 'Forbid',
            startingDeadlineSeconds: 3600,
            successfulJobsHistoryLimit: 1,
            '#failedJobsHistoryLimit': 'exit code 3, the data has moved, makes a failed Job: kube_job_status_failed is what to alert on',
            failedJobsHistoryLimit: 3,
            jobTemplate: { spec: {
              '#backoffLimit': 'trying again changes nothing',
              backoffLimit: 0,
              activeDeadlineSeconds: 3600,
              template: {
                metadata: { labels: labels },
                spec: {
                  restartPolicy: 'Never',
                  automountServiceAccountToken: false,
                  enableServiceLinks: false,
                  securityContext: security.pod,
                  containers: [{
                    name: 'drift',
                    image: params.image,
                    args: arguments,
                    env: [{ name: 'HOME', value: '/tmp' }],
                    securityContext: security.container,
                    '#resources': params.rows + ' rows of 100 columns, 8 bytes each, both tables and three copies; 1 GiB at least',
                    resources: { requests: { cpu: '500m', memory: memory + 'Mi', 'ephemeral-storage': '1Gi' }, limits: { memory: memory + 'Mi', 'ephemeral-storage': '1Gi' } },
                    volumeMounts: [{ name: 'data', mountPath: '/data' }, { name: 'tmp', mountPath: '/tmp' }],
                  }],
                  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: params.name + '-drift' } }, { name: 'tmp', emptyDir: { sizeLimit: '512Mi' } }],
                },
              },
            } },
          },
        },
      ],
    },
    'drift/README.md': { format: 'text', content: '# Drift\n\n' + text.filled(|||
      Every day the newest data that the model saw is compared, column by column, with what it was trained on. Where SHARE % of the columns have moved, the
      run fails, which is how you hear of it.

      ## On one machine

      ```sh
      sudo python3 -m venv /opt/palier-drift && sudo /opt/palier-drift/bin/pip install -r requirements.txt
      sudo install -m 644 drift.py /opt/palier-drift/
      sudo install -m 644 palier-drift.service palier-drift.timer /etc/systemd/system/
      sudo systemctl daemon-reload && sudo systemctl enable --now palier-drift.timer
      ```

      Put what the model was trained on into `/var/lib/palier-drift/reference/`, and let your program write what it sees into
      `/var/lib/palier-drift/current/` (CSV or Parquet; the newest file counts). `sudo systemctl start palier-drift` runs it now; the report
      is in `/var/lib/palier-drift/report/report.html`. The dashboard of `observability/` shows the share of columns that have moved.

      ## In a cluster

      `docker build -t IMAGE .`, push it to your registry, generate again with `--set image=...` so that the CronJob names it, and
      `kubectl apply -f cronjob.yaml`. The folders `reference` and `current` are in the claim. Now: `kubectl create job --from=cronjob/NAME-drift try`.

      ## Undo

      `sudo systemctl disable --now palier-drift.timer`, remove the two units, `/opt/palier-drift`, `/var/lib/palier-metrics` and `/var/lib/private/palier-drift`;
      `kubectl delete -f cronjob.yaml` removes the claim with its data.
    |||, { SHARE: std.toString(params.share), IMAGE: params.image, NAME: params.name }) },
    '#open': ['the image ' + text.prose(params.image) + ' is yours to build: it has no digest yet'],
  }
