// dstack: the same training, and a model server, on machines of the clouds whose backends your dstack server has, or on your own by ssh.
// Fields: dstackai/dstack, mkdocs/docs and its models (2026-08-21); a test holds the files to a table of them.
local make_machine = import 'lib/machine.libsonnet';
local pytorch = import 'data/pytorch.libsonnet';
local rented = import 'cloud/rented.libsonnet';
local text = import 'lib/text.libsonnet';

function(advice, machine, params)
  local gpu = rented(make_machine(machine), params);
  local resources = {
    '#cpu': '4 for each GPU, and 16 GB of memory',
    cpu: gpu.cpus + '..',
    memory: gpu.memory_gb + 'GB..',
    '#gpu': gpu.why,
    gpu: gpu.memory + 'GB..:' + gpu.count,
    disk: gpu.disk_gb + 'GB..',
    '#shm_size': "PyTorch's data loaders and NCCL hand tensors over in shared memory",
    shm_size: '8GB',
  };
  local limits = {
    '#max_price': 'dollars an hour for one machine; dstack apply shows the offers, and asks',
    max_price: params.max_price,
  };
  {
    'dstack/fleet.dstack.yml': {
      format: 'yaml',
      header: 'Once: dstack apply -f dstack/fleet.dstack.yml. It rents nothing: machines come with runs and go after them.',
      content: {
        type: 'fleet',
        name: params.name,
        '#nodes': 'from none to what a training takes, and one for the model server',
        nodes: '0..' + (params.nodes + 1),
        [if params.nodes > 1 then '#placement']: 'nodes that reach each other by private addresses',
        [if params.nodes > 1 then 'placement']: 'cluster',
        idle_duration: '10m',
        resources: { gpu: resources.gpu },
      },
    },
    'dstack/train.dstack.yml': {
      format: 'yaml',
      header: 'dstack apply -f dstack/train.dstack.yml',
      content: {
        type: 'task',
        name: params.name,
        python: '3.12',
        nodes: params.nodes,
        '#files': 'the folder above this one, 2 MB at most: .dstackignore leaves things out; a repository comes by `repos`',
        files: ['..:/workspace'],
        working_dir: '/workspace',
        commands: [
          'uv pip install --index-url ' + pytorch.index(pytorch.cuda[1].build) + ' torch==' + pytorch.version,
          'if [ -f requirements.txt ]; then uv pip install -r requirements.txt; fi',
          std.join(' ', [
            'torchrun --nnodes="$DSTACK_NODES_NUM" --node-rank="$DSTACK_NODE_RANK" --nproc-per-node="$DSTACK_GPUS_PER_NODE"',
            '--master-addr="$DSTACK_MASTER_NODE_IP" --master-port=29500 train.py --checkpoints /checkpoints',
          ]),
        ],
        '#volumes': if params.volume == null then "the machine's own disk, which goes with the machine" else 'outlives the machine; train.py saves there and resumes',
        volumes: if params.volume == null then [{ instance_path: '/var/palier-checkpoints', path: '/checkpoints' }] else [params.volume + ':/checkpoints'],
        spot_policy: if params.spot then 'auto' else 'on-demand',
        '#retry': 'where a machine is taken away, or none is to be had; an error of your own program ends the run',
        retry: { on_events: ['no-capacity', 'interruption'], duration: '4h' },
        '#max_duration': 'the longest time that you are ready to pay for',
        max_duration: std.max(1, std.ceil(params.max_runtime / 60)) + 'm',
        '#utilization_policy': 'a run that hangs is ended',
        utilization_policy: { min_gpu_utilization: 5, time_window: '30m' },
        resources: resources,
      } + limits,
    },
    'dstack/serve.dstack.yml': {
      format: 'yaml',
      header: 'dstack apply -f dstack/serve.dstack.yml; the address is in what it prints, the token in ~/.dstack.',
      content: {
        type: 'service',
        name: params.name + '-server',
        python: '3.12',
        '#env': 'HF_TOKEN is taken from your environment, and is in no file; remove it where the model asks for none',
        env: ['MODEL=Qwen/Qwen2.5-7B-Instruct', 'HF_TOKEN'],
        commands: ['uv pip install vllm', 'vllm serve "$MODEL" --host 0.0.0.0 --port 8000 --tensor-parallel-size "$DSTACK_GPUS_NUM"'],
        port: 8000,
        model: 'Qwen/Qwen2.5-7B-Instruct',
        '#probes': 'weights are downloaded and loaded first: no request before it answers',
        probes: [{ type: 'http', url: '/health', interval: '15s' }],
        volumes: [{ instance_path: '/root/.cache', path: '/root/.cache', optional: true }],
        spot_policy: 'on-demand',
        resources: resources,
      } + limits,
    },
    'dstack/README.md': { format: 'text', content: '# Rented GPUs with dstack\n\nMachines with ' + gpu.count + ' NVIDIA GPU' + (if gpu.count > 1 then 's' else '') + ' of ' + gpu.memory + ' GB or more each, for at most ' + params.max_price + ' dollars an hour.\n\n' + text.filled(|||
      ## Use it

      ```sh
      uv tool install "dstack[all]"; dstack server           # once; ~/.dstack/server/config.yml names your clouds
      dstack apply -f dstack/fleet.dstack.yml                # once: what may be rented
      dstack apply -f dstack/train.dstack.yml                # shows the offers with their prices, and asks
      dstack ps; dstack logs NAME
      ```

      `train.py` in the folder above this one is yours: it saves to `--checkpoints` and resumes from the last file there. A network volume
      outlives the machine: make one (`type: volume`, with its backend and region) and generate again with `--set volume=NAME`.

      Machines of your own, by ssh, are a fleet as well: `ssh_config` with `user`, `identity_file` and `hosts` in place of `nodes` and `resources`.

      ## Undo

      `dstack stop NAME`, `dstack stop NAME-server`, `dstack fleet delete NAME`; `dstack volume list` shows what still costs.
    |||, { NAME: params.name }) },
    '#open': if params.volume == null && params.spot then ['where checkpoints outlive a machine that is taken away (volume)'] else [],
  }
