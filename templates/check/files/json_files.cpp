// JSON files: notebooks, dev containers, metadata of Kaggle and SageMaker.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

constexpr std::size_t largest = std::size_t{4} << 20;

void check_cells(const Part& notebook, Findings& findings) {
  std::set<std::string> ids;
  const bool has_ids = notebook["nbformat"].integer_or(0) == 4 && notebook["nbformat_minor"].integer_or(0) >= 5;
  for (const Part& cell : notebook["cells"].items()) {
    const Part id = cell["id"], type = cell["cell_type"];
    if (id && !has_ids)
      return findings.add("notebook-cell", notebook["nbformat_minor"], "cells have ids from nbformat 4.5 on",
                          "\"nbformat_minor\": 5");
    if (id && !ids.insert(id.text()).second)
      findings.add("notebook-cell", id, fmt::format("two cells have the id '{}'", printable(id.text())),
                   "give each its own");
    if (type.text() == "code" && cell.yaml()->find("outputs") == nullptr)
      findings.add("notebook-cell", type, "a code cell has no outputs", "\"outputs\": [], \"execution_count\": null");
  }
}

void check_notebook(const Part& notebook, Findings& findings) {
  if (!notebook["cells"].is_list()) return;
  if (notebook["nbformat"].integer_or(4) < 4)
    findings.add("notebook-cell", notebook["nbformat"], "notebooks of this format have worksheets, and no cells",
                 "\"nbformat\": 4");
  check_cells(notebook, findings);
  const Part kernel = notebook.at("metadata.kernelspec");
  if (!kernel && !notebook.at("metadata.kernel_info"))
    return findings.add("notebook-kernel", first_of(notebook["metadata"], notebook),
                        "the notebook says no kernel: whoever runs it is asked, and a batch run fails");
  const std::string near = mistyped(kernel["name"].text(), {"python3", "python", "ir", "bash"});
  if (!near.empty() && kernel["name"].text() != "python2")
    findings.add("notebook-kernel", kernel["name"],
                 fmt::format("there is hardly a kernel '{}'", printable(kernel["name"].text())),
                 fmt::format("did you mean '{}'?", near));
}

// Kaggle makes the last part of the name out of the title, and refuses another.
void check_kaggle(const Part& root, Findings& findings) {
  const std::string id = root["id"].text(), title = root["title"].text(), file = root["code_file"].text();
  std::string slug;
  for (const char c : lower(title)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) slug += c;
    if (!letter && !slug.empty() && slug.back() != '-') slug += '-';
  }
  if (slug.ends_with('-')) slug.pop_back();
  const std::string name = id.substr(id.find('/') + 1);
  if (!title.empty() && !id.empty() && slug != name && name.find_first_of("{$<") == std::string::npos)
    findings.add("file-disagreement", root["title"],
                 fmt::format("the title gives the name '{}', 'id' says '{}'", slug, printable(name)),
                 "make both the same");
  const bool notebook = root["kernel_type"].text() == "notebook";
  if (!file.empty() && root["kernel_type"] && notebook != file.ends_with(".ipynb"))
    findings.add("file-disagreement", root["kernel_type"],
                 fmt::format("'{}' is no {}", printable(file), printable(root["kernel_type"].text())),
                 "notebook for .ipynb, script otherwise");
}

double bytes_of(std::string text) {
  text = lower(text);
  const auto number = to_number(text.substr(0, text.find_first_not_of("0123456789.")));
  double factor = 1;
  for (const char unit : {'k', 'm', 'g', 't'}) {
    factor *= 1024;
    if (text.find(unit) != std::string::npos) return number.value_or(0) * factor;
  }
  return number.value_or(0);
}

void check_dev_container(const std::string& path, const Part& root, const FileTexts& files, Findings& findings) {
  const Part build = root["build"], file = first_of(build["dockerfile"], root["dockerFile"]);
  const Part memory = root.at("hostRequirements.memory");
  for (const std::string& argument : root["runArgs"].texts()) {
    if (argument.starts_with("--memory=") && memory && bytes_of(memory.text()) > bytes_of(argument.substr(9)))
      findings.add("file-disagreement", memory,
                   fmt::format("the host must have {}, the container gets {}", memory.text(), argument.substr(9)),
                   "ask for no more than the container gets");
  }
  const auto dockerfile = resolve(folder_of(path), file.text());
  if (!file || !dockerfile || files.count(*dockerfile) == 0) return;
  const std::string& text = files.at(*dockerfile);
  const auto context = resolve(folder_of(path), build["context"] ? build["context"].text() : ".");
  for (const std::string_view line : lines(text)) {
    const auto parts = words(line);
    if (parts.size() < 3 || parts[0] != "COPY" || !context) continue;
    const std::string source(parts[1].starts_with("--ch") ? parts[2] : parts[1]);
    if (source.starts_with("--") || source.find_first_of("*?$[") != std::string::npos) continue;
    const auto seen = resolve(*context, source), meant = resolve(folder_of(*dockerfile), source);
    if (seen && meant && *seen != *meant && files.count(*seen) == 0 && files.count(*meant) != 0)
      return findings.add(
          "file-missing", first_of(build["context"], file),
          fmt::format("the Dockerfile copies '{}', which is not in the folder that it is built from", source),
          "\"context\": \"..\"");
  }
  const std::string user = root["remoteUser"].text();
  std::vector<std::string> users;
  for (const std::string_view line : lines(text)) {
    const auto parts = words(line);
    const auto add = std::find(parts.begin(), parts.end(), "useradd");
    for (auto word = add; word != parts.end() && *word != "&&"; ++word) users.emplace_back(*word);
  }
  const std::string near = mistyped(user, users);
  if (!near.empty())
    findings.add("file-disagreement", root["remoteUser"], fmt::format("the image has no user '{}'", printable(user)),
                 fmt::format("did you mean '{}'?", near));
}

