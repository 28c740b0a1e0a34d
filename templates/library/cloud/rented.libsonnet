// A GPU to rent, as large as what the machine or the user asks for: what SkyPilot and dstack files have in common.
// Names as SkyPilot's catalogue has them; memory in GB as the GPUs are sold (gpuhunt's constraints, read 2026-11-21).
local gpus = [
  { name: 'T4', memory: 16 },
  { name: 'L4', memory: 24 },
  { name: 'A10G', memory: 24 },
  { name: 'A100', memory: 40 },
  { name: 'L40S', memory: 48 },
  { name: 'A100-80GB', memory: 80 },
  { name: 'H100', memory: 80 },
  { name: 'H200', memory: 141 },
];

function(machine, params)
  local cards = [machine.get(gpu, 'memory_total') for gpu in machine.nvidia if machine.get(gpu, 'memory_total') != null];
  // In GiB, of which a card of 24 GB has 22.5 to 24; what is asked for in GB is a little less in GiB, and finds the same card.
  local here = if std.length(cards) == 0 then null else cards[0] / 1073741824;
  local wanted = if params.gpu_memory != null then params.gpu_memory / 1073741824 else if here != null then here else 15;
  local enough = [gpu for gpu in gpus if gpu.memory >= wanted];
  assert std.length(enough) > 0 : 'no GPU for rent is known with ' + std.ceil(wanted) + ' GiB of memory\nhelp: ask for several smaller ones: --set gpus=2 --set gpu_memory=80GB';
  local memory = enough[0].memory;
  {
    count: params.gpus,
    memory: memory,
    // The smallest that will do, and what is up to twice as large: what is cheaper that day is taken.
    names: [gpu.name for gpu in enough if gpu.memory <= 2 * memory],
    why: if params.gpu_memory != null then 'asked for: GPUs of at least ' + memory + ' GB'
    else if here != null then 'at least what this machine has: GPUs of ' + memory + ' GB and more'
    else 'the smallest that is for rent: GPUs of ' + memory + ' GB and more',
    // What loads data beside each GPU.
    cpus: 4 * params.gpus,
    memory_gb: 16 * params.gpus,
    disk_gb: 100,
  }
