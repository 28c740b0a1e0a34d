// The README of the bundle, in parts that are joined with +.
local text = import 'lib/text.libsonnet';

local engines = { vllm: 'vLLM', 'llama.cpp': 'llama.cpp', ollama: 'Ollama' };

local scaling(s, params) = {
  keda: 'KEDA follows the requests that the replicas are serving (' + s.running_target + ' ' + |||
    each) and those that wait (5 each), as Prometheus knows
    them. This must say `True` under READY:
  ||| + '`kubectl get scaledobject --namespace ' + params.namespace + '`. Where it does not, `kubectl describe` says what Prometheus answered.\n',
  hpa: if s.on_gpu then 'The autoscaler follows the requests that each replica is serving (target ' + s.running_target + |||
    ) and those that wait (target 5), which
    prometheus-adapter serves to Kubernetes:
    `helm upgrade --install prometheus-adapter prometheus-community/prometheus-adapter --values metrics/prometheus-adapter.yaml`
    (add `--set prometheus.url=...` for where your Prometheus is). Until then nothing scales, and `kubectl describe hpa` says so.
  ||| else |||
    The autoscaler follows the CPU use of the replicas, 75% of what they request: they compute on CPUs, so this is what
    runs out first. It needs metrics-server, which most clusters have:
  ||| + '`kubectl top pods --namespace ' + params.namespace + '` must print numbers.\n',
  none: 'Nothing scales by itself: Ollama publishes no metrics that say how many requests wait. `kubectl scale deployment/' + params.name + ' --replicas 2` does.\n',
}[s.autoscaler];

local secret(params) = if params.token_secret == null then '' else |||

  The model asks for a token, which is written in no file. Make the Secret yourself, after the namespace is there:

||| + '```sh\nkubectl create secret generic ' + params.token_secret + ' --namespace ' + params.namespace +
    ' --from-file=HF_TOKEN=FILE_WITH_THE_TOKEN\n```\n';

local needs(s, params) =
  ['- Kubernetes 1.30 or newer' + (if s.on_gpu then ', with the device plugin that offers `' + s.resource + '`' else '') + '. The image needs ' + s.image_needs + '.'] +
  ['- for production:'] +
  (if s.autoscaler == 'keda' then ['  - KEDA'] else []) + [
    '  - the Prometheus operator, in the namespace `' + params.monitoring_namespace + '` (or leave `../../monitoring` out of the kustomization)',
    '  - a Gateway `' + params.gateway + '` in the namespace `' + params.gateway_namespace + '` that takes routes from this one (or leave out `route.yaml`)',
  ] + (if s.shared then ['  - storage that many nodes can mount (ReadWriteMany; ' + (if params.storage_class == null then "the cluster's default class, or `--set storage_class=NAME`" else text.code(params.storage_class)) + '). Without: `--set weights=node`'] else []);

local canary(params) = '\n## Try a second version\n\n' + text.filled(|||
  Change the image or the model in `overlays/canary/deployment.yaml`, then:

  ```sh
  kubectl apply -k overlays/canary     # one more pod, and SHARE of 100 requests for it
  kubectl apply -k overlays/prod       # back: all requests to production again, at once
  kubectl delete deployment,service --namespace SPACE --selector app.kubernetes.io/instance=NAME-canary
  kubectl delete networkpolicy --namespace SPACE NAME-canary-clients NAME-canary-download
  kubectl delete servicemonitor --namespace SPACE NAME-canary --ignore-not-found
  ```

  A request with the header `x-variant: canary` gets the second version whatever the share is: with it a program keeps each of its users with
  one version, by a hash of the user's name, say, and an A/B test is fair. What an answer was worth only the program knows: log it with the version.

  The dashboard's queries name the Service: `NAME-canary` in place of `NAME` shows the second one. Where it holds, make the change in
  `base/deployment.yaml` and apply production.
|||, { SHARE: std.toString(params.canary_share), SPACE: params.namespace, NAME: params.name });

function(s, machine, params)
  local row(name, value, why) = '| ' + name + ' | ' + value + ' | ' + why + ' |';
  local ns = params.namespace;
  local clients = if params.client_namespace == null then ns else params.client_namespace;
  text.lines([
    '# A model server on Kubernetes',
    '',
    'Serves ' + text.code(s.model.name) + ' with ' + engines[s.engine] + ' behind an OpenAI-compatible API.',
    '',
    if s.is_node then 'Sized for this machine: ' + machine.summary() + '.' else 'Sized for the needs that were stated; the machine it was generated on is not like that.',
    '',
    '| | each replica | how it came about |',
    '|---|---|---|',
  ] + (if s.on_gpu then [row('GPUs', s.gpus + ' x `' + s.resource + '`', s.gpu_why)] else []) + [
    row('CPUs', s.cpus, s.cpus_why),
    row('memory', s.memory_gib + ' GiB', s.memory_why),
    row('time to start', 'about ' + s.cold_start + ' s', s.cold_start_why),
    '',
    s.min_replicas + ' to ' + s.max_replicas + ' replicas in production. The other numbers have their derivation as a comment where they stand.',
    '',
    '## What it needs',
    '',
  ] + needs(s, params) + [
    '',
    '## Use it',
    '',
    '```sh',
    'kubectl apply -k overlays/dev      # one replica in the namespace ' + ns + '-dev; needs nothing else',
    'kubectl rollout status deployment/' + params.name + ' --namespace ' + ns + '-dev --timeout ' + s.deadline + 's',
    'kubectl port-forward --namespace ' + ns + '-dev service/' + params.name + ' 8080:80 &',
    'curl http://localhost:8080/v1/models',
    '',
    'kubectl diff -k overlays/prod      # what it would change; then: kubectl apply -k overlays/prod',
    '```',
    '',
    'In the cluster: `http://' + params.name + '.' + ns + '.svc/v1`, from pods in the namespace `' + clients + '` and from the Gateway only.',
    '',
    '## What is here',
    '',
    '| folder | what it is |',
    '|---|---|',
    '| `base` | Namespace (Pod Security restricted), Deployment, Service, disruption budget, network rules (all closed but what is listed), quota |',
    '| `overlays/dev` | the base by itself |',
    '| `overlays/prod` | ' + (if s.autoscaler == 'none' then '' else 'autoscaler, ') + (if s.shared then 'one claim of weights with the Job that fills it, ' else '') + 'images on the nodes before they are needed, the route from the Gateway' + (if params.gateway_kind == 'any' then '' else ' and its circuit breaker') + ' |',
    '| `overlays/canary` | production with a second version beside it, which gets ' + params.canary_share + ' of 100 requests |',
    '| `monitoring` | what Prometheus scrapes, alerts and their tests (`promtool test rules rules_test.yaml`), a dashboard for Grafana |',
    '',
    '`palier check .` looks for what a cluster would fail on, and runs the validators that are installed.',
  ]) + secret(params) + '\n## Scaling\n\n' + scaling(s, params) + canary(params) + |||

    ## What it does not have

    Authentication: whoever may reach it may use it. Put it into the Gateway.

    ## Change it

    `palier generate kubernetes-inference -o .. --set key=value` changes the numbers; `palier generate --list` shows the keys.
    What you changed by hand is kept. To change what no key reaches, write an overlay (docs/templates.md).

    ## Undo

    `kubectl delete -k overlays/prod` (or `dev`) removes all of it, the namespace with everything in it included.
  |||
