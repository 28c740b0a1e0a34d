// What services that run Python are told: Kaggle's metadata, requests to SageMaker and Vertex AI. Sources: their
// references, 2026-11-22.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/python/json.hpp"

namespace palier {
namespace {

// Kaggle makes the last part of the name out of the title, and warns of another.
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

// A name that the files beside it nearly make: `key` of those that have `maker`.
void require_made(const JsonFiles& json, const Part& name, const char* key, const char* maker, Findings& findings) {
  if (!name) return;
  std::vector<std::string> known;
  for (const auto& [path, other] : json) {
    const Part root(other);
    if (folder_of(path) == folder_of(name.yaml()->location().file) && root[maker]) known.push_back(root[key].text());
  }
  if (const std::string near = mistyped(name.text(), known); !near.empty())
    findings.add("file-disagreement", name, fmt::format("no file here makes '{}'", printable(name.text())),
                 fmt::format("did you mean '{}'?", printable(near)));
}

void check_sagemaker(const JsonFiles& json, const Part& root, Findings& findings) {
  const Part stop = root["StoppingCondition"];
  if (stop["MaxWaitTimeInSeconds"] &&
      stop["MaxWaitTimeInSeconds"].integer_or(0) < stop["MaxRuntimeInSeconds"].integer_or(0))
    findings.add("file-disagreement", stop["MaxWaitTimeInSeconds"], "the longest wait is shorter than the longest run",
                 "it counts both");
  if (root["EndpointName"])
    require_made(json, root["EndpointConfigName"], "EndpointConfigName", "ProductionVariants", findings);
  if (const auto variants = root["ProductionVariants"].items(); variants.size() == 1)
    require_made(json, variants[0]["ModelName"], "ModelName", "PrimaryContainer", findings);
}

void check_vertex(const Part& root, Findings& findings) {
  constexpr long long most = 1000;  // a sum of wrong numbers must not overflow
  const auto shares = root["trafficSplit"].members();
  long long sum = 0;
  for (const auto& [model, share] : shares) sum += std::clamp(share.integer_or(0), -most, most);
  if (!shares.empty() && sum != 100)
    findings.add("file-value", shares.front().second, fmt::format("the shares make {}, not 100", sum), "together 100");
  const Part machines = root.at("deployedModel.dedicatedResources");
  if (machines["maxReplicaCount"] &&
      machines["maxReplicaCount"].integer_or(1) < machines["minReplicaCount"].integer_or(1))
    findings.add("file-value", machines["maxReplicaCount"], "the most replicas are fewer than the least", "raise it");
}

}  // namespace

void check_hosted(const JsonFiles& json, Findings& findings) {
  for (const auto& [path, document] : json) {
    const Part root(document);
    if (file_name_of(path) == "kernel-metadata.json") check_kaggle(root, findings);
    if (root["TrainingJobName"] || root["EndpointConfigName"]) check_sagemaker(json, root, findings);
    if (root["deployedModel"]) check_vertex(root, findings);
  }
}

}  // namespace palier
