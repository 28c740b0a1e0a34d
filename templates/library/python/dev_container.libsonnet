// The image as a dev container, whose tool opens the folder in it. Its user gets the number of the one who opens it, so that files
// belong to whom they should. Keys: the schema of github.com/devcontainers/spec (2026-03-20).
local gib = 1073741824;

// How the tool finds a GPU. From "gpu" it asks Docker for NVIDIA's runtime, which Docker Desktop under WSL does not list.
local gpu(machine, torch) =
  if std.startsWith(torch.build, 'cu') then
    if machine.kind == 'wsl' then { needs: {}, arguments: ['--gpus', 'all'] } else { needs: { gpu: true }, arguments: [] }
  else if std.startsWith(torch.build, 'rocm') then { needs: {}, arguments: [
    '--device=/dev/kfd',
    '--device=/dev/dri',
    '--group-add=${localEnv:VIDEO_GROUP:44}',
    '--group-add=${localEnv:RENDER_GROUP:992}',
  ] }
  else { needs: {}, arguments: [] };

function(machine, params, torch)
  local found = gpu(machine, torch);
  local on_gpu = torch.build != 'cpu';
  local memory = if machine.memory == null then null else std.max(1, std.floor(machine.memory / gib) - 2);
  // What the notebook and the wheels need, and no more than this machine has.
  local at_most(value, limit) = if limit == null then value else std.min(value, limit);
  {
    name: params.name,
    build: { dockerfile: '../Dockerfile', context: '..' },
    remoteUser: 'user',
    init: true,
    hostRequirements: {
      cpus: std.max(1, at_most(2, if machine.cpus == null then null else std.floor(machine.cpus))),
      memory: at_most(if on_gpu then 8 else 4, memory) + 'gb',
      storage: (if on_gpu then 32 else 8) + 'gb',
    } + found.needs,
    runArgs: ['--shm-size=2g'] + found.arguments
             + (if machine.cpus == null then [] else ['--cpus=' + machine.cpus])
             + (if memory == null then [] else ['--memory=' + memory + 'g']),
    forwardPorts: [8888],
    customizations: {
      vscode: {
        extensions: ['ms-python.python', 'ms-toolsai.jupyter'],
        settings: { 'python.defaultInterpreterPath': '/opt/venv/bin/python' },
      },
    },
  }
