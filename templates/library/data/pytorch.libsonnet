// The wheels that PyTorch publishes, and what each needs.
// Versions: PyTorch's announcement of 2.14.0 to Colab (googlecolab/colabtools issue 6093, 2026-09-03; pip's default is CUDA
// 13.0). Capabilities: PyTorch's support matrix for 2.14 (pytorch issue 190355 and RELEASE.md; 2.15 is to drop CUDA 12.6).
// Drivers: NVIDIA's CUDA compatibility guide (minor versions are compatible: 525 for 12.x, 580 for 13.x). The name of the
// ROCm index follows PyTorch's rule for naming it; it could not be read.
{
  date: '2026-11-21',
  version: '2.14.0',
  torchvision: '0.29.0',
  python_least: '3.10',
  index(build):: 'https://download.pytorch.org/whl/' + build,
  // The first row that fits is taken. Capabilities are ten times NVIDIA's number: 86 is 8.6.
  cuda: [
    { build: 'cu130', name: 'CUDA 13.0', least: 75, most: 129, driver: 580 },
    { build: 'cu126', name: 'CUDA 12.6', least: 50, most: 90, driver: 525 },
  ],
  rocm: { build: 'rocm7.14', name: 'ROCm 7.14' },
  cpu: { build: 'cpu', name: 'CPU' },
}
