// Power modes by their names, fastest first, as `nvpmodel -q` prints them; their numbers differ from board to board, so that
// setup.sh looks them up in the board's own /etc/nvpmodel.conf. MAXN modes have no limit but the heat, and are taken only where
// they are asked for. From public nvpmodel files and the names of modules in jetson_stats (2026-08-01); those of AGX Orin, which alone
// begin with MODE_, and of Thor as public code has them (2026-11-22).
{
  modules: [
    { words: ['Thor'], modes: ['120W', '90W', '70W'] },
    { words: ['AGX', 'Orin'], modes: ['MODE_50W', 'MODE_40W', 'MODE_30W', 'MODE_15W'] },
    { words: ['Orin', 'NX'], modes: ['40W', '25W', '15W', '10W'] },
    { words: ['Orin', 'Nano'], modes: ['25W', '15W', '7W'] },
    { words: [], modes: ['120W', '90W', '70W', 'MODE_50W', '40W', 'MODE_40W', 'MODE_30W', '25W', '20W', '15W', 'MODE_15W', '10W', '7W'] },
  ],
  // By release of Jetson Linux. The tag is what public deployments run (read 2026-11-21); no published digest was found, and for
  // other releases no image of this server was.
  images: {
    R36: { image: 'ghcr.io/nvidia-ai-iot/llama_cpp:r36.4-tegra-aarch64-cu126-22.04', needs: 'JetPack 6 (Jetson Linux R36)' },
  },
}
