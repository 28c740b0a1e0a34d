// Every number of the bundle, with how it came about. Sizes are in bytes, times in seconds. The values are locals, not
// members that refer to each other: Jsonnet computes a local once and a member each time.
local images = import 'data/images.libsonnet';
local models = import 'data/models.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local ceil_gib(bytes) = std.ceil(bytes / gib);
local si(bytes) = if bytes >= 1e9 then text.number(bytes / 1e9) + ' GB' else text.number(bytes / 1e6) + ' MB';
local first(list, default) = if std.length(list) > 0 then list[0] else default;
local or_default(value, default) = if value != null then value else default;
local contains(string, part) = std.length(std.findSubstr(part, string)) > 0;

function(machine, params)
  // Engine
  local gpu = first(machine.nvidia, null);
  local engine = if params.engine != 'auto' then params.engine
  else if gpu != null || params.gpus != null then 'vllm' else 'llama.cpp';
  local on_gpu = engine == 'vllm';

  // Model and GPUs: the largest known model that fits, on as few GPUs as it fits on
  local gpu_memory = or_default(params.gpu_memory, machine.get(gpu, 'memory_total'));
  local gpus_here = std.length(machine.nvidia);
  local most_gpus = or_default(params.gpus, std.max(1, gpus_here));
  local kv_of_one(model) = params.context * model.kv;
  local fits(model, gpus) =
    gpu_memory == null || model.size + kv_of_one(model) + 2 * gib <= 0.9 * gpus * gpu_memory;
  local need_text(model, gpus) =
    text.bytes(model.size) + ' of weights + ' + text.bytes(kv_of_one(model)) + ' of KV cache for one request of ' +
    params.context + ' tokens + 2 GiB, within 0.9 of ' + gpus + ' x ' + text.bytes(gpu_memory);
  local known = models[engine];
  local named = [m for m in known if m.name == params.model];
  local fitting = [m for m in known if params.context <= m.context && (!on_gpu || fits(m, most_gpus))];
  local model = if params.model == null then
    first(fitting, error 'none of the models that palier knows fits\nhelp: --set model=NAME --set model_size=SIZE, or a smaller context')
  else if params.model_size != null then
    { name: params.model, size: params.model_size, kv: first(named, { kv: models.unknown_kv }).kv }
  else
    first(named, error 'how large the weights of this model are is not known\nhelp: --set model_size=16GB, say');
  local gpus = if !on_gpu then 0 else or_default(params.gpus, first([n for n in [1, 2, 4, 8] if n <= most_gpus && fits(model, n)], most_gpus));

  // What the machine says of CPUs and memory counts where it could be the node: not for GPUs that it does not have.
  local is_node = gpus <= gpus_here;
  local node = if is_node then machine else { cpus: null, memory: null };

  // Image
  local pinned = images[engine];
  local image = or_default(params.image, pinned.image + '@' + pinned.digest);
  local driver = if gpu == null then null else machine.driver(gpu);
  local driver_text = if on_gpu && driver != null && driver < pinned.driver then '. This machine has driver ' + driver else '';
  local last_part = local parts = std.split(image, '/'); parts[std.length(parts) - 1];

  // CPU and memory
  local most_cpus = if on_gpu then 4 * gpus else 16;
  local free_cpus = if node.cpus == null then (if on_gpu then most_cpus else 4) else std.max(1, std.floor(node.cpus) - 1);
  local cpus = or_default(params.cpus, std.min(most_cpus, free_cpus));
  local concurrency = or_default(params.concurrency, if on_gpu then 64 else 4);
  local kv = concurrency * params.context * model.kv;
  local shm = if gpus > 1 then 2 * gib else 0;
  local memory_gib = ceil_gib(
    (if params.memory != null then params.memory else if on_gpu then model.size + 8 * gib else 1.1 * model.size + kv + gib) + shm
  );
  local cache_gib = ceil_gib(model.size * 1.2 + 2 * gib);

  // Time
  local compile = if on_gpu then 60 else 5;
  local cold_start = std.ceil(model.size / params.download_bandwidth + model.size / params.storage_bandwidth + compile);
  local cold_start_why =
    si(model.size) + ' at ' + si(params.download_bandwidth) + '/s to download + ' +
    si(model.size) + ' at ' + si(params.storage_bandwidth) + '/s to load + ' + compile + ' s to compile and warm up';
  local startup = std.max(600, 2 * cold_start);
  local pull = std.ceil(pinned.size / params.download_bandwidth);
  local longest = std.ceil(params.max_request);
  // vLLM finishes what it has begun once it is told to stop; llama.cpp does not, so its requests end before it is told.
  local pre_stop = if on_gpu then 15 else longest;

  // Replicas
  local capacity = if on_gpu then std.floor(gpus_here / gpus) else 2;
  local max_replicas = or_default(params.max_replicas, std.max(params.min_replicas + 1, capacity));

  assert on_gpu || params.gpus == null : 'llama.cpp runs on CPUs in this target\nhelp: leave out gpus, or set engine=vllm';
  assert params.gpus == null || std.member([1, 2, 4, 8], params.gpus) :
         'gpus must be 1, 2, 4 or 8, got ' + params.gpus + ': the model is split evenly\nhelp: --set gpus=4';
  assert std.length(model.name) > 0 && !std.startsWith(model.name, '-') : "a model's name is not empty and does not start with '-'";
  assert !on_gpu || fits(model, gpus) : 'the model does not fit: ' + need_text(model, gpus) + '\nhelp: more gpus, a smaller context, or a smaller model';
  assert contains(last_part, ':') && !std.endsWith(image, ':latest') :
         'the image must have a tag that does not move, or a digest\nhelp: --set image=IMAGE:TAG, or IMAGE@sha256:...';
  assert max_replicas >= params.min_replicas : 'max_replicas is less than min_replicas';

  {
    engine: engine,
    on_gpu: on_gpu,
    is_node: is_node,
    model: model,
    gpus: gpus,
    gpu_why: if gpu_memory == null
    then 'not checked: the memory of a GPU was neither detected nor set (gpu_memory)'
    else need_text(model, gpus),
    image: image,
    image_why: if params.image == null
    then 'tag and digest as read on ' + pinned.date + ' in public build files; needs ' + pinned.needs + driver_text
    else if contains(image, '@sha256:') then 'as set'
    else 'as set; its digest is not known, so what the tag means can change',
    image_needs: if params.image == null then pinned.needs + driver_text else 'what the image asks for',
    cpus: cpus,
    cpus_why: if params.cpus != null then 'as set'
    else if on_gpu then '4 for each GPU' + (if is_node then ', within what the machine has less one' else '')
    else "the machine's usable CPUs less one, 16 at most: beyond, memory bandwidth is the limit",
    concurrency: concurrency,
    shm: shm,
    memory_gib: memory_gib,
    memory_why: (if params.memory != null then 'as set'
                 else if on_gpu then text.bytes(model.size) + ' of weights on their way to the GPU + 8 GiB for the server'
                 else '1.1 x ' + text.bytes(model.size) + ' of weights + ' + text.bytes(kv) + ' of KV cache (' + concurrency + ' requests x ' + params.context + ' tokens x ' + model.kv + ' bytes) + 1 GiB') +
                (if shm > 0 then ' + 2 GiB of /dev/shm, which counts here' else '') +
                (if node.memory != null && memory_gib * gib > node.memory then '. More than this machine has' else ''),
    cache_gib: cache_gib,
    cache_why: '1.2 x ' + text.bytes(model.size) + ' of weights + 2 GiB for compiled code',
    disk_gib: cache_gib + 2,
    cold_start: cold_start,
    cold_start_why: cold_start_why,
    startup_failures: std.ceil(startup / 10),
    startup_why: '2 x (' + cold_start_why + ') = ' + 2 * cold_start + ' s' + (if startup > 2 * cold_start then ', raised to 600 s' else '') + ', in periods of 10 s',
    deadline: pull + startup + 300,
    deadline_why: pull + ' s to pull the image + ' + startup + ' s to start + 300 s to be scheduled; the default of 600 s would call a slow start a failure',
    longest: longest,
    pre_stop: pre_stop,
    grace: pre_stop + (if on_gpu then std.ceil(1.5 * longest) else 15),
    grace_why: if on_gpu then '15 s for the Service to forget the pod + 1.5 x ' + longest + ' s, the longest request'
    else longest + ' s, the longest request, in preStop + 15 s to end',
    min_replicas: params.min_replicas,
    max_replicas: max_replicas,
  }
