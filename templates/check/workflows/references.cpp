// GitHub workflows: jobs, steps and outputs that are named and are not there.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/workflows/workflows.hpp"

namespace palier {
namespace {

std::vector<std::string> needs_of(const Part& job) {
  const Part needs = job["needs"];
  return needs.is_scalar() ? std::vector<std::string>{needs.text()} : needs.texts();
}

std::vector<std::string> names_of(const Part& map) {
  std::vector<std::string> out;
  for (const auto& [name, value] : map.members()) out.push_back(name);
  return out;
}

// The parts of each "steps.a.b" or "needs.a.b" in the ${{ expressions }} of a text.
std::vector<std::vector<std::string>> references_in(const std::string& text, bool is_condition) {
  std::vector<std::vector<std::string>> out;
  for (const std::string& expression : expressions_in(text, is_condition)) {
    for (const std::string& name : names_in(expression)) {
      std::vector<std::string> parts;
      for (const std::string_view one : split(name, '.')) parts.emplace_back(one);
      if (parts.size() > 2 && (parts[0] == "steps" || parts[0] == "needs")) out.push_back(parts);
    }
  }
  return out;
}

class Workflow {
 public:
  Workflow(const Part& jobs, Findings& findings) : jobs_(jobs), findings_(findings) {}

  void check() {
    const auto names = names_of(jobs_);
    for (const auto& [name, job] : jobs_.members()) {
      if (!job.is_map()) continue;
      const Part needs = job["needs"];
      for (const Part& item : needs.is_scalar() ? std::vector<Part>{needs} : needs.items()) {
        if (item.is_scalar() && !jobs_[item.text()])
          findings_.add("workflow-needs", item,
                        fmt::format("the job '{}' needs '{}', which is no job", name, item.text()),
                        suggestion(item.text(), names));
      }
      if (!job["runs-on"] && !job["uses"])
        findings_.add("workflow-runner", job, fmt::format("the job '{}' runs nowhere", name));
      check_references(job, job, false);
    }
  }

 private:
  void check_references(const Part& job, const Part& part, bool is_condition) {
    for (const auto& [key, value] : part.members()) check_references(job, value, key == "if");
    for (const Part& item : part.items()) check_references(job, item, false);
    if (!part.is_scalar()) return;
    for (const auto& reference : references_in(part.text(), is_condition)) {
      const std::string wrong = reference[0] == "steps" ? wrong_step(job, reference) : wrong_need(job, reference);
      if (!wrong.empty()) findings_.add("workflow-reference", part, wrong);
    }
  }

  static std::string wrong_step(const Part& job, const std::vector<std::string>& reference) {
    const auto steps = job["steps"].items();
    const bool known =
        std::any_of(steps.begin(), steps.end(), [&](const Part& step) { return step["id"].text() == reference[1]; });
    return known ? "" : fmt::format("no step of the job has the id '{}'", reference[1]);
  }

  std::string wrong_need(const Part& job, const std::vector<std::string>& reference) const {
    const auto needs = needs_of(job);
    if (std::find(needs.begin(), needs.end(), reference[1]) == needs.end())
      return fmt::format("the job does not need '{}', so it sees none of its outputs", reference[1]);
    const Part other = jobs_[reference[1]];
    if (reference[2] != "outputs" || reference.size() < 4 || !other || other["uses"]) return {};
    return other["outputs"][reference[3]] ? ""
                                          : fmt::format("the job '{}' has no output '{}'", reference[1], reference[3]);
  }

  Part jobs_;
  Findings& findings_;
};

}  // namespace

void check_workflows(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.documents) {
    if (!is_workflow(path)) continue;
    if (const Part jobs = Part(yaml)["jobs"]; jobs.is_map()) Workflow(jobs, findings).check();
  }
}

}  // namespace palier
