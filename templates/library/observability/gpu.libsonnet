// What is measured of NVIDIA's GPUs (DCGM exporter): the counters, their alerts and their graphs. None of these needs more rights than the
// driver gives everybody; the counters of profiling (DCGM_FI_PROF_*) need CAP_SYS_ADMIN. Names: NVIDIA/dcgm-exporter, etc/default-counters.csv
// (4.8.2, 2026-05-06; later versions write the label Hostname small). Where a GPU gets slower by itself differs from model to model: 85 degrees is below that of most.
local series(name, values, labels='gpu="0",Hostname="node"') = { series: name + '{' + labels + '}', values: values };
local alert(name, expr, minutes, severity, summary, why, when, otherwise) = {
  name: name,
  expr: expr,
  minutes: minutes,
  severity: severity,
  summary: summary + ' (GPU {{ $labels.gpu }} of {{ $labels.Hostname }})',
  said: summary + ' (GPU 0 of node)',
  labels: { gpu: '0', Hostname: 'node' },
  why: why,
  when: when,
  otherwise: otherwise,
};

{
  port: 9400,
  // Name, type, help: the exporter refuses a fourth field, so no comma stands in the help.
  counters: [
    ['DCGM_FI_DEV_GPU_UTIL', 'gauge', 'time in which it computed (per cent)'],
    ['DCGM_FI_DEV_FB_USED', 'gauge', 'memory in use (MiB)'],
    ['DCGM_FI_DEV_FB_FREE', 'gauge', 'memory that is free (MiB)'],
    ['DCGM_FI_DEV_GPU_TEMP', 'gauge', 'temperature (degrees Celsius)'],
    ['DCGM_FI_DEV_POWER_USAGE', 'gauge', 'power (W)'],
    ['DCGM_FI_DEV_SM_CLOCK', 'gauge', 'clock of its processors (MHz)'],
    ['DCGM_FI_DEV_XID_ERRORS', 'gauge', 'the last error of the driver'],
    ['DCGM_FI_DEV_ROW_REMAP_FAILURE', 'gauge', 'a broken row of its memory could not be replaced'],
  ],
  csv: std.join('', [std.join(', ', row) + '\n' for row in self.counters]),
  alerts: [
    alert('GpuHot', 'max by (gpu, Hostname) (DCGM_FI_DEV_GPU_TEMP) > 85', 10, 'warning', 'too hot', 'it gets slower by itself before it is damaged: look at fans and air', [series('DCGM_FI_DEV_GPU_TEMP', '90x40')], [series('DCGM_FI_DEV_GPU_TEMP', '70x40')]),
    alert('GpuFailed', 'max by (gpu, Hostname) (DCGM_FI_DEV_XID_ERRORS) > 0', 1, 'critical', 'the driver reports an error', "NVIDIA's list of Xid errors says which of them want a restart, and which another GPU", [series('DCGM_FI_DEV_XID_ERRORS', '79x40')], [series('DCGM_FI_DEV_XID_ERRORS', '0x40')]),
    alert('GpuMemoryBroken', 'max by (gpu, Hostname) (DCGM_FI_DEV_ROW_REMAP_FAILURE) > 0', 1, 'critical', 'its memory is broken', 'spare rows are used up: it is a case for its guarantee', [series('DCGM_FI_DEV_ROW_REMAP_FAILURE', '1x40')], [series('DCGM_FI_DEV_ROW_REMAP_FAILURE', '0x40')]),
  ],
  graphs: [
    ['GPUs at work', 'percent', [['DCGM_FI_DEV_GPU_UTIL', '{{Hostname}} {{gpu}}']]],
    ['Memory of the GPUs', 'percentunit', [['DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)', '{{Hostname}} {{gpu}}']]],
    ['Temperature', 'celsius', [['DCGM_FI_DEV_GPU_TEMP', '{{Hostname}} {{gpu}}']]],
    ['Power', 'watt', [['sum by (Hostname) (DCGM_FI_DEV_POWER_USAGE)', '{{Hostname}}']]],
  ],
}
