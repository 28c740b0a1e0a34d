// A Jetson that serves a model: the power mode, clocks, swap on a disk, and a model server in a container of its own release.
local data = import 'data/jetson.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local models = import 'data/models.libsonnet';
local text = import 'lib/text.libsonnet';

local mib = 1048576, gib = 1073741824;
local swap_file = '/var/palier.swap';

function(advice, machine, params)
  local m = make_machine(machine);
  local name = m.get(m.get(machine, 'platform'), 'model', '');
  local fits(module) = std.length([word for word in module.words if !text.contains(name, word)]) == 0;
  local module = [row for row in data.modules if fits(row)][0];
  local modes = if params.power_mode == 'auto' then module.modes else [params.power_mode, 'MODE_' + params.power_mode];
  local memory = if m.memory == null then 8 * gib else m.memory;
  // Rounded, so that what the firmware keeps for itself (which differs between releases) changes no file.
  local memory_gib = std.floor(memory / gib + 0.5);
  local swap = std.floor((if params.swap == null then std.min(memory_gib, 16) * gib else params.swap) / mib);

  local drivers = [m.get(gpu, 'driver', '') for gpu in m.gpus];
  local release = if std.length(drivers) > 0 then std.split(drivers[0], '.')[0] else '';
  local known = std.objectHas(data.images, release);
  // A machine of another kind says nothing of the Jetson's release: the newest that is known.
  local image = if params.image != null then params.image else data.images[if known then release else 'R36'].image;

  local model = models['llama.cpp'][0];
  local requests = params.concurrency;
  local for_system = 2;
  local cache = (memory_gib - for_system) * gib - model.size * 1.2;
  local context = std.min(model.context, std.max(2048, std.floor(cache / 2 / model.kv / requests / 1024) * 1024));
  local readme = '# A Jetson that serves a model\n\nMade for: ' + text.code(if name == '' then 'an unknown module' else name) + ', ' + m.summary() + '.\n\n' + text.filled(|||
      | file | what it is |
      |---|---|
      | `setup.sh`, `settings.env` | power mode, clocks, swap; what was before is kept and comes back with `--undo` |
      | `palier-clocks.service`, `var-palier.swap.swap` | what makes them last over a restart |
      | `compose.yaml` | a model server on the GPU, in a container of the board's release |

      ## Use it

      ```sh
      sudo ./setup.sh --dry-run   # what it would do
      sudo ./setup.sh             # safe to run again
      docker compose up -d        # the model server; the first start downloads its model
      curl http://127.0.0.1:PORT/v1/chat/completions -H 'Content-Type: application/json' -d '{"messages": [{"role": "user", "content": "Hello"}]}'
      palier bench endpoint http://127.0.0.1:PORT
      ```

      Docker and NVIDIA's runtime come with JetPack: `sudo apt install nvidia-jetpack docker-compose-v2`. `sudo tegrastats` shows memory, clocks and heat.

      A language model answers as fast as the memory gives it its weights, and the memory is slower in the lower power modes (an
      Orin Nano at 15 W has two thirds of what it has at 25 W). `MAXN` modes have no limit on power: `--set power_mode=MAXN_SUPER` asks for
      one, which wants a good power supply and a fan. Some modes only begin after a restart; setup.sh says so.

      Without a desktop there is nearly a GiB more for models: `sudo systemctl set-default multi-user.target` and restart; `graphical.target` undoes it.

      ## Undo

      ```sh
      docker compose down --volumes --rmi all
      sudo ./setup.sh --undo
      ```
    |||, { PORT: std.toString(params.port) });
  {
    'jetson/setup.sh': { format: 'text', mode: '0755', content: importstr 'jetson/setup.sh' },
    'jetson/settings.env': { format: 'text', content: text.lines([
      '# Read by setup.sh.',
      '# The first of these modes that the board has' + (if params.power_mode == 'auto' then ': the fastest with a limit on power' else '; asked for'),
      "POWER_MODES='" + std.join(' ', modes) + "'",
      '# Clocks stay at the top of the mode: an answer after a pause is as quick as the rest, and the board is warmer',
      'LOCK_CLOCKS=' + (if params.lock_clocks then 'yes' else 'no'),
      '# ' + (if params.swap == null then 'as much as the memory, 16 GiB at most: a model that does not fit is slow to load, and not killed' else 'asked for'),
      'SWAP_MIB=' + swap,
    ]) },
    'jetson/palier-clocks.service': { format: 'text', content: text.lines([
      '# Keeps the clocks at the top of the power mode; setup.sh installs it. The first start stores what was before.',
      '[Unit]',
      'Description=Clocks at the top of the power mode',
      'After=nvpmodel.service',
      '',
      '[Service]',
      'Type=oneshot',
      'RemainAfterExit=yes',
      'StateDirectory=palier-jetson',
      "ExecStart=/bin/sh -c 'test -e /var/lib/palier-jetson/clocks || /usr/bin/jetson_clocks --store /var/lib/palier-jetson/clocks'",
      'ExecStart=/usr/bin/jetson_clocks',
      'ExecStop=/usr/bin/jetson_clocks --restore /var/lib/palier-jetson/clocks',
      '',
      '[Install]',
      'WantedBy=multi-user.target',
    ]) },
    'jetson/var-palier.swap.swap': { format: 'text', content: text.lines([
      "# Swap on the disk, before the compressed memory that JetPack comes with; setup.sh makes the file and installs this.",
      '[Unit]',
      'Description=Swap file',
      '',
      '[Swap]',
      'What=' + swap_file,
      'Priority=10',
      '',
      '[Install]',
      'WantedBy=swap.target',
    ]) },
    'jetson/compose.yaml': {
      format: 'yaml',
      header: 'A model server on the GPU: docker compose up -d, then curl http://127.0.0.1:' + params.port + '/health',
      content: {
        name: 'jetson',
        services: { model: {
          '#image': 'made for ' + data.images.R36.needs + '; its userland must fit the release that `cat /etc/nv_tegra_release` says',
          image: std.strReplace(image, '$', '$$'),
          '#runtime': "Jetson's GPU is reached through NVIDIA's runtime; reservations of devices find cards on a bus alone",
          runtime: 'nvidia',
          '#command': 'all layers on the GPU; ' + requests + ' requests at once, each with up to ' + context + ' tokens: weights of ' + text.bytes(model.size) + ', and half of what is left of ' + memory_gib + ' GiB less ' + for_system + ' GiB for everything else',
          command: ['llama-server', '--hf-repo', model.name, '--host', '0.0.0.0', '--port', '8080', '--n-gpu-layers', '99', '--ctx-size', std.toString(context * requests), '--parallel', std.toString(requests), '--metrics'],
          environment: { LLAMA_CACHE: '/data/models/llama', HF_HOME: '/data/models/huggingface' },
          '#ports': 'this machine alone can reach it',
          ports: ['127.0.0.1:' + params.port + ':8080'],
          volumes: ['models:/data/models'],
          init: true,
          restart: 'unless-stopped',
          security_opt: ['no-new-privileges:true'],
          '#mem_limit': 'of the memory that programs have; what they give the GPU is not counted, though it is the same memory',
          mem_limit: std.max(1, memory_gib - for_system) + 'g',
        } },
        volumes: { models: {} },
      },
    },
    'jetson/README.md': { format: 'text', content: readme },
    '#open': (if params.image != null then [] else ['the digest of ' + image + ' is not known: what its tag means can change'])
             + (if params.image != null || known || m.kind != 'jetson' then [] else ['no image of the model server is known for Jetson Linux ' + text.prose(release) + ' (image)']),
  }
