// Every target that `palier generate` knows. A parameter's type is text, name (a DNS label), integer, boolean, bytes or
// seconds; without a default the template derives the value, and the description says from what. `next` are commands worth
// typing in the workspace once the files are there. A target that says `machine` belongs to machines of that kind alone
// (platform.kind of the Machine document): on others a leaf leaves it out.
local parameter = import 'lib/parameter.libsonnet';

{
  targets: [
    {
      name: 'overview',
      title: 'a README with the advice, the stack and the next steps',
      description: 'Needs an advice document.',
      template: 'overview.jsonnet',
      parameters: [],
    },
    {
      name: 'local-python',
      title: 'a Python environment for this machine, with JupyterLab and PyTorch',
      description: 'environment.yml for mamba and conda, pixi.toml for pixi, requirements for uv and venv, a setup script that is safe to run again, a starter notebook, and the same as an image (Dockerfile, Compose) and as a dev container; pytest, pre-commit and MLflow in a file. PyTorch is chosen for the GPU and driver that the machine has.',
      template: 'python/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of the environment', { default: 'palier' }),
        parameter('python', 'text', 'Python version for mamba, conda and pixi', { default: '3.12', choices: ['3.10', '3.11', '3.12', '3.13'] }),
        parameter('accelerator', 'text', 'which build of PyTorch; auto chooses from the machine', { default: 'auto', choices: ['auto', 'cpu', 'cuda', 'rocm'] }),
      ],
      next: [{ run: 'python/setup.sh', en: 'create the environment', fr: 'créer l’environnement' }],
    },
    {
      name: 'jetson',
      title: 'power mode, swap and a model server for an NVIDIA Jetson',
      description: 'A script that sets power mode, clocks and swap by what the module has, and undoes it; llama.cpp in a container of the release of Jetson Linux, with a context that fits the memory.',
      template: 'jetson/main.jsonnet',
      machine: 'jetson',
      parameters: [
        parameter('power_mode', 'text', 'power mode by its name; auto is the fastest with a limit on power', { default: 'auto', choices: ['auto', '7W', '10W', '15W', '20W', '25W', '30W', '40W', '50W', '70W', '90W', '120W', 'MAXN', 'MAXN_SUPER'] }),
        parameter('lock_clocks', 'boolean', 'keep the clocks at the top of the mode', { default: true }),
        parameter('swap', 'bytes', 'size of the swap file, 0 for none; default: as much as the memory, at most 16 GiB', { least: 0, most: 68719476736 }),
        parameter('concurrency', 'integer', 'requests that the model server computes at once', { default: 2, least: 1, most: 64 }),
        parameter('port', 'integer', 'where it listens, on 127.0.0.1', { default: 8080, least: 1024, most: 65535 }),
        parameter('image', 'text', 'image of the model server; default: one for the release of Jetson Linux'),
      ],
      next: [{ run: 'sudo jetson/setup.sh --dry-run', en: 'what it would set', fr: 'ce qui serait réglé' }],
    },
    {
      name: 'wsl',
      title: 'Linux under Windows (WSL 2), made fit for training',
      description: 'Memory and swap of the virtual machine (.wslconfig), systemd and file permissions of the distribution (wsl.conf), and a script that puts both in place, keeps what was there, and undoes it.',
      template: 'wsl/main.jsonnet',
      machine: 'wsl',
      parameters: [
        parameter('windows_memory', 'bytes', "memory that Windows has; default: unknown inside WSL, otherwise the machine's", { least: 4294967296 }),
        parameter('processors', 'integer', 'CPUs that WSL may use; default: all', { least: 1, most: 1024 }),
        parameter('user', 'name', 'user that a new shell starts as; default: as the distribution was set up'),
      ],
      next: [{ run: 'wsl/setup.sh --dry-run', en: 'what it would set', fr: 'ce qui serait réglé' }],
    },
    {
      name: 'virtual-machine',
      title: 'a virtual machine with Ubuntu: Vagrant, or an installation that asks nothing',
      description: "A Vagrantfile for VirtualBox or libvirt, and the autoinstall file of Ubuntu's installer for a machine of your own. CPUs and memory are a share of this machine's.",
      template: 'vm/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of the machine', { default: 'palier-vm' }),
        parameter('user', 'name', 'user that the installation makes', { default: 'work' }),
        parameter('ssh_key', 'text', 'your public ssh key, for the installation'),
        parameter('cpus', 'integer', "its CPUs; default: half of the machine's", { least: 1, most: 256 }),
        parameter('memory', 'bytes', "its memory; default: half of the machine's", { least: 1073741824 }),
        parameter('disk', 'bytes', 'size of its disk', { default: 64424509440, least: 10737418240 }),
      ],
      next: [{ run: 'less vm/README.md', en: 'how to start it', fr: 'comment la démarrer' }],
    },
    {
      name: 'starter-notebook',
      title: 'a notebook that checks the machine and trains two small models',
      description: 'Runs with what Colab, Kaggle and Studio Lab have installed, with and without a GPU.',
      template: 'notebook.jsonnet',
      parameters: [],
    },
    {
      name: 'hosted-notebooks',
      title: 'a training that survives being cut off, for Colab, Kaggle and Studio Lab',
      description: 'One notebook for all three: checks the GPU, keeps checkpoints where the platform keeps files (Drive, /kaggle/working), resumes. With the metadata that Kaggle wants and the environment that Studio Lab wants.',
      template: 'notebooks/hosted.jsonnet',
      parameters: [
        parameter('title', 'text', 'title at Kaggle', { default: 'Palier first training' }),
        parameter('kaggle_user', 'name', 'your name at Kaggle'),
      ],
    },
    {
      name: 'model-gateway',
      title: 'HAProxy in front of several model servers, a cache of answers, systemd units',
      description: 'Routes by the model that a request names, to the server with the fewest requests; retries what had not begun, leaves out servers that fail a one-token check, sheds what is too large, and falls back to a cloud. An exact cache in Redis gives answers again that the model would repeat.',
      template: 'gateway/main.jsonnet',
      parameters: [
        parameter('servers', 'text', 'MODEL=HOST:PORT, with commas between', { default: 'default=127.0.0.1:8001,default=127.0.0.1:8002' }),
        parameter('port', 'integer', 'where it listens, on 127.0.0.1', { default: 8080, least: 1024, most: 65535 }),
        parameter('concurrency', 'integer', 'requests that one server computes at once', { default: 4, least: 1, most: 1024 }),
        parameter('largest_prompt', 'bytes', 'largest request that is taken', { default: 1048576, least: 16384, most: 67108864 }),
        parameter('max_request', 'seconds', 'the longest that one answer may take', { default: 300, least: 1, most: 3600 }),
        parameter('cloud', 'text', 'https://HOST to ask while no server of a model is up; its key stays in the environment'),
        parameter('cache', 'bytes', "memory for answers that are given again, 0 for none; default: a 64th of the machine's, 64 MiB to 1 GiB", { least: 0 }),
        parameter('cache_ttl', 'seconds', 'how long an answer is given again', { default: 86400, least: 1, most: 31536000 }),
      ],
      next: [{ run: 'haproxy -c -f gateway/haproxy.cfg', en: 'check the configuration', fr: 'vérifier la configuration' }],
    },
    {
      name: 'observability',
      title: 'metrics, logs and a dashboard for one machine that serves models',
      description: 'Prometheus with tested alerts, Loki with the journal (Alloy brings it), and Grafana with a dashboard of both, by Compose, on 127.0.0.1 alone; disk and memory are bounded.',
      template: 'observability/main.jsonnet',
      parameters: [
        parameter('servers', 'text', 'HOST:PORT of the model servers, with commas between', { default: '127.0.0.1:8001,127.0.0.1:8002' }),
        parameter('engine', 'text', 'what they are, which decides the names of their metrics', { default: 'llama.cpp', choices: ['vllm', 'llama.cpp'] }),
        parameter('retention_days', 'integer', 'how long metrics and logs are kept', { default: 15, least: 1, most: 400 }),
        parameter('disk', 'bytes', 'disk for all of it', { default: 20000000000, least: 2000000000 }),
      ],
      next: [{ run: 'less observability/README.md', en: 'how to start it', fr: 'comment le démarrer' }],
    },
    {
      name: 'drift',
      title: 'a daily check whether the data has moved away from the training data',
      description: 'Evidently compares what the model sees with what it was trained on, column by column: a script, a systemd timer, an image and a CronJob; its metrics go to Prometheus.',
      template: 'drift/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of the data in metrics and reports', { default: 'data' }),
        parameter('share', 'integer', 'per cent of the columns that must have moved', { default: 50, least: 1, most: 100 }),
        parameter('rows', 'integer', 'rows that are compared at most', { default: 50000, least: 100, most: 10000000 }),
        parameter('image', 'text', 'name of the image that you build', { default: 'drift:1' }),
        parameter('namespace', 'name', 'namespace of the CronJob', { default: 'inference' }),
      ],
      next: [{ run: 'less drift/README.md', en: 'how to run it every day', fr: 'comment le lancer chaque jour' }],
    },
    {
      name: 'vps',
      title: 'cloud-init for a rented server',
      description: 'A user with a key, hardened ssh, firewall, automatic updates, Docker, swap.',
      template: 'vps/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'host name', { default: 'palier' }),
        parameter('user', 'name', 'user to make', { default: 'work' }),
        parameter('ssh_key', 'text', 'your public ssh key'),
        parameter('swap', 'bytes', 'size of the swap file', { default: 4294967296, least: 0 }),
      ],
    },
  ] + import 'cloud/targets.libsonnet' + [
    {
      name: 'slurm',
      title: 'batch jobs on Slurm, and the configuration of a small cluster',
      description: 'A training over several nodes (torchrun) that goes back into the queue when its time is up, an array of short jobs, and slurm.conf for machines like this one.',
      template: 'slurm/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of the cluster and start of its host names', { default: 'palier' }),
        parameter('nodes', 'integer', 'nodes of the training and of the cluster', { default: 2, least: 1, most: 1024 }),
        parameter('gpus', 'integer', 'GPUs of a node; default: from the machine, at least 1', { least: 1, most: 16 }),
        parameter('gpu_option', 'text', 'how the site wants GPUs to be asked for', { default: 'gpus-per-node', choices: ['gpus-per-node', 'gres'] }),
        parameter('partition', 'name', "the site's partition; default: its own default"),
        parameter('account', 'name', 'account to bill; default: none'),
        parameter('infiniband', 'boolean', 'nodes are joined by InfiniBand', { default: false }),
        parameter('max_runtime', 'seconds', 'when a job is ended, and the longest that the cluster takes', { default: 14400, least: 600, most: 2592000 }),
      ],
      next: [{ run: 'sbatch --test-only slurm/train.sbatch', en: 'ask a cluster whether it would take the job', fr: 'demander à un cluster s’il accepterait le calcul' }],
    },
    {
      name: 'ray',
      title: 'a training over several workers on Kubernetes, with a queue for GPUs',
      description: "KubeRay's RayJob with a PyTorch training, Kueue's queue sized for it, and with GPUs a RayService that serves a model.",
      template: 'ray/main.jsonnet',
      parameters: [
        parameter('name', 'name', 'name of job and queue', { default: 'training' }),
        parameter('namespace', 'name', 'its namespace', { default: 'ray' }),
        parameter('nodes', 'integer', 'nodes like this machine', { default: 1, least: 1, most: 64 }),
        parameter('workers', 'integer', 'workers; default: one for each GPU of the nodes, or for each node', { least: 1, most: 512 }),
        parameter('storage', 'text', 's3://NAME/FOLDER or the like, where checkpoints stay'),
        parameter('max_runtime', 'seconds', 'when the training is ended', { default: 14400, least: 60, most: 604800 }),
      ],
      next: [{ run: 'kubectl diff -k ray', en: 'see what it would change in the cluster', fr: 'voir ce que cela changerait dans le cluster' }],
    },
    {
      name: 'mlflow-server',
      title: 'an MLflow server with PostgreSQL and an object store',
      description: 'Runs, registry and files of a team, by Compose: only the server is reachable, and from this machine alone; passwords stay in the environment; with a backup script.',
      template: 'mlflow/main.jsonnet',
      parameters: [
        parameter('port', 'integer', 'where it listens, on 127.0.0.1', { default: 5000, least: 1024, most: 65535 }),
      ],
      next: [{ run: 'less mlflow/README.md', en: 'how to start it', fr: 'comment le démarrer' }],
    },
    {
      name: 'airflow',
      title: 'a training that runs every week, as a DAG for Airflow',
      description: 'Prepare, train, compare with the model that serves, promote where it is no worse; steps are plain functions that can run again, alone and without Airflow.',
      template: 'airflow/main.jsonnet',
      parameters: [
        parameter('max_runtime', 'seconds', 'when a step is ended', { default: 14400, least: 60, most: 604800 }),
      ],
      next: [{ run: 'less airflow/README.md', en: 'how to run it', fr: 'comment le lancer' }],
    },
    {
      name: 'github-actions',
      title: 'a GitHub Actions workflow: test, build, sign, deploy',
      description: 'Tests every change; what reaches main is built, signed without a key, and deployed by its digest after approval. Actions are pinned to commits.',
      template: 'github/main.jsonnet',
      parameters: [
        parameter('python', 'text', 'Python version', { default: '3.12', choices: ['3.10', '3.11', '3.12', '3.13'] }),
        parameter('overlay', 'text', 'kustomization to deploy', { default: 'kubernetes/overlays/prod' }),
        parameter('deployment', 'name', 'Deployment to wait for', { default: 'inference' }),
        parameter('namespace', 'name', 'its namespace', { default: 'inference' }),
      ],
    },
    {
      name: 'kubernetes-inference',
      title: 'a model server on Kubernetes, with scaling and network rules',
      description: 'Kustomizations: a base (Pod Security restricted, network rules, quota, disruption budget), dev and prod on top of it (autoscaler, shared weights, image pre-pull, Gateway route), a canary beside production, monitoring with tested alerts and a dashboard. vLLM, llama.cpp or Ollama on NVIDIA or AMD GPUs, MIG or time slices, or CPUs; sized from the machine or from what is set.',
      template: 'kubernetes/inference.jsonnet',
      parameters: import 'kubernetes/parameters.libsonnet',
      next: [{ run: 'kubectl diff -k kubernetes/overlays/dev', en: 'see what it would change in the cluster', fr: 'voir ce que cela changerait dans le cluster' }],
    },
  ],

  // What `palier generate --advice` writes for each leaf.
  leaves: {
    'local': ['overview', 'local-python', 'jetson', 'wsl'],
    notebooks: ['overview', 'starter-notebook', 'hosted-notebooks'],
    managed: ['overview', 'sagemaker', 'vertex', 'azure-ml', 'skypilot', 'dstack', 'github-actions'],
    kubernetes: ['overview', 'kubernetes-inference', 'drift', 'github-actions'],
    lakehouse: ['overview', 'databricks'],
    modular: ['overview', 'slurm', 'kubernetes-inference', 'ray', 'mlflow-server', 'airflow', 'github-actions'],
  },

  // The short lists of the toolbox (palier advise --list NAME), each a name for the targets that set it up.
  lists: {
    'minimum-cost': ['starter-notebook', 'hosted-notebooks', 'skypilot'],
    'local': ['local-python', 'model-gateway'],
    'progressive-cloud': ['hosted-notebooks', 'vps', 'skypilot', 'dstack', 'sagemaker', 'vertex', 'azure-ml', 'github-actions'],
    'product-company': ['local-python', 'kubernetes-inference', 'observability', 'drift', 'github-actions'],
    enterprise: ['databricks', 'slurm', 'kubernetes-inference', 'ray', 'mlflow-server', 'airflow', 'drift', 'github-actions'],
  },
}
