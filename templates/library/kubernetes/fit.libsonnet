// What the advice says of the model that the bundle serves (the figures of palier fit), where nothing was set for which
// it was not computed; otherwise null.
local text = import 'lib/text.libsonnet';

local agrees(set, computed) = set == null || set == computed;
local own_name(repository) = local parts = std.split(repository, '/'); std.asciiLower(parts[std.length(parts) - 1]);
local names(name, fit) = text.contains(std.asciiLower(name), own_name(fit.repository));

function(advice, engine, params, default_model, gpu_memory)
  local all = if std.type(advice) == 'object' then std.get(advice, 'fits', []) else [];
  local model = if params.model == null then default_model else params.model;
  local usable(fit) =
    fit.engine == engine && fit.fits && fit.repository != '' && params.model_size == null &&
    agrees(params.context, fit.context) &&
    if engine == 'vllm'
    then agrees(params.gpus, fit.gpus) && fit.gpu_total == gpu_memory && (params.model == null || names(params.model, fit))
    else fit.gpus == 0 && agrees(params.concurrency, fit.sequences) && names(model, fit) && std.endsWith(model, ':' + fit.type);
  local found = [fit for fit in all if usable(fit)];
  if std.length(found) > 0 then found[0] else null
