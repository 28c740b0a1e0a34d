// Ray on Kubernetes: a training over several workers (RayJob) that waits in a queue of its own (Kueue) until there is room, and a model
// server (RayService). Fields: ray-project/kuberay, helm-chart/kuberay-operator/crds (2026-08-19); Kueue v1beta2.
local choose_pytorch = import 'lib/pytorch.libsonnet';
local images = import 'data/images.libsonnet';
local k = import 'lib/kubernetes.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local models = import 'data/models.libsonnet';
local network = import 'ray/network.libsonnet';
local pytorch = import 'data/pytorch.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local version = '2.52.0', serve_version = '2.56.0';
local serve_image = { image: 'docker.io/rayproject/ray-llm:2.56.0-py312-cu130', digest: null };
local submitter = { cpus: 1, memory: 1 };
// Restricted, but for a root file system that Ray and pip write to.
local container_security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

// std.manifestYamlDoc would take longer than all the rest of the target.
local serve_config(model, workers) =
  local listed = std.toString([model]), quoted = std.substr(listed, 1, std.length(listed) - 2);
  std.join('\n', [
    'applications:',
    '- name: llm',
    '  route_prefix: /',
    '  import_path: ray.serve.llm:build_openai_app',
    '  args:',
    '    llm_configs:',
    '    - model_loading_config: {model_id: ' + quoted + ', model_source: ' + quoted + '}',
    '      deployment_config: {autoscaling_config: {min_replicas: 1, max_replicas: ' + workers + '}}',
    '      engine_kwargs: {max_model_len: 8192}',
    '',
  ]);

