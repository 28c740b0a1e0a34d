// A pipeline for Kubeflow Pipelines. pipeline.py never changes: what is computed here, and what a user sets, are values in settings.yaml,
// which it reads. Names of the SDK: kubeflow/pipelines, sdk-2.17.0-1 (2026-07-09).
local choose_pytorch = import 'lib/pytorch.libsonnet';
local images = import 'data/images.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local pytorch = import 'data/pytorch.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local python = '3.12';

function(advice, machine, params)
  local m = make_machine(machine);
  local cards = std.length(m.nvidia) + std.length(m.amd);
  local accelerator = if std.length(m.nvidia) > 0 then 'nvidia.com/gpu' else if std.length(m.amd) > 0 then 'amd.com/gpu' else '';
  // A step trains on one GPU, and gets that GPU's share of the node; without GPUs all of the node but what Kubernetes keeps.
  local node_cpus = if m.cpus == null then 4 else m.cpus, node_memory = if m.memory == null then 16 else m.memory / gib;
  local share = std.max(1, cards);
  local cpus = std.max(1, std.floor((node_cpus - 1) / share)), memory = std.max(2, std.floor((node_memory - 2) / share));
  local torch = choose_pytorch(machine, 'auto');
  local plain(c) = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || text.contains('./:@_-', c);
  assert params.image == null || params.image != '' && std.length([c for c in std.stringChars(params.image) if !plain(c)]) == 0 :
         'image must be NAME:TAG\nhelp: --set image=registry.example.com/training:1';
  assert std.startsWith(params.tracking, 'http://') || std.startsWith(params.tracking, 'https://') :
         'tracking must be the address of an MLflow server\nhelp: --set tracking=http://mlflow.mlflow.svc:5000';
  local base = images.python.image(python) + '@' + images.python[python].digest;
  local wheels = ['--extra-index-url=' + pytorch.index(torch.build), 'torch==' + pytorch.version, 'mlflow-skinny>=3,<4', 'numpy>=1.26,<3', 'scikit-learn>=1.4,<2'];
  {
    'kubeflow/pipeline.py': { format: 'text', content: importstr 'kubeflow/pipeline.py' },
    'kubeflow/settings.yaml': { format: 'yaml', header: 'Read by pipeline.py when it is compiled.', content: {
      name: params.name,
      '#image': if params.image == null then 'tag and digest as read on ' + images.python[python].date + ' in public build files' else 'yours; it has no digest until you name it by one',
      image: if params.image == null then base else params.image,
      '#packages': if params.image == null then 'installed whenever a step starts, which takes minutes: build the image of Dockerfile, then generate again with --set image=NAME:TAG' else 'they are in the image',
      packages: if params.image == null then wheels else [],
      '#accelerator': if cards == 0 then 'no GPU was found: none is asked for' else 'PyTorch for ' + torch.name + ': ' + torch.why,
      accelerator: accelerator,
      '#train': (if cards == 0 then 'the node' else 'one of ' + cards + ' GPUs, and its share of the node') + ' (' + text.number(node_cpus) + ' CPUs, ' + text.number(node_memory) + ' GiB), less a CPU and 2 GiB for the rest; memory is also the limit, CPUs have none: a limit only makes a step slower',
      train: { cpu: std.toString(cpus), memory: memory + 'Gi' },
      small: { cpu: '500m', memory: '2Gi' },
      '#max_runtime': 'seconds, for each step: the longest that you are ready to pay for',
      max_runtime: params.max_runtime,
      epochs: 30,
      '#least': 'accuracy from which on a model is registered',
      least: params.least / 100,
      '#tracking': 'the MLflow server of the registry, as pods reach it',
      tracking: params.tracking,
    } },
    'kubeflow/requirements.txt': { format: 'text', content: text.lines(['# What compiles and submits the pipeline.', 'kfp[kubernetes]>=2.17,<3']) },
    'kubeflow/Dockerfile': { format: 'text', content: text.lines([
      '# docker build -t NAME:TAG . (README.md); PyTorch for ' + torch.name,
      '# Tag and digest as read on ' + images.python[python].date + ' in public build files.',
      'FROM ' + base,
      'RUN pip install --no-cache-dir ' + std.join(' ', [std.escapeStringBash(w) for w in wheels + ['kfp>=2.17,<3']]) + ' \\',
      '  && useradd --uid 10001 --create-home user',
      'USER 10001',
    ]) },
    'kubeflow/README.md': { format: 'text', content: '# A pipeline for Kubeflow\n\nFor nodes like this one: ' + m.summary() + '.\n\n' + text.filled(|||
      `pipeline.py` prepares data, trains, evaluates on images that the training has not seen, and registers the model in MLflow where LEAST % of them
      are right. The alias `champion` goes to the new version where it is no worse than the one that has it: what a server fetches with
      `mlflow artifacts download --artifact-uri models:/NAME@champion` is the better one. `settings.yaml` has the sizes, the image and the limits.

      ## Use it

      A cluster without Kubeflow Pipelines needs them once (for one team; of a whole Kubeflow they are a part):

      ```sh
      kubectl apply -k 'https://github.com/kubeflow/pipelines/manifests/kustomize/cluster-scoped-resources?ref=VERSION'
      kubectl wait --for condition=established --timeout=60s crd/applications.app.k8s.io
      kubectl apply -k 'https://github.com/kubeflow/pipelines/manifests/kustomize/env/platform-agnostic?ref=VERSION'
      ```

      Then, in this folder:

      ```sh
      python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
      .venv/bin/python pipeline.py                                                  # writes pipeline.yaml
      kubectl port-forward --namespace kubeflow service/ml-pipeline-ui 8080:80 &    # the pages, too: http://127.0.0.1:8080
      .venv/bin/kfp --endpoint http://127.0.0.1:8080 run create --experiment-name NAME --package-file pipeline.yaml seed=1 epochs=50
      ```

      A Kubeflow of several users wants `--namespace YOURS` before `run`. Steps that ran before with the same inputs are not run again; the last one
      always is. Every week: `kfp recurring-run create --experiment-name NAME
      --cron-expression '0 0 3 * * 1' --max-concurrency 1 --pipeline-package-path pipeline.yaml`.

      Without an image of your own each step installs its packages when it starts. With one it starts at once, pulls nothing from elsewhere, and is not root:

      ```sh
      docker build -t registry.example.com/training:1 . && docker push registry.example.com/training:1
      palier generate kubeflow -o .. --set image=registry.example.com/training:1   # then compile again
      ```

      The registry must be reachable from the pods, as TRACKING; without it everything but the last step works. A training over several GPUs at once is `ray/`.

      ## Undo

      `kfp run list`, `kfp run delete ID`, `kfp recurring-run delete ID`; the models go in MLflow's pages. `kubectl delete -k` with the two
      addresses above removes Kubeflow Pipelines with all of its runs. `.venv` and `pipeline.yaml` are yours to remove.
    |||, { LEAST: std.toString(params.least), NAME: params.name, VERSION: '2.17.0', TRACKING: text.code(params.tracking) }) },
    '#open': if params.image == null then [] else ['the image ' + text.prose(params.image) + ' is yours to build: name it by its digest'],
  }
