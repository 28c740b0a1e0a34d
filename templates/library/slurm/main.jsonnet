// Batch jobs on a Slurm cluster, and the configuration of a small one. How a site wants GPUs to be asked for differs, so
// it is a parameter.
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

function(advice, machine, params)
  local m = make_machine(machine);
  // One kind of GPU is scheduled: NVIDIA's, otherwise AMD's; those in a processor are left to the screen.
  local amd = [gpu for gpu in m.amd if m.get(gpu, 'kind', 'discrete') != 'integrated'];
  local vendor = if std.length(amd) > 0 && std.length(m.nvidia) == 0 then 'amd' else 'nvidia';
  local gpus_here = std.length(if vendor == 'nvidia' then m.nvidia else amd);
  local gpus = if params.gpus != null then params.gpus else std.max(1, gpus_here);
  local cpus = if m.cpus == null then 8 else std.max(1, std.floor(m.cpus));
  local all_memory = if m.memory == null then 16384 else std.floor(m.memory / 1048576);
  local for_system = std.min(2048, std.floor(all_memory / 4));
  local memory = all_memory - for_system;
  local memory_per_cpu = std.max(1, std.floor(memory / cpus));
  // Whole cores are given out where the machine's are all alike and all ours; otherwise every CPU counts as one.
  local cpu = m.get(machine, 'cpu', {});
  local packages = m.get(cpu, 'packages', 0), cores = m.get(cpu, 'cores', 0), pus = m.get(cpu, 'pus', 0);
  local alike = packages > 0 && cores > 0 && pus == cpus && cores % packages == 0 && pus % cores == 0;
  local topology = if alike then ' Sockets=' + packages + ' CoresPerSocket=' + cores / packages + ' ThreadsPerCore=' + pus / cores else '';
  local gpu_line = if params.gpu_option == 'gres' then '#SBATCH --gres=gpu:' + gpus else '#SBATCH --gpus-per-node=' + gpus;
  local limit = std.ceil(params.max_runtime / 60);
  local per_gpu = std.max(1, std.floor(cpus / std.max(1, gpus)));
  local site = (if params.partition == null then [] else ['#SBATCH --partition=' + params.partition]) + (if params.account == null then [] else ['#SBATCH --account=' + params.account]);
  local head(name, output, more) = ['#!/bin/bash', '#SBATCH --job-name=' + name] + more + site + ['#SBATCH --time=' + limit, '#SBATCH --output=%x-%' + output + '.out', '#SBATCH --requeue', '', 'set -euo pipefail'];
  local script(lines) = { format: 'text', mode: '0755', content: text.lines(lines) };
  {
    'slurm/train.sbatch': script(head('train', 'j', ['#SBATCH --nodes=' + params.nodes, '#SBATCH --ntasks-per-node=1', gpu_line, '# ' + per_gpu + ' for each GPU', '#SBATCH --cpus-per-task=' + per_gpu * gpus, '# whole nodes, with all of their memory', '#SBATCH --exclusive', '#SBATCH --mem=0', '# told 120 s before the end, so that there is time to go back into the queue', '#SBATCH --signal=B:USR1@120']) + [
      '',
      '# One torchrun on each node, which starts one process for each GPU. They meet at the first node.',
      'hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST")',
      "MASTER=${hosts%%$'\\n'*}",
      'PORT=$((20000 + SLURM_JOB_ID % 20000))  # two jobs on one node do not meet each other',
      'export OMP_NUM_THREADS=' + per_gpu,
    ] + (if params.infiniband then [
           '# NCCL over InfiniBand; ibstat lists the adapters. INFO says at the start what it chose.',
           'export NCCL_IB_DISABLE=0 NCCL_IB_HCA=mlx5 NCCL_DEBUG=INFO',
         ] else []) + [
      '',
      '# Where USR1 arrives the job is put back into the queue; train.py goes on from its last checkpoint. srun takes its CPUs from',
      '# the option alone (Slurm 22.05 and later): without it all of a node\'s processes share one core.',
      'trap \'scontrol requeue "$SLURM_JOB_ID"\' USR1',
      'srun --cpus-per-task="$SLURM_CPUS_PER_TASK" --kill-on-bad-exit=1 torchrun --nnodes="$SLURM_NNODES" --nproc-per-node=' + gpus + ' \\',
      '  --rdzv-id="$SLURM_JOB_ID" --rdzv-backend=c10d --rdzv-endpoint="$MASTER:$PORT" train.py "$@" &',
      'wait $!',
    ]),
    'slurm/sweep.sbatch': script(head('sweep', 'A_%a', ['#SBATCH --array=0-9%4', '#SBATCH --ntasks=1', if params.gpu_option == 'gres' then '#SBATCH --gres=gpu:1' else '#SBATCH --gpus-per-node=1', '#SBATCH --cpus-per-task=' + per_gpu, '# the share of a node\'s memory that belongs to its CPUs', '#SBATCH --mem-per-cpu=' + memory_per_cpu + 'M']) + [
      '',
      '# Ten settings, four at a time; the task number chooses one.',
      'rates=(1e-4 2e-4 5e-4 1e-3 2e-3 5e-3 1e-2 2e-2 5e-2 1e-1)',
      'srun --cpus-per-task="$SLURM_CPUS_PER_TASK" python train.py --learning-rate "${rates[$SLURM_ARRAY_TASK_ID]}" "$@"',
    ]),
    'slurm/cluster/slurm.conf': { format: 'text', content: text.lines([
      '# A small cluster of machines like the one this was made for: ' + cpus + ' CPUs, ' + memory + ' MiB (' + for_system + ' MiB are left to the system), ' + gpus + ' GPUs' + (if gpus_here == 0 && params.gpus == null then ', which is supposed: the machine has none, and --set gpus says how many its nodes have.' else '.'),
      '# The same file on every machine, in /etc/slurm/, with gres.conf beside it and one munge key for all.',
      'ClusterName=' + params.name,
      'SlurmctldHost=' + params.name + '-1',
      'AuthType=auth/munge',
      'SlurmUser=slurm',
      '# folders that Debian\'s packages make',
      'StateSaveLocation=/var/lib/slurm/slurmctld',
      'SlurmdSpoolDir=/var/lib/slurm/slurmd',
      'SlurmctldLogFile=/var/log/slurm/slurmctld.log',
      'SlurmdLogFile=/var/log/slurm/slurmd.log',
      '# jobs are held to what they asked for, and killed with all their children',
      'ProctrackType=proctrack/cgroup',
      'TaskPlugin=task/affinity,task/cgroup',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_Core_Memory',
      '# without it a job that names no memory takes all of a node',
      'DefMemPerCPU=' + memory_per_cpu,
      '# without it a job longer than its partition allows waits for ever and is not refused',
      'EnforcePartLimits=ALL',
      'SchedulerType=sched/backfill',
      'ReturnToService=2',
      'JobAcctGatherType=jobacct_gather/cgroup',
      'GresTypes=gpu',
      '# `slurmd -C` prints what a machine has: a line that promises more than that takes it out of service',
      'NodeName=' + params.name + '-' + (if params.nodes == 1 then '1' else '[1-' + params.nodes + ']') + ' CPUs=' + cpus + topology + ' RealMemory=' + memory + ' Gres=gpu:' + gpus + ' State=UNKNOWN',
      'PartitionName=' + (if params.partition == null then 'main' else params.partition) + ' Nodes=ALL Default=YES MaxTime=' + limit + ' State=UP',
    ]) },
    'slurm/cluster/cgroup.conf': { format: 'text', content: text.lines(['ConstrainCores=yes', 'ConstrainRAMSpace=yes', 'ConstrainDevices=yes']) },
    'slurm/README.md': { format: 'text', content: '# Batch jobs with Slurm\n\n' + |||
      | file | what it is |
      |---|---|
      | `train.sbatch` | one training over several nodes and all of their GPUs (torchrun); goes back into the queue when its time is up |
      | `sweep.sbatch` | an array of ten short jobs, four at a time |
      | `cluster/` | `slurm.conf`, `gres.conf` and `cgroup.conf` of a small cluster, if you run it yourself |

      ## Use it

      ```sh
      sbatch --test-only train.sbatch   # would the cluster take it, and when?
      sbatch train.sbatch
      squeue --me
      ```

      Submit from the environment that has PyTorch: a job gets the one it was submitted from. `train.py` is yours: it saves checkpoints, resumes from the last, and takes `--learning-rate` in the sweep. Sites differ in how
      GPUs are asked for: `--set gpu_option=gres` writes `--gres`, otherwise `--gpus-per-node`. `--set partition=... --set account=...`
      name yours.

      ## Set up a cluster

      On machines whose names resolve, with the same users and a shared folder for code and data (NFS, say). The first also decides:

      ```sh
      sudo apt install slurm-client munge slurmd      # every machine
      sudo apt install slurmctld                      # the first one
      sudo install -m 644 cluster/*.conf /etc/slurm/  # every machine, the same files
      sudo install -o munge -g munge -m 400 munge.key /etc/munge/munge.key  # every machine, the first one's key
      sudo systemctl restart munge slurmd             # every machine; on the first also slurmctld
      sinfo                                           # all nodes idle?
      ```

      The controller listens on port 6817, the nodes on 6818: let the cluster's network reach them and nobody else.

      ## Undo

      `scancel --me` ends your jobs. The cluster: `sudo apt purge slurmctld slurmd slurm-client munge`, and remove `/etc/slurm` and `/var/lib/slurm`.
    ||| },
    'slurm/cluster/gres.conf': { format: 'text', content: text.lines(
      if vendor == 'nvidia' then ['# AutoDetect=nvml finds them by itself where Slurm was built with it (Debian\'s is not).', 'Name=gpu File=/dev/nvidia' + (if gpus == 1 then '0' else '[0-' + (gpus - 1) + ']')]
      else ['# ls -l /dev/dri/by-path says which is which: a GPU in the processor may have taken 128', 'Name=gpu File=/dev/dri/renderD' + (if gpus == 1 then '128' else '[128-' + (127 + gpus) + ']')]
    ) },
  }
