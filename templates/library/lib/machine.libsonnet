// What templates ask of a Machine document, every part of which may be missing.
local text = import 'lib/text.libsonnet';

local words = {
  en: { cpus: ' usable CPUs', memory: ' of usable memory', none: 'no GPU found', unusable: ', not usable: ', unknown: 'unknown' },
  fr: { cpus: ' CPU utilisables', memory: ' de mémoire utilisable', none: 'aucun GPU trouvé', unusable: ', inutilisable : ', unknown: 'inconnu' },
};

local digits(value, longest) =
  std.length(value) > 0 && std.length(value) <= longest &&
  std.length(std.filter(function(c) c < '0' || c > '9', std.stringChars(value))) == 0;

function(machine) {
  // Absent and null are both "unknown".
  local get(object, key, default=null) =
    local value = if std.type(object) == 'object' then std.get(object, key) else null;
    if value == null then default else value,
  local list(key) = local value = get(machine, key); if std.type(value) == 'array' then value else [],
  local gpus = list('gpus'),
  local usable(vendor) = [gpu for gpu in gpus if get(gpu, 'vendor') == vendor && get(gpu, 'usable', false)],
  local cpus = get(get(machine, 'effective'), 'cpus'),
  local memory = get(get(machine, 'effective'), 'memory', get(get(machine, 'memory'), 'total')),

  get:: get,
  kind: get(get(machine, 'platform'), 'kind', 'computer'),
  cpus: cpus,
  memory: memory,
  gpus: gpus,
  nvidia: usable('nvidia'),
  amd: usable('amd'),

  // "8.6" -> 86, so that capabilities compare; null where it is unknown.
  capability(gpu):
    local parts = std.split(get(gpu, 'compute_capability', ''), '.');
    if std.length(parts) == 2 && digits(parts[0], 3) && digits(parts[1], 1)
    then std.parseInt(parts[0]) * 10 + std.parseInt(parts[1]) else null,

  // "580.65.06" -> 580
  driver(gpu):
    local major = std.split(get(gpu, 'driver', ''), '.')[0];
    if digits(major, 5) then std.parseInt(major) else null,

  // One line for a README.
  summary(lang='en'):
    local w = words[lang];
    local gpu_line(gpu) =
      local gpu_memory = get(gpu, 'memory_total');
      text.code(get(gpu, 'name', get(gpu, 'vendor', 'GPU'))) +
      (if gpu_memory == null then '' else ' (' + text.bytes(gpu_memory) + ')') +
      (if get(gpu, 'usable', false) then '' else w.unusable + text.code(get(gpu, 'why_not', w.unknown)));
    std.join('; ', [
      (if cpus == null then w.unknown else text.number(cpus)) + w.cpus,
      (if memory == null then w.unknown else text.bytes(memory)) + w.memory,
    ] + (if std.length(gpus) == 0 then [w.none] else std.map(gpu_line, gpus))),
}
