// The environment for Poetry, which keeps exact versions in poetry.lock. Keys: python-poetry.org, "The pyproject.toml file" (2.2, read
// 2026-11-22).
local pytorch = import 'data/pytorch.libsonnet';

function(params, torch, packages, tools)
  local next = std.parseInt(std.split(params.python, '.')[1]) + 1;
  {
    format: 'toml',
    header: 'The environment for Poetry: poetry install, then poetry run jupyter lab start.ipynb. Exact versions are in poetry.lock, which belongs into git.',
    content: {
      project: {
        name: params.name,
        version: '0.1.0',
        'requires-python': '>=' + params.python + ',<3.' + next,
        dependencies: [name + packages[name] for name in std.objectFields(packages)] + ['torch==' + pytorch.version, 'torchvision==' + pytorch.torchvision],
      },
      tool: { poetry: {
        '#package-mode': 'an environment, not a package that others install',
        'package-mode': false,
        '#source': torch.name + ': ' + torch.why,
        source: [{ name: 'pytorch', url: pytorch.index(torch.build), priority: 'explicit' }],
        dependencies: { torch: { source: 'pytorch' }, torchvision: { source: 'pytorch' } },
        group: { dev: { dependencies: tools } },
      } },
    },
  }
