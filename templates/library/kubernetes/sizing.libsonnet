// Every number of the bundle, with how it came about. Sizes are in bytes, times in seconds. The values are locals, not
// members that refer to each other: Jsonnet computes a local once and a member each time.
local fit_in = import 'kubernetes/fit.libsonnet';
local images = import 'data/images.libsonnet';
local k = import 'lib/kubernetes.libsonnet';
local models = import 'data/models.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local ceil_gib(bytes) = std.ceil(bytes / gib);
local si(bytes) = if bytes >= 1e9 then text.number(bytes / 1e9) + ' GB' else text.number(bytes / 1e6) + ' MB';
local first(list, default) = if std.length(list) > 0 then list[0] else default;
local share(x) = text.hundredths(std.floor(100 * x + 0.5));
local or_default(value, default) = if value != null then value else default;

local resources = { nvidia: 'nvidia.com/gpu', amd: 'amd.com/gpu' };

function(advice, machine, params)
  // Engine and device. A Jetson and a GPU that shares a processor's memory (AMD's) are left to llama.cpp on the CPUs: the
  // images below do not drive them.
  local discrete_amd = [gpu for gpu in machine.amd if !machine.get(gpu, 'unified', false)];
  local servable = if machine.kind == 'jetson' then [] else if std.length(machine.nvidia) > 0 then machine.nvidia else discrete_amd;
  local gpu = first(std.sort(servable, function(g) -machine.get(g, 'memory_total', 0)), null);
  local wants_gpu = if params.gpus != null then params.gpus > 0 else gpu != null;
  local engine = if params.engine != 'auto' then params.engine else if wants_gpu then 'vllm' else 'llama.cpp';
  local on_gpu = wants_gpu || engine == 'vllm';
  local vendor = if params.gpu_vendor != 'auto' then params.gpu_vendor else machine.get(gpu, 'vendor', 'nvidia');
  local mig = local profile = machine.get(gpu, 'mig'); if profile == 'enabled' then null else profile;
  local resource =
    if params.gpu_resource != null then params.gpu_resource
    else if params.time_slices > 1 then resources[vendor] + '.shared'
    else if mig != null then 'nvidia.com/mig-' + mig
    else resources[vendor];
  local is_slice = std.startsWith(resource, 'nvidia.com/mig-') || params.time_slices > 1;

  // Model and GPUs: the largest known model that fits, on as few GPUs as it fits on
  local whole_memory = or_default(params.gpu_memory, machine.get(gpu, 'memory_total'));
  local gpu_memory = if whole_memory == null then null else whole_memory / params.time_slices;
  local alike = [g for g in servable if machine.get(g, 'mig') == machine.get(gpu, 'mig') && machine.get(g, 'memory_total') == machine.get(gpu, 'memory_total')];
  local gpus_here = std.length(alike);
  // The advice's fit is of whole GPUs under vLLM, or of the CPUs under llama.cpp.
  local fit = if is_slice || on_gpu != (engine == 'vllm') || engine == 'ollama' then null else fit_in(advice, engine, params, models[engine][0].name, gpu_memory);
  local context = or_default(params.context, if fit == null then 8192 else fit.context);
  local usage = machine.get(machine.get(advice, 'needs'), 'usage');
  local users = if fit == null then null else machine.get(usage, 'users');
  local wanted = machine.get(usage, 'model', '');
  local most_gpus = if is_slice then 1 else or_default(params.gpus, std.max(1, gpus_here));
  local kv_of_one(model) = context * model.kv;
  local fits(model, gpus) =
    gpu_memory == null || fit != null || model.size + kv_of_one(model) + 2 * gib <= 0.9 * gpus * gpu_memory;
  local fit_text =
    text.bytes(fit.weights) + ' of weights + ' + text.bytes(fit.cache) + ' of KV cache for ' + fit.sequences + ' requests of ' +
    context + ' tokens + ' + text.bytes(fit.compute) + ' to compute + what vLLM takes, within ' + share(fit.gpu_memory_utilization) + ' of ' +
    fit.gpus + ' x ' + text.bytes(gpu_memory) + ' (palier fit ' + fit.model + ' --engine vllm)';
  local need_text(model, gpus) =
    if fit != null then fit_text else
    text.bytes(model.size) + ' of weights + ' + text.bytes(kv_of_one(model)) + ' of KV cache for one request of ' +
    context + ' tokens + 2 GiB, within 0.9 of ' + gpus + ' x ' + text.bytes(gpu_memory) +
    (if params.time_slices > 1 then ', the share of one of ' + params.time_slices + ' time slices (their memory is not kept apart)' else '');
  local known = models[engine];
  local named = [m for m in known if m.name == params.model];
  local concurrency = or_default(params.concurrency, if users != null then users else if engine == 'vllm' then 64 else if fit != null then fit.sequences else 4);
  local on_cpus(m) = 1.1 * m.size + concurrency * context * m.kv + gib;
  local fits_node(m) = machine.memory == null || on_cpus(m) <= k.left_for_pods(machine.memory);
  local fitting = [m for m in known if context <= m.context && (if on_gpu then fits(m, most_gpus) else fits_node(m) || m == known[std.length(known) - 1])];
  local model = if fit != null then
    { name: if params.model != null then params.model else if on_gpu then fit.repository else models[engine][0].name, size: if params.model == null && !on_gpu then models[engine][0].size else fit.files, kv: fit.cache / fit.sequences / context }
  else if params.model == null && wanted != '' then
    error 'the bundle has no ' + engine + ' checkpoint of ' + wanted + ' for what is set, or it does not fit\nhelp: --set model=OWNER/NAME-GGUF:Q4_K_M for llama.cpp; palier fit says what fits'
  else if params.model == null then
    first(fitting, error 'none of the models that palier knows fits\nhelp: --set model=NAME --set model_size=SIZE, or a smaller context')
  else if params.model_size != null then
    { name: params.model, size: params.model_size, kv: first(named, { kv: models.unknown_kv }).kv }
  else
    first(named, error 'how large the weights of this model are is not known\nhelp: --set model_size=16GB, say');
  local gpus = if !on_gpu then 0 else if fit != null then fit.gpus else or_default(params.gpus, first([n for n in [1, 2, 4, 8] if n <= most_gpus && fits(model, n)], most_gpus));

  // What the machine says of CPUs and memory counts where it could be the node: not for GPUs that it does not have.
  local is_node = gpus <= gpus_here;
  local node = if is_node then machine else { cpus: null, memory: null };

  // Image
  local pinned = images[engine][if on_gpu then vendor else 'cpu'];
  local digest = if params.image == null then pinned.digest else null;
  local image = if params.image != null then params.image else pinned.image + (if digest == null then '' else '@' + digest);
  local has_digest = text.contains(image, '@sha256:');
  local driver = if gpu == null then null else machine.driver(gpu);
  local driver_text = if on_gpu && driver != null && std.objectHas(pinned, 'driver') && driver < pinned.driver then '. This machine has driver ' + driver else '';
  local last_part = local parts = std.split(image, '/'); parts[std.length(parts) - 1];

  // CPU and memory
  local most_cpus = if on_gpu then 4 * gpus else 16;
  local few_cpus = node.cpus != null && node.cpus < 2;
  local free_cpus = if node.cpus == null then (if on_gpu then most_cpus else 4) else if few_cpus then 0.5 else std.floor(node.cpus) - 1;
  local cpus = or_default(params.cpus, std.min(most_cpus, free_cpus));
  local kv = concurrency * context * model.kv;
  local shm = if gpus > 1 then 2 * gib else 0;
  local memory_gib = ceil_gib(
    (if params.memory != null then params.memory else if on_gpu then model.size + 8 * gib else if fit != null then fit.memory + std.max(0, model.size - fit.files) else on_cpus(model)) + shm
  );
  // The weights are fetched before the server starts; llama.cpp knows no other way than to load them once.
  local fetch_memory_gib = if engine == 'llama.cpp' then memory_gib else 2;

  // Disk
  local weights_gib = ceil_gib(1.2 * model.size);
  local cache_gib = if on_gpu then 4 else 1;

  // Time
  local shared = params.weights == 'claim';
  local compile = if engine == 'vllm' then 60 else 5;
  local download = std.ceil(model.size / params.download_bandwidth);
  local load_why = si(model.size) + ' at ' + si(params.storage_bandwidth) + '/s to load + ' + compile + ' s to compile and warm up';
  local load = std.ceil(model.size / params.storage_bandwidth + compile);
  local startup = std.max(600, 2 * load);
  local cold_start = load + (if shared then 0 else download);
  local pull = std.ceil(pinned.size / params.download_bandwidth);
  local longest = std.ceil(params.max_request);
  // vLLM finishes what it has begun once it is told to stop; the others do not, so their requests end before they are told.
  local drains = engine == 'vllm';
  local pre_stop = if drains then 15 else longest;
  local deadline = pull + download + startup + 300;

  // Replicas
  local capacity = if on_gpu then std.floor(gpus_here / gpus) else 2;
  local max_replicas = or_default(params.max_replicas, std.max(params.min_replicas + 1, capacity));
  local autoscaler = if params.autoscaler != 'auto' then params.autoscaler
  else if engine == 'ollama' && on_gpu then 'none' else if on_gpu then 'keda' else 'hpa';
  local most_pods = max_replicas + (if on_gpu then 0 else 1);

  assert params.gpus == null || std.member([0, 1, 2, 4, 8], params.gpus) :
         'gpus must be 0, 1, 2, 4 or 8, got ' + params.gpus + ': the model is split evenly\nhelp: --set gpus=4';
  assert engine != 'vllm' || params.gpus != 0 : 'vLLM runs on GPUs in this target\nhelp: --set engine=llama.cpp, or ollama';
  assert !is_slice || params.gpus == null || params.gpus == 1 :
         'a model is not split over slices of GPUs\nhelp: --set gpus=1';
  assert std.objectHas(images[engine], if on_gpu then vendor else 'cpu') || params.image != null :
         engine + ' has no image here for GPUs of ' + vendor + '\nhelp: --set engine=vllm, or gpus=0, or an image of your own';
  assert std.length(model.name) > 0 && !std.startsWith(model.name, '-') : "a model's name is not empty and does not start with '-'";
  assert !on_gpu || fits(model, gpus) : 'the model does not fit: ' + need_text(model, gpus) + '\nhelp: more gpus, a smaller context, or a smaller model';
  assert text.contains(last_part, ':') && !std.endsWith(image, ':latest') :
         'the image must have a tag that does not move, or a digest\nhelp: --set image=IMAGE:TAG, or IMAGE@sha256:...';
  assert max_replicas >= params.min_replicas : 'max_replicas is less than min_replicas';
  assert !(engine == 'ollama' && on_gpu && std.member(['keda', 'hpa'], autoscaler)) :
         "Ollama publishes no metrics, and a GPU server's CPU says nothing about waiting users\nhelp: --set autoscaler=none with min_replicas, or engine=llama.cpp";

  {
    engine: engine,
    fit: fit,
    context: context,
    on_gpu: on_gpu,
    vendor: vendor,
    resource: resource,
    is_node: is_node,
    model: model,
    gpus: gpus,
    gpu_why: if gpu_memory == null
    then 'not checked: the memory of a GPU was neither detected nor set (gpu_memory)'
    else need_text(model, gpus),
    gpu_need_mib: std.ceil((model.size + kv_of_one(model) + 2 * gib) / 0.9 / std.max(1, gpus) * params.time_slices / 1048576),
    utilization: if fit != null && on_gpu then share(fit.gpu_memory_utilization)
    else if params.time_slices > 1 then text.hundredths(std.floor(90 / params.time_slices)) else null,
    image: image,
    image_open: if has_digest then [] else ['the digest of ' + image + ' is not known: what its tag means can change'],
    image_why: if params.image != null
    then (if has_digest then 'as set' else 'as set; its digest is not known, so what the tag means can change')
    else (if digest == null then 'its digest is not known here, so what the tag means can change; ' else 'tag and digest ') +
         'as read on ' + pinned.date + ' in public build files; needs ' + pinned.needs + driver_text,
    image_needs: if params.image == null then pinned.needs + driver_text else 'what the image asks for',
    cpus: cpus,
    cpus_why: if params.cpus != null then 'as set'
    else if on_gpu && !few_cpus then '4 for each GPU' + (if is_node then ', within what the machine has less one' else '')
    else if few_cpus then 'half of the one that there is: the kubelet takes some of it'
    else "the machine's usable CPUs less one, 16 at most: beyond, memory bandwidth is the limit",
    concurrency: concurrency,
    shm: shm,
    memory_gib: memory_gib,
    fetch_memory_gib: fetch_memory_gib,
    memory_why: (if params.memory != null then 'as set'
                 else if on_gpu then text.bytes(model.size) + ' of weights on their way to the GPU + 8 GiB for the server'
                 else if fit != null then text.bytes(std.max(fit.weights, model.size)) + ' of weights + ' + text.bytes(fit.cache) + ' of KV cache (' + concurrency + ' requests x ' + context + ' tokens) + ' + text.bytes(fit.compute) + ' to compute + what llama.cpp takes, at most (palier fit ' + fit.model + ')'
                 else '1.1 x ' + text.bytes(model.size) + ' of weights + ' + text.bytes(kv) + ' of KV cache (' + concurrency + ' requests x ' + context + ' tokens x ' + model.kv + ' bytes) + 1 GiB') +
                (if shm > 0 then ' + 2 GiB of /dev/shm, which counts here' else '') +
                (if node.memory == null || memory_gib * gib <= k.left_for_pods(node.memory) then '' else if memory_gib * gib > node.memory then '. More than this machine has'
                 else '. More than a node of this size leaves to pods, about ' + text.bytes(k.left_for_pods(node.memory))),
    weights_gib: weights_gib,
    weights_why: '1.2 x ' + text.bytes(model.size) + ' of weights',
    cache_gib: cache_gib,
    disk_gib: weights_gib + cache_gib + 2,
    disk_shared_gib: cache_gib + 2,
    shared: shared,
    cold_start: cold_start,
    cold_start_why: (if shared then 'the weights are on the claim: ' else si(model.size) + ' at ' + si(params.download_bandwidth) + '/s to download + ') + load_why,
    download: download,
    startup_failures: std.ceil(startup / 10),
    startup_why: '2 x (' + load_why + ') = ' + 2 * load + ' s' + (if startup > 2 * load then ', raised to 600 s' else '') + ', in periods of 10 s; the download is over by then',
    deadline: deadline,
    deadline_why: pull + ' s to pull the image + ' + download + ' s to download the weights + ' + startup + ' s to start + 300 s to be scheduled; the default of 600 s would call a slow start a failure',
    longest: longest,
    drains: drains,
    pre_stop: pre_stop,
    grace: pre_stop + (if drains then std.max(15, std.ceil(1.5 * longest)) else 15),
    grace_why: if drains then '15 s for the Service to forget the pod + 1.5 x ' + longest + ' s, the longest request' + (if longest < 10 then ', 15 s at least' else '')
    else longest + ' s, the longest request, in preStop + 15 s to end',
    min_replicas: params.min_replicas,
    max_replicas: max_replicas,
    most_pods: most_pods,
    autoscaler: autoscaler,
    // Running requests that a replica should be kept at; the rest is room for the next ones.
    running_target: std.max(1, std.floor(0.75 * concurrency)),
  }
