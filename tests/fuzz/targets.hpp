#pragma once
#include <span>
#include <string_view>

/// The readers of what palier did not write, each as a function of bytes: what libFuzzer drives (libfuzzer.cpp), and
/// what the ordinary tests replay the corpus through (test_corpus.cpp).
namespace palier::fuzz {

struct Target {
  const char* name;  ///< of its folder in corpus/
  /// Returns for every input; throws std::logic_error where a promise of the reader does not hold.
  void (*run)(std::string_view bytes);
};

std::span<const Target> targets();

/// Runs a target; an Error is a fair answer to a wrong input.
void run(const Target& target, std::string_view bytes);

/// Throws std::logic_error with `promise` where it is broken.
void hold(bool kept, const char* promise);

// parsers.cpp
void text(std::string_view bytes);
void json(std::string_view bytes);
void yaml(std::string_view bytes);
void cpu_list(std::string_view bytes);
void cpuinfo(std::string_view bytes);
// probes.cpp: the bytes are one file of a machine
void meminfo(std::string_view bytes);
void os_release(std::string_view bytes);
void mounts(std::string_view bytes);
void environment(std::string_view bytes);
void installed_tools(std::string_view bytes);
void nvml(std::string_view bytes);
void cuda(std::string_view bytes);
void nvidia_smi(std::string_view bytes);
// machines.cpp: the bytes are a whole machine, files one after the other (machine_files.hpp)
void cgroup(std::string_view bytes);
void platform(std::string_view bytes);
void jetson(std::string_view bytes);
void pci(std::string_view bytes);
void topology(std::string_view bytes);
void machine(std::string_view bytes);
void archive(std::string_view bytes);
// documents.cpp
void document(std::string_view bytes);
void prices(std::string_view bytes);
void data_file(std::string_view bytes);
void tree(std::string_view bytes);
void needs(std::string_view bytes);
// models.cpp
void gguf(std::string_view bytes);
void safetensors(std::string_view bytes);
void model_config(std::string_view bytes);
// endpoint.cpp
void sse(std::string_view bytes);
void completion(std::string_view bytes);
void http_response(std::string_view bytes);
void trace(std::string_view bytes);
void exposition(std::string_view bytes);
// lint.cpp: the bytes are the files of a folder
void lint(std::string_view bytes);
// workspaces.cpp: the bytes are one of the files in which palier remembers what it wrote
void workspace(std::string_view bytes);

}  // namespace palier::fuzz
