// Notebooks, batch scripts, Dockerfiles, dev containers, dashboards: what is found in their text.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

struct OldMetric {
  std::string_view name, instead;
};

// Source: vLLM's metrics documentation and change log, read 2026-11.
constexpr std::array<OldMetric, 7> old_metrics = {{
    {"vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc"},
    {"vllm:cpu_cache_usage_perc", "vllm:kv_cache_usage_perc"},
    {"vllm:num_requests_swapped", "vllm:num_preemptions_total"},
    {"vllm:time_per_output_token_seconds", "vllm:request_time_per_output_token_seconds"},
    {"vllm:gpu_prefix_cache_hit_rate", "vllm:prefix_cache_hits_total / vllm:prefix_cache_queries_total"},
    {"vllm:gpu_prefix_cache_queries", "vllm:prefix_cache_queries"},
    {"vllm:gpu_prefix_cache_hits", "vllm:prefix_cache_hits"},
}};

void check_metrics(const std::string& path, std::string_view text, Findings& findings) {
  if (!path.ends_with(".yaml") && !path.ends_with(".yml") && !path.ends_with(".json")) return;
  if (!contains(text, "vllm:")) return;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with('#')) continue;
    for (const OldMetric& metric : old_metrics) {
      if (!contains(line, metric.name)) continue;
      findings.add("retired-metric", Location{path, number},
                   fmt::format("vLLM no longer has the metric {}", metric.name), fmt::format("use {}", metric.instead));
    }
  }
}

int line_with(std::string_view text, std::string_view part) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (contains(line, part)) return number;
  }
  return 1;
}

// Colab writes metadata.widgets without "state"; viewers then refuse the whole notebook.
void check_notebook(const std::string& path, const std::string& text, Findings& findings) {
  if (!path.ends_with(".ipynb")) return;
  try {
    const Json notebook = parse_json(text, path);
    const Json none = Json::object();
    const Json& metadata = notebook.is_object() && notebook.contains("metadata") ? notebook["metadata"] : none;
    if (!metadata.is_object() || !metadata.contains("widgets")) return;
    const Json& widgets = metadata["widgets"];
    const bool whole = widgets.is_object() && std::all_of(widgets.begin(), widgets.end(), [](const Json& one) {
                         return one.is_object() && one.contains("state");
                       });
    if (!whole)
      findings.add("notebook-widgets", Location{path, line_with(text, "\"widgets\"")}, "metadata.widgets has no state");
  } catch (const Error& error) {
    findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                 error.text().reason);
  }
}

// #SBATCH lines count only before the first command.
void check_batch_script(const std::string& path, std::string_view text, Findings& findings) {
  if (!contains(text, "#SBATCH") || path.ends_with(".md") || !text.starts_with("#!")) return;
  int number = 0, gpus = 0, gres = 0;
  bool commands = false;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.starts_with("#SBATCH")) {
      if (commands)
        findings.add("sbatch-ignored", Location{path, number}, "Slurm reads no #SBATCH line behind the first command");
      if (contains(line, "--gpus=") || contains(line, "--gpus ") || contains(line, " -G ")) gpus = number;
      if (contains(line, "--gres=gpu") || contains(line, "--gpus-per-node")) gres = number;
    } else if (!line.empty() && !line.starts_with('#')) {
      commands = true;
    }
  }
  if (gpus > 0 && gres > 0) {
    findings.add("sbatch-gpus-twice", Location{path, gpus},
                 fmt::format("GPUs are asked for here and on line {}", gres));
  } else if (gpus > 0) {
    findings.add("sbatch-gpus", Location{path, gpus}, "--gpus is not accepted at every site");
  }
}

void check_dockerfile(const std::string& path, std::string_view text, Findings& findings) {
  const std::string name = file_name_of(path);
  if (name != "Dockerfile" && name != "Containerfile" && !name.starts_with("Dockerfile.") &&
      !name.ends_with(".Dockerfile"))
    return;
  std::set<std::string> stages;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    std::vector<std::string_view> parts = words(line);
    if (parts.size() < 2 || lower(parts[0]) != "from") continue;
    if (parts[1].starts_with("--platform") && parts.size() > 2) parts.erase(parts.begin() + 1);
    const std::string image(parts[1]);
    const std::string last = image.substr(image.rfind('/') + 1);
    const bool fixed =
        contains(image, "@") || contains(image, "$") || image == "scratch" || stages.count(lower(image)) != 0;
    if (!fixed && (!contains(last, ":") || last.ends_with(":latest")))
      findings.add("latest-tag", Location{path, number}, fmt::format("the image '{}' is another one tomorrow", image));
    if (parts.size() > 3 && lower(parts[2]) == "as") stages.insert(lower(parts[3]));
  }
}

void check_dev_container(const std::string& path, std::string_view text, Findings& findings) {
  const std::string name = file_name_of(path);
  if (name != "devcontainer.json" && name != ".devcontainer.json") return;
  if (contains(text, "\"--gpus all\""))
    findings.add("devcontainer-gpus", Location{path, line_with(text, "\"--gpus all\"")},
                 "'--gpus all' is one argument here, and docker knows no such option",
                 "\"runArgs\": [\"--gpus\", \"all\"]");
  if (contains(text, "\"gpu\"") && contains(text, "\"optional\"") && contains(text, "dockerComposeFile"))
    findings.add("devcontainer-gpus", Location{path, line_with(text, "\"gpu\"")},
                 "an optional GPU is not found where the container comes from a Compose file",
                 "reserve the GPU in the Compose file");
}

}  // namespace

void check_texts(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    check_metrics(path, text, findings);
    check_notebook(path, text, findings);
    check_batch_script(path, text, findings);
    check_dockerfile(path, text, findings);
    check_dev_container(path, text, findings);
  }
}

}  // namespace palier
