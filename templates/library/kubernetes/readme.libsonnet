// The README of the bundle, in parts that are joined with +.
local autoscaler = import 'kubernetes/autoscaler.libsonnet';
local text = import 'lib/text.libsonnet';

local scaling_gpu(s, params) =
  'The autoscaler follows the requests that each replica is serving (target ' + autoscaler.target(s) + |||
    ) and those that wait (target 5). Those
    numbers come from vLLM's `/metrics`, and two things must bring them to it:

    1. Prometheus scrapes the pods: they carry the usual `prometheus.io/...` annotations, and its namespace may reach them.
    2. prometheus-adapter serves them to Kubernetes:
       `helm upgrade --install prometheus-adapter prometheus-community/prometheus-adapter --values metrics/prometheus-adapter.yaml`
       (add `--set prometheus.url=...` for where your Prometheus is).

    Until then nothing scales. This must print numbers, not an error:
  ||| +
  '`kubectl get --raw "/apis/custom.metrics.k8s.io/v1beta1/namespaces/' + params.namespace + '/pods/*/vllm_num_requests_running"`\n';

local scaling_cpu(params) = |||
  The autoscaler follows the CPU use of the replicas, 75% of what they request: llama.cpp computes on CPUs, so this is what
  runs out first. It needs metrics-server, which most clusters have:
||| + '`kubectl top pods --namespace ' + params.namespace + '` must print numbers.\n';

local secret(params) = if params.token_secret == null then '' else |||

  The model asks for a token, which is written in no file. Make the Secret yourself, after the namespace is there:

||| + '```sh\nkubectl create secret generic ' + params.token_secret + ' --namespace ' + params.namespace +
    ' --from-file=HF_TOKEN=FILE_WITH_THE_TOKEN\n```\n';

function(s, machine, params)
  local row(name, value, why) = '| ' + name + ' | ' + value + ' | ' + why + ' |';
  local clients = if params.client_namespace == null then params.namespace else params.client_namespace;
  text.lines([
    '# A model server on Kubernetes',
    '',
    'Serves ' + text.code(s.model.name) + ' with ' + (if s.on_gpu then 'vLLM' else s.engine) + ' behind an OpenAI-compatible API.',
    '',
    if s.is_node then 'Sized for this machine: ' + machine.summary() + '.' else 'Sized for the needs that were stated; the machine it was generated on is not like that.',
    '',
    '| | each replica | how it came about |',
    '|---|---|---|',
  ] + (if s.on_gpu then [row('GPUs', s.gpus, s.gpu_why)] else []) + [
    row('CPUs', s.cpus, s.cpus_why),
    row('memory', s.memory_gib + ' GiB', s.memory_why),
    row('time to start', 'about ' + s.cold_start + ' s', s.cold_start_why),
    '',
    s.min_replicas + ' to ' + s.max_replicas + ' replicas. The other numbers have their derivation as a comment where they stand.',
    '',
    '## Use it',
    '',
    '```sh',
    'kubectl apply -k .',
    'kubectl rollout status deployment/' + params.name + ' --namespace ' + params.namespace + ' --timeout ' + s.deadline + 's',
    'kubectl port-forward --namespace ' + params.namespace + ' service/' + params.name + ' 8080:80',
    'curl http://localhost:8080/v1/models',
    '```',
    '',
    'In the cluster: `http://' + params.name + '.' + params.namespace + '.svc/v1`, from pods in the namespace `' + clients + '` only.',
    '',
    'Kubernetes 1.30 or newer' + (if s.on_gpu then ", with NVIDIA's device plugin" else '') + '. The image needs ' + s.image_needs + '.',
  ]) + secret(params) + '\n## Scaling\n\n' + (if s.on_gpu then scaling_gpu(s, params) else scaling_cpu(params)) + |||

    ## What it does not have yet

    No Ingress or Gateway route, no authentication (whoever may reach it may use it), no volume that keeps the weights between
    pods, no quota: those are yours to add. A restarted pod downloads the weights again.

    ## Change it

    `palier generate kubernetes-inference -o .. --set key=value` changes the numbers; `palier generate --list` shows the keys.
    Files that you changed by hand are left alone.

    ## Undo

    `kubectl delete -k .` removes all of it, the namespace with everything in it included.
  |||