function(advice, machine, params)
  local m = make_machine(machine);
  // The images are for x86; of MIG slices those of one size.
  local nvidia = if m.kind == 'jetson' then [] else m.nvidia;
  local profile = if std.length(nvidia) == 0 || m.get(nvidia[0], 'mig') == 'enabled' then null else m.get(nvidia[0], 'mig');
  local cards = std.length([gpu for gpu in nvidia if m.get(gpu, 'mig') == m.get(nvidia[0], 'mig')]);
  local resource = if profile == null then 'nvidia.com/gpu' else 'nvidia.com/mig-' + profile;
  local on_gpu = cards > 0;
  // A worker for each GPU of a node, without GPUs one for a node. They get what a node leaves to pods, without a CPU and 1 GiB for what
  // runs on every node, and without the head and the pod that submits: the cluster may be this one machine.
  local per_node = std.max(1, cards);
  local workers = if params.workers != null then params.workers else per_node * params.nodes;
  local node_cpus = (if m.cpus == null then 4 else std.floor(m.cpus)) - 1;
  local node_memory = (if m.memory == null then 16 else std.floor(k.left_for_pods(m.memory) / gib)) - 1;
  local head = { cpus: if node_cpus < 8 then 1 else 2, memory: std.max(2, std.min(8, std.floor(node_memory / 4))) };
  local cpus = std.max(1, std.floor((node_cpus - head.cpus - submitter.cpus) / per_node));
  local memory = std.max(2, std.floor((node_memory - head.memory - submitter.memory) / per_node));
  local too_small = if cpus <= node_cpus && memory <= node_memory then '' else '. More than a node like this machine leaves to pods: another has to take it';
  local torch = choose_pytorch(machine, 'auto');
  local image = if on_gpu then images.services.ray_gpu else images.services.ray;
  local allowed = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/:';
  assert params.storage == null || text.contains(params.storage, '://') && std.length([c for c in std.stringChars(params.storage) if !text.contains(allowed, c)]) == 0 :
         'storage must be a place that all workers reach, such as s3://NAME/FOLDER\nhelp: --set storage=s3://my-checkpoints/ray';
  local labels = { 'app.kubernetes.io/name': params.name };
  local meta(name, more={}) = { name: name, namespace: params.namespace, labels: labels } + more;
  local yaml(content) = { format: 'yaml', content: content };

  local container(name, cpu, gigabytes, gpus, what, rest={}) = {
    name: name,
    image: images.pinned(what),
    '#resources': 'memory is a limit as well: Ray divides what it sees between workers and its object store' + too_small,
    resources: {
      local both = { memory: gigabytes + 'Gi' } + (if gpus > 0 then { [resource]: gpus } else {}),
      requests: { cpu: std.toString(cpu) } + both,
      limits: both,
    },
    securityContext: container_security,
  } + rest;
  // What keeps others off nodes like this one; that of AMD too, whose GPUs the images do not drive: the machine is what there is.
  local discrete_amd = std.length([gpu for gpu in m.amd if !m.get(gpu, 'unified', false)]) > 0;
  local taint = if on_gpu then 'nvidia.com/gpu' else if discrete_amd then 'amd.com/gpu' else null;
  local tolerations = if taint == null then {} else { tolerations: [{ key: taint, operator: 'Exists', effect: 'NoSchedule' }] };
  local pod(containers, rest={}) = {
    metadata: { labels: labels },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      '#securityContext': "ray, the user of the image",
      securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 100, fsGroup: 100, seccompProfile: { type: 'RuntimeDefault' } },
      containers: containers,
    } + tolerations + rest,
  };
  local script = { volumeMounts: [{ name: 'code', mountPath: '/home/ray/code', readOnly: true }] };
  local code = { volumes: [{ name: 'code', configMap: { name: params.name + '-code' } }] };
  local cluster(what, ray, head_rest, head_pod, group, count, spread) = {
    rayVersion: ray,
    headGroupSpec: {
      '#rayStartParams': 'a CPU for what steers the training; the work is left to the workers, because what the head loses, the cluster loses',
      rayStartParams: { 'num-cpus': '1', 'dashboard-host': '0.0.0.0' },
      template: pod([container('ray-head', head.cpus, head.memory, 0, what, head_rest)], head_pod),
    },
    workerGroupSpecs: [{
      groupName: group,
      replicas: count,
      minReplicas: spread[0],
      maxReplicas: spread[1],
      rayStartParams: if on_gpu then { 'num-gpus': '1' } else {},
      template: pod([container('ray-worker', cpus, memory, if on_gpu then 1 else 0, what, head_rest)], head_pod),
    }],
  };
  local total = { cpu: workers * cpus + head.cpus + submitter.cpus, memory: workers * memory + head.memory + submitter.memory, gpus: workers };
  local card_memory = if on_gpu then m.get(nvidia[0], 'memory_total') else null;
  local fitting = [row for row in models.vllm if card_memory == null || row.size * 1.3 <= card_memory];
  local model = if std.length(fitting) > 0 then fitting[0] else models.vllm[std.length(models.vllm) - 1];

  local job = {
    'ray/namespace.yaml': yaml(k.namespace(params.namespace, 'restricted', k.restricted)),
    'ray/networkpolicy.yaml': { format: 'yaml-stream', content: network.policies(params.namespace) },
    'ray/queue.yaml': {
      format: 'yaml-stream',
      header: 'A job waits until all that it needs is free, and then gets it at once: no two that each hold half and wait for the rest.',
      content: [
        { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'ResourceFlavor', metadata: { name: params.name }, spec: tolerations },
        {
          apiVersion: 'kueue.x-k8s.io/v1beta2',
          kind: 'ClusterQueue',
          metadata: { name: params.name },
          spec: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': params.namespace } },
            queueingStrategy: 'BestEffortFIFO',
            resourceGroups: [{
              coveredResources: ['cpu', 'memory'] + (if on_gpu then [resource] else []),
              flavors: [{
                name: params.name,
                '#resources': workers + ' workers of ' + cpus + ' CPUs and ' + memory + ' GiB' + (if on_gpu then ' with a GPU each' else '') + ', the head, and the pod that submits: one job at a time, others wait',
                resources: [{ name: 'cpu', nominalQuota: std.toString(total.cpu) }, { name: 'memory', nominalQuota: total.memory + 'Gi' }] + (if on_gpu then [{ name: resource, nominalQuota: std.toString(total.gpus) }] else []),
              }],
            }],
            preemption: { '#withinClusterQueue': 'who is more urgent does not wait for who is less', withinClusterQueue: 'LowerPriority' },
          },
        },
        { apiVersion: 'kueue.x-k8s.io/v1beta2', kind: 'LocalQueue', metadata: { name: params.name, namespace: params.namespace }, spec: { clusterQueue: params.name } },
      ],
    },
    'ray/train.py': { format: 'text', content: importstr 'ray/train.py' },
    'ray/job.yaml': yaml({
      apiVersion: 'ray.io/v1',
      kind: 'RayJob',
      metadata: meta(params.name, { '#labels': 'the queue starts it when there is room', labels: labels { 'kueue.x-k8s.io/queue-name': params.name } }),
      spec: {
        entrypoint: 'python /home/ray/code/train.py',
        '#runtimeEnvYAML': 'PyTorch for ' + torch.name + ': ' + torch.why,
        runtimeEnvYAML: text.lines(['pip:', '  - --extra-index-url ' + pytorch.index(torch.build), '  - torch==' + pytorch.version, '  - scikit-learn>=1.4,<2', 'env_vars:', '  NAME: ' + params.name, '  WORKERS: "' + workers + '"', '  CPUS: "' + cpus + '"', '  USE_GPU: "' + (if on_gpu then 'yes' else 'no') + '"', '  STORAGE: "' + (if params.storage == null then '' else params.storage) + '"']),
        '#shutdownAfterJobFinishes': 'the machines go when the job has ended; its record stays for a day',
        shutdownAfterJobFinishes: true,
        ttlSecondsAfterFinished: 86400,
        '#activeDeadlineSeconds': 'the longest time that you are ready to pay for',
        activeDeadlineSeconds: params.max_runtime,
        backoffLimit: 0,
        rayClusterSpec: cluster(image, version, script, code, 'workers', workers, [workers, workers]),
        '#submitterPodTemplate': "KubeRay's own would not be let into a restricted namespace; the command comes from KubeRay",
        submitterPodTemplate: pod([container('ray-job-submitter', submitter.cpus, submitter.memory, 0, image)], { restartPolicy: 'Never' }),
      },
    }),
    'ray/kustomization.yaml': k.kustomization({
      resources: ['namespace.yaml', 'networkpolicy.yaml', 'queue.yaml', 'job.yaml'],
      configMapGenerator: [{ name: params.name + '-code', namespace: params.namespace, files: ['train.py'] }],
      generatorOptions: { disableNameSuffixHash: true },
    }),
  };
  local serve = if !on_gpu then {} else {
    'ray/serve/kustomization.yaml': k.kustomization({ resources: ['server.yaml'] }),
    'ray/serve/server.yaml': {
      format: 'yaml-stream',
      header: 'A server that speaks as OpenAI does, on port 8000 of the Service ' + params.name + '-server-serve-svc.',
      content: [
        {
          apiVersion: 'ray.io/v1',
          kind: 'RayService',
          metadata: meta(params.name + '-server'),
          spec: {
            '#serveConfigV2': model.name + ': weights of ' + text.bytes(model.size) + ' fit a GPU' + (if card_memory == null then '' else ' of ' + text.bytes(card_memory)) + '; a replica for each GPU, from one to ' + workers,
            serveConfigV2: serve_config(model.name, workers),
            rayClusterConfig: cluster(serve_image, serve_version, { env: [{ name: 'HF_HOME', value: '/tmp/huggingface' }] }, {}, 'gpu', 1, [1, workers]) + {
              '#enableInTreeAutoscaling': 'workers follow the replicas',
              enableInTreeAutoscaling: true,
              autoscalerOptions: { securityContext: container_security },
              headGroupSpec+: { template+: { spec+: { '#automountServiceAccountToken': 'the autoscaler beside it asks the cluster for workers', automountServiceAccountToken: true } } },
            },
          },
        },
        network.autoscaler(params.namespace),
      ],
    },
  };
  job + serve + {
    'ray/README.md': { format: 'text', content: '# Ray on Kubernetes\n\nA training over ' + workers + ' workers of ' + cpus + ' CPUs and ' + memory + ' GiB' + (if on_gpu then ' with a GPU each' else '') + '; nodes like this one: ' + m.summary() + '.\n\n' + text.filled(|||
      ## Use it

      The cluster needs KubeRay and Kueue, once:

      ```sh
      helm install kuberay-operator kuberay-operator --repo https://ray-project.github.io/kuberay-helm --namespace kuberay --create-namespace
      helm install kueue oci://registry.k8s.io/kueue/charts/kueue --namespace kueue-system --create-namespace
      ```

      Then, in this folder:

      ```sh
      kubectl apply -k .                                     # namespace, queue, code, and the job
      kubectl get workloads,rayjobs --namespace SPACE        # admitted?
      kubectl logs --namespace SPACE job/NAME --follow       # what train.py prints
      ```

      `train.py` is yours. A job runs once: to run it again, `kubectl delete rayjob NAME --namespace SPACE` and apply again. Checkpoints, and with them a
      training that survives the loss of a worker, need a place that all workers reach: `--set storage=s3://...`, with its credentials as a Secret in
      the pods' environment.

      Only pods of the namespace, and the operator in `kuberay`, reach Ray: whoever reaches it runs what they like there, without a password. The way out
      is open to HTTPS alone (`networkpolicy.yaml`).

      With GPUs there is also a model server: `kubectl apply -k serve`, then
      `kubectl port-forward --namespace SPACE service/NAME-server-serve-svc 8000` and `palier bench endpoint http://127.0.0.1:8000`. It does not wait in the queue.

      ## Undo

      `kubectl delete -k serve --ignore-not-found; kubectl delete -k .` removes everything in the namespace; the operators stay.
    |||, { SPACE: params.namespace, NAME: params.name }) },
    '#open': images.open([image] + (if on_gpu then [serve_image] else [])),
  }
