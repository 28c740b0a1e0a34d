// What templates ask of a Machine document, every part of which may be missing.
function(machine) {
  local text = import 'lib/text.libsonnet',
  local get(object, key, default=null) = if std.type(object) == 'object' then std.get(object, key, default) else default,
  local list(key) = local value = get(machine, key); if std.type(value) == 'array' then value else [],

  get:: get,
  architecture: get(get(machine, 'cpu'), 'architecture'),
  kind: get(get(machine, 'platform'), 'kind', 'computer'),
  cpus: get(get(machine, 'effective'), 'cpus'),
  memory: get(get(machine, 'effective'), 'memory', get(get(machine, 'memory'), 'total')),
  gpus: list('gpus'),
  local usable(vendor) = [gpu for gpu in self.gpus if get(gpu, 'vendor') == vendor && get(gpu, 'usable', false)],
  nvidia: usable('nvidia'),
  amd: usable('amd'),

  // "8.6" -> 86, so that capabilities compare; null where it is unknown.
  capability(gpu):
    local parts = std.split(get(gpu, 'compute_capability', ''), '.');
    local digits(s) = std.length(s) > 0 && std.length(s) < 4 && std.length(std.filter(function(c) c < '0' || c > '9', std.stringChars(s))) == 0;
    if std.length(parts) == 2 && digits(parts[0]) && digits(parts[1])
    then std.parseInt(parts[0]) * 10 + std.parseInt(parts[1]) else null,

  // "580.65.06" -> 580
  driver(gpu):
    local major = std.split(get(gpu, 'driver', ''), '.')[0];
    local digits = std.length(major) > 0 && std.length(major) < 6 && std.length(std.filter(function(c) c < '0' || c > '9', std.stringChars(major))) == 0;
    if digits then std.parseInt(major) else null,

  // One line for a README.
  summary:
    local gpu_line(gpu) = text.code(get(gpu, 'name', get(gpu, 'vendor', 'GPU'))) +
      (local memory = get(gpu, 'memory_total'); if memory == null then '' else ' (' + text.bytes(memory) + ')') +
      (if get(gpu, 'usable', false) then '' else ', not usable: ' + text.code(get(gpu, 'why_not', 'unknown')));
    std.join('; ', [
      (if self.cpus == null then 'CPUs unknown' else text.number(self.cpus) + ' usable CPUs'),
      text.bytes(self.memory) + ' of usable memory',
    ] + (if std.length(self.gpus) == 0 then ['no GPU found'] else std.map(gpu_line, self.gpus))),
}
