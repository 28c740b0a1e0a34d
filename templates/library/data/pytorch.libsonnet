// The wheels that PyTorch publishes, and what each needs.
// Versions and indexes: pytorch.org/get-started/previous-versions, read 2026-11-21 (its newest entry then: 2.9.1).
// Drivers: NVIDIA's CUDA compatibility guide (minor-version compatibility: any driver from 525 on runs CUDA 12.x;
// Blackwell needs 570). Capabilities: PyTorch's release notes (2.8: the CUDA 12.8 builds left out Maxwell and Pascal; 2.9
// is taken to leave out Volta as well, so Volta gets 12.6, which has it).
{
  date: '2026-11-21',
  version: '2.9.1',
  torchvision: '0.24.1',
  python_least: '3.10',
  index(build):: 'https://download.pytorch.org/whl/' + build,
  // The first row that fits is taken. Capabilities are ten times NVIDIA's number: 86 is 8.6.
  cuda: [
    { build: 'cu128', name: 'CUDA 12.8', least: 100, most: 129, driver: 570 },
    { build: 'cu128', name: 'CUDA 12.8', least: 75, most: 99, driver: 525 },
    { build: 'cu126', name: 'CUDA 12.6', least: 50, most: 74, driver: 525 },
  ],
  rocm: { build: 'rocm6.4', name: 'ROCm 6.4' },
  cpu: { build: 'cpu', name: 'CPU' },
}
