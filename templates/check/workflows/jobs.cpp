// GitHub workflows: runners, steps, permissions and schedules.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/shell_variables.hpp"
#include "templates/check/workflows/workflows.hpp"

namespace palier {
namespace {

// Source: GitHub's documentation of hosted runners, with those that it has retired, 2026-11-22.
constexpr std::string_view runners =
    "~ubuntu-latest|ubuntu-26.04|ubuntu-24.04|ubuntu-22.04|ubuntu-20.04|ubuntu-18.04|ubuntu-16.04|ubuntu-slim|"
    "ubuntu-24.04-arm|ubuntu-22.04-arm|windows-latest|windows-2025|windows-2022|windows-2019|windows-2016|"
    "windows-11-arm|macos-latest|macos-26|macos-15|macos-14|macos-13|macos-12|macos-11|macos-10.15|macos-26-intel|"
    "macos-15-intel|macos-latest-large|macos-26-large|macos-15-large|macos-14-large|macos-13-large|"
    "macos-latest-xlarge|macos-26-xlarge|macos-15-xlarge|macos-14-xlarge|self-hosted";

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

std::string action_of(const Part& step) { return step["uses"].text().substr(0, step["uses"].text().find('@')); }
std::string ref_of(const Part& step) {
  const std::string uses = step["uses"].text();
  return uses.substr(std::min(uses.find('@') + 1, uses.size()));
}

void refuse(const Part& place, std::string message, std::string help, Findings& findings) {
  findings.add("workflow-refused", place, std::move(message), std::move(help));
}
void odd(const Part& place, std::string message, std::string help, Findings& findings) {
  findings.add("workflow-odd", place, std::move(message), std::move(help));
}

void check_runner(const Part& runner, Findings& findings) {
  for (const Part& one : runner.is_list() ? runner.items() : std::vector<Part>{runner}) {
    if (const std::string wrong = wrong_value(runners, one.text()); !wrong.empty())
      odd(one, fmt::format("GitHub has no runner '{}': the job waits for one", shown(one.text())), wrong, findings);
  }
}

// What a step does, beside what it may do.
bool does_something(const Part& step) {
  for (const char* key : {"uses", "run", "parallel", "wait", "wait-all", "cancel"}) {
    if (!step.is_map() || step.yaml()->find(key) != nullptr) return true;
  }
  return false;
}

// The permissions of a job's token: those that are not named are not given.
void check_permissions(const Part& step, const Part& given, Findings& findings) {
  if (!given.is_map()) return;
  const std::string run = step["run"].text();
  if (run.find("cosign sign") != std::string::npos && run.find("--key") == std::string::npos &&
      given["id-token"].text() != "write")
    odd(step["run"], "signing without a key wants the permission id-token: write", "permissions: {id-token: write}",
        findings);
  const Part with = step["with"];
  const bool registry = action_of(step) == "docker/login-action" && with["registry"].text() == "ghcr.io" &&
                        with["password"].text().find("GITHUB_TOKEN") != std::string::npos;
  if (registry && given["packages"].text() != "write" && given["packages"].text() != "read")
    odd(step["uses"], "the token may not reach the registry: the permission packages is missing",
        "permissions: {packages: write}", findings);
}

// "$DEPLOYMNT": a script reads nearly one of the variables that its step has.
void check_variables(const Part& root, const Part& job, const Part& step, Findings& findings) {
  std::vector<std::string> given;
  for (const Part& env : {step["env"], job["env"], root["env"]}) {
    for (const auto& [name, value] : env.members()) given.push_back(name);
  }
  for (const MisreadVariable& one : misread_variables(step["run"].text(), given)) {
    if (!one.name.starts_with("GITHUB_") && !one.name.starts_with("RUNNER_"))
      odd(step["run"], fmt::format("nothing sets '${}'", shown(one.name)), fmt::format("did you mean '${}'?", one.near),
          findings);
  }
}

void check_steps(const Part& root, const Part& job, bool pinned, Findings& findings) {
  std::set<std::string> ids;
  for (const Part& step : job["steps"].items()) {
    const Part uses = step["uses"], id = step["id"];
    if (uses && step["run"]) refuse(uses, "a step has both 'uses' and 'run'", "two steps", findings);
    if (!does_something(step))
      refuse(step, "a step has neither 'uses' nor 'run'", "uses: OWNER/NAME@REF, or run: COMMAND", findings);
    if (id && !ids.insert(lower(id.text())).second)
      refuse(id, fmt::format("two steps have the id '{}'", shown(id.text())), "give each its own", findings);
    if (pinned && (ref_of(step) == "main" || ref_of(step) == "master"))
      odd(uses, fmt::format("'{}' is another one tomorrow, the others here are pinned", shown(action_of(step))),
          "a commit or a tag", findings);
    check_permissions(step, first_of(job["permissions"], root["permissions"]), findings);
    check_variables(root, job, step, findings);
  }
}

// True where most actions are pinned to a commit.
bool pins(const Part& root) {
  int pinned = 0, all = 0;
  for (const auto& [name, job] : root["jobs"].members()) {
    for (const Part& step : job["steps"].items()) {
      all += step["uses"] ? 1 : 0;
      pinned += ref_of(step).size() == 40 ? 1 : 0;
    }
  }
  return 2 * pinned > all;
}

// 3.10 is the number 3.1, in a matrix, too.
void check_versions(const Part& part, const std::string& key, Findings& findings) {
  for (const auto& [name, value] : part.members()) check_versions(value, name, findings);
  for (const Part& item : part.items()) check_versions(item, key, findings);
  if (!part.is_scalar() || part.yaml()->quoted() || !key.ends_with("-version")) return;
  const std::string text = part.text();
  if (to_number(text) && text.find('.') != std::string::npos && text.ends_with('0') && !text.ends_with(".0"))
    odd(part, fmt::format("without quotes this is the number {:g}", *to_number(text)), fmt::format("\"{}\"", text),
        findings);
}

void check_schedule(const Part& cron, Findings& findings) {
  const std::string text = cron.text();
  if (!cron || text.find('$') != std::string::npos) return;
  const std::string wrong = text.starts_with("@") ? "" : wrong_schedule(text);
  if (!wrong.empty()) refuse(cron, wrong, "minute hour day month weekday", findings);
  if (text.starts_with('@'))
    refuse(cron, fmt::format("GitHub does not take '{}'", shown(text)), "minute hour day month weekday", findings);
}

}  // namespace

void check_workflow_values(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!is_workflow(path) || !root["jobs"].is_map()) continue;
    const bool pinned = pins(root);
    check_workflow_expressions(root, findings);
    check_versions(root, "", findings);
    for (const Part& item : root["on"]["schedule"].items()) check_schedule(item["cron"], findings);
    for (const auto& [name, job] : root["jobs"].members()) {
      check_runner(job["runs-on"], findings);
      check_steps(root, job, pinned, findings);
    }
  }
}

}  // namespace palier
