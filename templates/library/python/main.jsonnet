// The local Python environment: conda or mamba from environment.yml, pixi from pixi.toml, Poetry from pyproject.toml, uv or venv from the two requirements
// files, and as an image with Compose or as a dev container.
local container = import 'python/container.libsonnet';
local dev_container = import 'python/dev_container.libsonnet';
local choose_pytorch = import 'lib/pytorch.libsonnet';
local poetry = import 'python/poetry.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local pytorch = import 'data/pytorch.libsonnet';
local text = import 'lib/text.libsonnet';
local tools = import 'python/tools.libsonnet';

// Packages with the range of versions that this workspace is meant for: a major version each, newer minor ones welcome.
local packages = {
  jupyterlab: '>=4,<5',
  matplotlib: '>=3.8,<4',
  numpy: '>=1.26,<3',
  pandas: '>=2.2,<4',
  'scikit-learn': '>=1.4,<2',
};
local names = std.objectFields(packages);

function(advice, machine, params)
  local torch = choose_pytorch(machine, params.accelerator);
  local m = make_machine(machine);
  local contained = container(m, params, torch);
  local reason = 'PyTorch for ' + torch.name + ': ' + torch.why;
  {
    'python/environment.yml': {
      format: 'yaml',
      header: |||
        The environment for conda and mamba; ./setup.sh makes it in .conda/ beside this file.
        Change it as you like and run ./setup.sh again.
      |||,
      content: {
        name: params.name,
        channels: ['conda-forge', 'nodefaults'],
        '#channels': "conda-forge alone: Anaconda's own channel has terms that larger organisations must pay for",
        dependencies:
          ['python=' + params.python, 'pip'] + [name + packages[name] for name in names] + [
            {
              '#': reason,
              pip: ['--index-url ' + pytorch.index(torch.build), 'torch==' + pytorch.version, 'torchvision==' + pytorch.torchvision],
            },
          ],
      },
    },
    'python/pixi.toml': {
      format: 'toml',
      header: |||
        The environment for pixi; ./setup.sh --tool pixi makes it in .pixi/ beside this file, with exact versions in pixi.lock.
      |||,
      content: {
        workspace: {
          name: params.name,
          '#channels': "conda-forge alone: Anaconda's own channel has terms that larger organisations must pay for",
          channels: ['conda-forge'],
          '#platforms': 'add those of your other machines (linux-64, linux-aarch64): pixi.lock then holds for all',
          platforms: [if m.get(m.get(machine, 'cpu'), 'architecture') == 'aarch64' then 'linux-aarch64' else 'linux-64'],
        },
        dependencies: { python: params.python + '.*' } + packages,
        '#pypi-dependencies': reason,
        'pypi-dependencies': {
          local wheel(version) = { version: '==' + version, index: pytorch.index(torch.build) },
          torch: wheel(pytorch.version),
          torchvision: wheel(pytorch.torchvision),
        },
        tasks: { lab: 'jupyter lab start.ipynb' },
      },
    },
    'python/pyproject.toml': poetry(params, torch, packages, tools.packages),
    'python/.devcontainer/devcontainer.json': { format: 'json', content: dev_container(m, params, torch) },
    'python/requirements-torch.txt': {
      format: 'text',
      content: text.lines([
        '# ' + reason,
        "# Installed first and by itself, from PyTorch's own index (versions as of " + pytorch.date + ').',
        '--index-url ' + pytorch.index(torch.build),
        'torch==' + pytorch.version,
        'torchvision==' + pytorch.torchvision,
      ]),
    },
    'python/requirements.txt': {
      format: 'text',
      content: text.lines(
        ['# For uv and venv; PyTorch is in requirements-torch.txt.'] + [name + packages[name] for name in names]
      ),
    },
    'python/setup.sh': { format: 'text', mode: '0755', content: importstr 'python/setup.sh' },
    'python/start.ipynb': import 'lib/notebook.libsonnet',
    'python/README.md': { format: 'text', content: (import 'python/readme.libsonnet')(m, torch) },
  } + { ['python/' + file]: contained[file] for file in ['Dockerfile', '.dockerignore', 'compose.yaml'] } +
  { ['python/' + file]: tools[file] for file in std.objectFields(tools) } + { '#open': contained.open }
