// Which of PyTorch's wheels fit a machine: {build, name, why}.
local data = import 'data/pytorch.libsonnet';
local make_machine = import 'lib/machine.libsonnet';

local cpu(why) = data.cpu { why: why };

local cuda(machine, gpu) =
  local capability = machine.capability(gpu), driver = machine.driver(gpu);
  local driven(row) = driver == null || driver >= row.driver;
  local serving = [row for row in data.cuda if capability == null || (capability >= row.least && capability <= row.most)];
  local rows = [row for row in serving if driven(row)];
  if std.length(serving) == 0 then
    cpu('no PyTorch ' + data.version + ' wheel is known to serve compute capability ' + gpu.compute_capability)
  else if std.length(rows) == 0 then
    local row = serving[std.length(serving) - 1];
    cpu('driver ' + driver + ' is too old for ' + row.name + ', which needs ' + row.driver + ' or newer: update it, then generate again')
  else if capability == null then
    rows[0] { why: 'an NVIDIA GPU of unknown compute capability; these wheels serve ' + rows[0].least / 10 + ' to ' + rows[0].most / 10 }
  else
    rows[0] { why: 'compute capability ' + gpu.compute_capability + (if driver == null then '' else ', driver ' + driver) };

function(document, accelerator)
  local machine = make_machine(document);
  local has_nvidia = std.length(machine.nvidia) > 0, has_amd = std.length(machine.amd) > 0;
  if accelerator == 'cpu' then cpu('asked for')
  else if accelerator == 'rocm' then data.rocm { why: 'asked for' }
  else if accelerator == 'cuda' then (if has_nvidia then cuda(machine, machine.nvidia[0]) else data.cuda[0] { why: 'asked for' })
  else if machine.kind == 'jetson' then
    cpu("PyTorch's own wheels do not drive a Jetson's GPU; NVIDIA publishes separate ones for each JetPack")
  else if has_nvidia then cuda(machine, machine.nvidia[0])
  else if has_amd then data.rocm { why: 'an AMD GPU that is usable' }
  else if std.length(machine.gpus) > 0 then cpu('no GPU that a program can use now')
  else cpu('no GPU found')
