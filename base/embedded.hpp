#pragma once
#include <span>
#include <string_view>

namespace palier {

/// A file that was put into the program when it was built (cmake/Embed.cmake).
struct EmbeddedFile {
  std::string_view name;  ///< relative to the folder it was embedded from, e.g. "tree.yaml"
  std::string_view text;
};

namespace embedded {
std::span<const EmbeddedFile> data();         ///< profiles/data: what palier knows
std::span<const EmbeddedFile> templates();    ///< templates/library: the Jsonnet tree
std::span<const EmbeddedFile> report();       ///< bench/page: what the HTML report is made of
std::span<const EmbeddedFile> gpu_kernels();  ///< bench/gpu: what runs on GPUs
std::span<const EmbeddedFile> chart();        ///< Chart.js, as the distribution packages it
}  // namespace embedded
}  // namespace palier
