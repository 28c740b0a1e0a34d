// SkyPilot: a training on the cheapest spare GPU of the clouds that you have accounts with, begun again wherever it is taken away, and
// a model server behind it. Fields: skypilot-org/skypilot, sky/utils/schemas.py and its reference (read 2026-11-21); a test holds the
// files to a table of them, because the published JSON schema lets wrong keys pass.
local make_machine = import 'lib/machine.libsonnet';
local pytorch = import 'data/pytorch.libsonnet';
local rented = import 'cloud/rented.libsonnet';
local text = import 'lib/text.libsonnet';

function(advice, machine, params)
  local gpu = rented(make_machine(machine), params);
  local minutes = std.max(1, std.ceil(params.max_runtime / 60)) + 'm';
  local setup = [
    'set -e',
    'python3 -m venv ~/environment',
    '~/environment/bin/pip install --quiet --index-url ' + pytorch.index(pytorch.cuda[1].build) + ' torch==' + pytorch.version,
    'if [ -f requirements.txt ]; then ~/environment/bin/pip install --quiet -r requirements.txt; fi',
  ];
  local allowed = 'abcdefghijklmnopqrstuvwxyz0123456789.-_/';
  local good(bucket) =
    local name = std.substr(bucket, 5, std.length(bucket));
    std.member(['s3://', 'gs://', 'r2://'], std.substr(bucket, 0, 5)) && std.length(name) > 0 &&
    std.length([c for c in std.stringChars(name) if !text.contains(allowed, c)]) == 0;
  assert params.bucket == null || good(params.bucket) : 'bucket must be s3://NAME, gs://NAME or r2://NAME\nhelp: --set bucket=s3://my-checkpoints';
  {
    'skypilot/train.yaml': {
      format: 'yaml',
      header: 'sky jobs launch skypilot/train.yaml, from the folder above this one: it is what is sent along.',
      content: {
        name: params.name,
        '#workdir': 'seen from where sky is called; .skyignore leaves things out',
        workdir: '.',
        num_nodes: params.nodes,
        resources: {
          '#accelerators': gpu.why + '; the cheapest that can be had',
          accelerators: { [name]: gpu.count for name in gpu.names },
          '#cpus': '4 for each GPU, and 16 GB of memory',
          cpus: gpu.cpus + '+',
          memory: gpu.memory_gb + '+',
          disk_size: gpu.disk_gb,
          '#use_spot': 'spare machines cost a third or less, and are taken away at any time: SkyPilot then begins again elsewhere',
          use_spot: params.spot,
          [if params.spot then 'job_recovery']: { '#max_restarts_on_errors': 'an error of your own program is no reason to pay again', max_restarts_on_errors: 1 },
        },
      } + (if params.bucket == null then {} else {
        file_mounts: { '/checkpoints': { '#': 'stays when the machine goes; train.py saves there and resumes', source: params.bucket, mode: 'MOUNT' } },
      }) + {
        envs: { CHECKPOINTS: if params.bucket == null then 'checkpoints' else '/checkpoints', MAX_RUNTIME: minutes },
        setup: text.lines(setup),
        '#run': 'on every node; one process for each GPU. timeout ends a try that runs away: the longest time that you are ready to pay for',
        run: |||
          set -e
          first=$(echo "$SKYPILOT_NODE_IPS" | head -n 1)
          mkdir -p "$CHECKPOINTS"
          timeout "$MAX_RUNTIME" ~/environment/bin/torchrun --nnodes="$SKYPILOT_NUM_NODES" --node-rank="$SKYPILOT_NODE_RANK" \
            --nproc-per-node="$SKYPILOT_NUM_GPUS_PER_NODE" --master-addr="$first" --master-port=29500 train.py --checkpoints "$CHECKPOINTS"
        |||,
      },
    },
    'skypilot/serve.yaml': {
      format: 'yaml',
      header: 'sky launch -c ' + params.name + '-server skypilot/serve.yaml: a model server for ' + minutes + ' at most.',
      content: {
        name: params.name + '-server',
        resources: {
          '#accelerators': gpu.why,
          accelerators: { [name]: gpu.count for name in gpu.names },
          cpus: gpu.cpus + '+',
          memory: gpu.memory_gb + '+',
          disk_size: gpu.disk_gb,
          '#autostop': 'the machine is removed when the server has ended',
          autostop: { idle_minutes: 10, down: true },
        },
        envs: { MODEL: 'Qwen/Qwen2.5-7B-Instruct', MAX_RUNTIME: minutes },
        secrets: { '#HF_TOKEN': 'only for models that ask for one: sky launch --secret HF_TOKEN takes it from your environment', HF_TOKEN: '' },
        setup: 'python3 -m venv ~/environment && ~/environment/bin/pip install --quiet vllm\n',
        '#run': 'no port is opened to the world: ssh brings it to you (README.md). A server that runs is a task, and no machine with one is idle',
        run: 'timeout "$MAX_RUNTIME" ~/environment/bin/vllm serve "$MODEL" --host 127.0.0.1 --port 8000 --tensor-parallel-size "$SKYPILOT_NUM_GPUS_PER_NODE"\n',
      },
    },
    'skypilot/README.md': { format: 'text', content: '# Rented GPUs, where they are cheapest\n\nSkyPilot takes the cheapest of ' + std.join(', ', gpu.names) + ' (' + gpu.count + ' on each machine) from the clouds that you have accounts with.\n\n' + text.filled(|||
      ## Use it

      ```sh
      pip install "skypilot[aws,gcp,azure,lambda,runpod]"   # those that you use
      sky check                                             # which clouds will have you
      sky jobs launch skypilot/train.yaml                   # shows the prices first, and asks
      sky jobs queue; sky jobs logs
      ```

      Call it from the folder above this one. `train.py` there is yours: it saves to `--checkpoints` and resumes from the last file there. On
      spare machines (`--set spot=no` rents ordinary ones) checkpoints must outlive the machine: `--set bucket=s3://...`.
      A try ends after `MAX_RUNTIME`; `--set max_runtime=...`.

      A model server: `sky launch -c NAME-server skypilot/serve.yaml`, then `ssh -L 8000:127.0.0.1:8000 NAME-server`, and
      `palier bench endpoint http://127.0.0.1:8000` measures it.

      ## Undo

      `sky jobs cancel --all`, `sky down --all`. The controller of managed jobs is a machine of its own, which stops by itself:
      `sky down 'sky-jobs-controller-*'` removes it. The bucket stays: its provider's tools empty it.
    |||, { NAME: params.name }) },
    '#open': if params.bucket == null && params.spot then ['where checkpoints outlive a machine that is taken away (bucket)'] else [],
  }
