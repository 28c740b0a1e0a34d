// The same environment as an image, and Compose to run it. Nothing that a user typed is in the Dockerfile's text, but for
// the Python version, which is one of a list.
local images = import 'data/images.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;

// 'compose.yaml' asks for GPUs as their vendors' runtimes want it.
local gpu(torch) =
  if std.startsWith(torch.build, 'cu') then {
    devices: {},
    reservation: {
      '#reservations': "needs NVIDIA's container toolkit on this machine",
      reservations: { devices: [{ driver: 'nvidia', count: 'all', capabilities: ['gpu'] }] },
    },
  } else if std.startsWith(torch.build, 'rocm') then {
    reservation: {},
    devices: {
      '#devices': "AMD's driver; the groups that may open it have numbers of their own on each machine: getent group render video",
      devices: ['/dev/kfd', '/dev/dri'],
      group_add: ['${VIDEO_GROUP:-44}', '${RENDER_GROUP:-992}'],
    },
  } else { devices: {}, reservation: {} };

function(machine, params, torch)
  local known = std.objectHas(images.python, params.python);
  local pinned = if known then images.python[params.python] else { digest: null };
  local name = images.python.image(params.python);
  local base = name + (if known then '@' + pinned.digest else '');
  local memory = if machine.memory == null then null else std.max(1, std.floor(machine.memory / gib) - 2);
  local device = gpu(torch);
  {
    open: if known then [] else ['the digest of ' + name + ' is not known: what its tag means can change'],

    'Dockerfile': { format: 'text', content: text.lines([
      '# The environment of requirements-torch.txt and requirements.txt as an image: docker compose up --build',
      '# ' + (if known then 'Tag and digest as read on ' + pinned.date + ' in public build files.' else 'Its digest is not known here, so what the tag means can change.'),
      'FROM ' + base + ' AS build',
      'RUN python -m venv /opt/venv',
      'ENV PATH=/opt/venv/bin:$PATH',
      "# PyTorch first and by itself, from its own index: a layer that changes seldom, and is the largest.",
      'COPY requirements-torch.txt /tmp/',
      'RUN pip install --no-cache-dir --requirement /tmp/requirements-torch.txt',
      'COPY requirements.txt /tmp/',
      'RUN pip install --no-cache-dir --requirement /tmp/requirements.txt',
      '',
      '# What runs has neither pip\'s leftovers nor a compiler; its user is not root.',
      'FROM ' + base,
      'RUN useradd --create-home --uid 10001 user && mkdir /work && chown user /work',
      'COPY --from=build /opt/venv /opt/venv',
      'ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1',
      'USER 10001',
      'WORKDIR /work',
      'COPY --chown=10001 start.ipynb /work/',
      'EXPOSE 8888',
      'HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen(\'http://127.0.0.1:8888/api\', timeout=3)"]',
      'CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]',
    ]) },

    '.dockerignore': { format: 'text', content: text.lines(['*', '!requirements-torch.txt', '!requirements.txt', '!start.ipynb']) },

    'compose.yaml': {
      format: 'yaml',
      header: 'docker compose up --build; the address with its token is in what it prints.',
      content: {
        name: params.name,
        services: { jupyter: {
          build: '.',
          '#ports': 'this machine alone can reach it',
          ports: ['127.0.0.1:8888:8888'],
          volumes: ['work:/work'],
          '#shm_size': "PyTorch's data loaders hand batches over in shared memory; the default of 64 MiB is too small",
          shm_size: '2gb',
          init: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          restart: 'unless-stopped',
          deploy: { resources: {
            [if memory != null || machine.cpus != null then '#limits']: 'what this machine lets us use, less 2 GiB of memory for everything else',
            [if memory != null || machine.cpus != null then 'limits']: {
              [if machine.cpus != null then 'cpus']: std.toString(machine.cpus),
              [if memory != null then 'memory']: memory + 'g',
            },
          } + device.reservation },
        } + device.devices },
        volumes: { work: {} },
      },
    },
  }