void check_sagemaker(const JsonFiles& json, const Part& root, const std::string& folder, Findings& findings) {
  const Part stop = root["StoppingCondition"];
  if (stop["MaxWaitTimeInSeconds"] &&
      stop["MaxWaitTimeInSeconds"].integer_or(0) < stop["MaxRuntimeInSeconds"].integer_or(0))
    findings.add("file-disagreement", stop["MaxWaitTimeInSeconds"], "the longest wait is shorter than the longest run",
                 "it counts both");
  const auto require = [&](const Part& name, const char* key) {
    std::vector<std::string> known;
    for (const auto& [path, other] : json) {
      if (folder_of(path) == folder && other.is_map() && Part(other)[key] && Part(other)[key].yaml() != name.yaml() &&
          (std::string(key) != "EndpointConfigName" || Part(other)["ProductionVariants"]) &&
          (std::string(key) != "ModelName" || Part(other)["PrimaryContainer"]))
        known.push_back(Part(other)[key].text());
    }
    if (name && !known.empty() && !mistyped(name.text(), known).empty() && name.text().find("-ab") == std::string::npos)
      findings.add("file-reference", name, fmt::format("no file here makes '{}'", printable(name.text())),
                   suggestion(name.text(), known));
  };
  if (root["EndpointName"]) require(root["EndpointConfigName"], "EndpointConfigName");
  if (const auto variants = root["ProductionVariants"].items(); variants.size() == 1)
    require(variants[0]["ModelName"], "ModelName");
}

void check_vertex(const Part& root, Findings& findings) {
  long long sum = 0;
  for (const auto& [model, share] : root["trafficSplit"].members()) sum += share.integer_or(0);
  if (root["trafficSplit"] && !root["trafficSplit"].members().empty() && root["deployedModel"] && sum != 100)
    findings.add("file-value", root["trafficSplit"].members().front().second,
                 fmt::format("the shares make {}, not 100", sum), "together 100");
  const Part machines = root.at("deployedModel.dedicatedResources");
  if (machines["maxReplicaCount"].integer_or(1) < machines["minReplicaCount"].integer_or(1))
    findings.add("file-value", machines["maxReplicaCount"], "the most replicas are fewer than the least", "raise it");
}

bool is_known(const std::string& path, const std::string& text) {
  const std::string name = file_name_of(path);
  if (name.ends_with(".ipynb")) return true;
  if (!name.ends_with(".json")) return false;
  if (name.ends_with("devcontainer.json") || name.ends_with("-metadata.json")) return true;
  for (const char* key : {"\"TrainingJobName\"", "\"EndpointConfigName\"", "\"ModelName\"", "\"deployedModel\""}) {
    if (text.find(key) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

JsonFiles read_json_files(const FileTexts& files, Findings& findings) {
  JsonFiles out;
  for (const auto& [path, text] : files) {
    if (text.size() > largest || !is_known(path, text)) continue;
    try {
      std::vector<Yaml> repeated;
      std::vector<Yaml> all = Yaml::parse_all(text, path, repeated);
      if (all.size() == 1 && all.front().is_map()) out.emplace(path, std::move(all.front()));
    } catch (const Error&) {  // it may have comments; whether it is JSON is asked where that is known
    }
    const std::string name = file_name_of(path);
    if (name != "kernel-metadata.json" && name != "dataset-metadata.json") continue;
    try {
      parse_json(text, path);
    } catch (const Error& error) {
      findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                   error.text().reason);
    }
  }
  return out;
}

void check_json_files(const JsonFiles& json, const FileTexts& files, Findings& findings) {
  for (const auto& [path, document] : json) {
    const Part root(document);
    const std::string name = file_name_of(path);
    if (path.ends_with(".ipynb")) check_notebook(root, findings);
    if (name == "kernel-metadata.json") check_kaggle(root, findings);
    if (name == "devcontainer.json" || name == ".devcontainer.json") check_dev_container(path, root, files, findings);
    if (root["TrainingJobName"] || root["EndpointConfigName"]) check_sagemaker(json, root, folder_of(path), findings);
    if (root["deployedModel"]) check_vertex(root, findings);
  }
}

void check_files(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  const JsonFiles json = read_json_files(files, findings);
  check_known_files(manifests, json, files, findings);
  check_json_files(json, files, findings);
  check_units(files, findings);
  check_haproxy(files, findings);
  check_slurm(files, findings);
  check_observability(manifests, files, findings);
  check_compose_wiring(manifests, files, findings);
  check_addresses(manifests, files, findings);
  check_python(manifests, files, findings);
  check_cloud_init(manifests, files, findings);
  check_workflow_values(manifests, findings);
  check_mentions(manifests, files, findings);
  check_shell_scripts(files, findings);
}

}  // namespace palier
