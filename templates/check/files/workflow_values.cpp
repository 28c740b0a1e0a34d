// GitHub workflows: contexts, runners, schedules and secrets.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

// Source: GitHub's documentation of contexts and of hosted runners, 2026-11-22.
const std::vector<std::string> contexts = {"github", "env",     "vars",     "job",    "jobs",  "steps",
                                           "runner", "secrets", "strategy", "matrix", "needs", "inputs"};
const std::vector<std::string> runners = {
    "ubuntu-latest",    "ubuntu-24.04",    "ubuntu-22.04",    "ubuntu-24.04-arm",
    "ubuntu-22.04-arm", "ubuntu-slim",     "windows-latest",  "windows-2025",
    "windows-2022",     "windows-11-arm",  "macos-latest",    "macos-15",
    "macos-14",         "macos-13",        "macos-26",        "macos-15-intel",
    "ubuntu-20.04",     "windows-2019",    "self-hosted",     "macos-latest-large",
    "macos-15-large",   "macos-14-large",  "macos-13-large",  "macos-latest-xlarge",
    "macos-15-xlarge",  "macos-14-xlarge", "ubuntu-18.04",    "macos-12",
    "macos-11",         "ubuntu-16.04",    "windows-2016",    "macos-10.15",
    "ubuntu-26.04",     "macos-26-large",  "macos-26-xlarge", "macos-26-intel"};

class Values {
 public:
  Values(const Part& root, Findings& findings) : root_(root), findings_(findings) {}

  void check() {
    walk(root_, "");
    for (const auto& [name, job] : root_["jobs"].members()) check_job(job);
    const Part on = root_["on"];
    for (const Part& item : on["schedule"].items()) check_schedule(item["cron"]);
    check_branches(on);
  }

 private:
  void wrong(const Part& place, std::string message, std::string help) {
    findings_.add("workflow-refused", place, std::move(message), std::move(help));
  }
  void odd(const Part& place, std::string message, std::string help) {
    findings_.add("workflow-odd", place, std::move(message), std::move(help));
  }

  void walk(const Part& part, const std::string& key) {
    for (const auto& [name, value] : part.members()) walk(value, name);
    for (const Part& item : part.items()) walk(item, key);
    if (!part.is_scalar()) return;
    const std::string text = part.text();
    for (std::size_t at = text.find("${{"); at != std::string::npos; at = text.find("${{", at + 3)) {
      const std::size_t end = text.find("}}", at);
      if (end == std::string::npos || text.find("${{", at + 3) < end)
        return wrong(part, "an expression is not closed", "${{ ... }}");
      check_expression(part, text.substr(at + 3, end - at - 3));
    }
    if (key == "if" && text.find("${{") == std::string::npos) check_expression(part, text);
  }

  void check_expression(const Part& place, const std::string& text) {
    bool quoted = false;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const char c = i < text.size() ? text[i] : ' ';
      if (c == '\'') quoted = !quoted;
      if (!quoted && c == '=') {
        const bool pair = (i + 1 < text.size() && text[i + 1] == '=') ||
                          (i > 0 && std::string_view("=!<>").find(text[i - 1]) != std::string_view::npos);
        if (!pair) return wrong(place, "a single '=' compares nothing", "==");
      }
      const bool part = !quoted && c != '\'' &&
                        (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.');
      if (part) {
        word += c;
        continue;
      }
      const std::string first = word.substr(0, word.find('.'));
      if (word.find('.') != std::string::npos && !first.empty() &&
          std::isdigit(static_cast<unsigned char>(first[0])) == 0) {
        if (const std::string near = mistyped(lower(first), contexts); !near.empty())
          return wrong(place, fmt::format("there is no context '{}'", printable(first)),
                       fmt::format("did you mean '{}'?", near));
      }
      word.clear();
    }
  }

  void check_job(const Part& job) {
    const Part runner = job["runs-on"];
    for (const Part& one : runner.is_list() ? runner.items() : std::vector<Part>{runner}) {
      const std::string near = one.is_scalar() ? mistyped(one.text(), runners) : "";
      if (!near.empty() && one.text().find('$') == std::string::npos)
        odd(one, fmt::format("GitHub has no runner '{}': the job waits for ever", printable(one.text())),
            fmt::format("did you mean '{}'?", near));
    }
    std::set<std::string> ids;
    for (const Part& step : job["steps"].items()) {
      if (step["uses"] && step["run"]) wrong(step["uses"], "a step has both 'uses' and 'run'", "two steps");
      if (step.is_map() && !step["uses"] && !step["run"] && step.yaml()->find("parallel") == nullptr &&
          step.yaml()->find("wait") == nullptr && step.yaml()->find("wait-all") == nullptr &&
          step.yaml()->find("cancel") == nullptr)
        wrong(step, "a step has neither 'uses' nor 'run'", "uses: OWNER/NAME@REF, or run: COMMAND");
      if (step["id"] && !ids.insert(lower(step["id"].text())).second)
        wrong(step["id"], fmt::format("two steps have the id '{}'", printable(step["id"].text())), "give each its own");
      check_step(job, step);
    }
  }

  void check_step(const Part& job, const Part& step) {
    const std::string uses = step["uses"].text(), action = uses.substr(0, uses.find('@')),
                      ref = uses.substr(std::min(uses.find('@'), uses.size()));
    if ((ref == "@main" || ref == "@master") && pins())
      odd(step["uses"], fmt::format("'{}' is another one tomorrow, the others here are pinned", printable(action)),
          "a commit or a tag");
    const Part version = step["with"]["python-version"];
    if (version.is_scalar() && !version.yaml()->quoted() && (version.text() == "3.10" || version.text() == "3.20"))
      odd(version, "without quotes this is the number 3.1", "\"3.10\"");
    const Part given = first_of(job["permissions"], root_["permissions"]);
    check_variables(job, step);
    if (!given.is_map()) return;
    const std::string run = step["run"].text();
    if (run.find("cosign sign") != std::string::npos && run.find("--key") == std::string::npos &&
        given["id-token"].text() != "write")
      odd(step["run"], "signing without a key wants the permission id-token: write", "permissions: {id-token: write}");
    const bool registry = action == "docker/login-action" && step["with"]["registry"].text() == "ghcr.io" &&
                          step["with"]["password"].text().find("GITHUB_TOKEN") != std::string::npos;
    if (registry && given["packages"].text() != "write" && given["packages"].text() != "read")
      odd(step["uses"], "the token may not reach the registry: the permission packages is missing",
          "permissions: {packages: write}");
  }

  // "$DEPLOYMNT": a script reads nearly one of the variables that its step has.
  void check_variables(const Part& job, const Part& step) {
    std::vector<std::string> known;
    for (const Part& env : {step["env"], job["env"], root_["env"]})
      for (const auto& [name, value] : env.members()) known.push_back(name);
    const std::string run = step["run"].text();
    for (std::size_t at = run.find('$'); at != std::string::npos && !known.empty(); at = run.find('$', at + 1)) {
      std::size_t begin = at + 1;
      if (begin < run.size() && run[begin] == '{') ++begin;
      std::size_t end = begin;
      while (end < run.size() && (std::isalnum(static_cast<unsigned char>(run[end])) != 0 || run[end] == '_')) ++end;
      const std::string name = run.substr(begin, end - begin), near = name.size() > 3 ? mistyped(name, known) : "";
      if (!near.empty() && run.find(name + "=") == std::string::npos && run.find("read " + name) == std::string::npos &&
          run.find("for " + name + " ") == std::string::npos && !name.starts_with("GITHUB") &&
          !name.starts_with("RUNNER"))
        return odd(step["run"], fmt::format("the step has no variable '{}'", printable(name)),
                   fmt::format("did you mean '{}'?", near));
    }
  }

  // True where most actions are pinned to a commit.
  bool pins() const {
    int pinned = 0, all = 0;
    for (const auto& [name, job] : root_["jobs"].members()) {
      for (const Part& step : job["steps"].items()) {
        const std::string uses = step["uses"].text(), ref = uses.substr(std::min(uses.find('@'), uses.size()));
        if (uses.empty()) continue;
        ++all;
        pinned += ref.size() == 41 ? 1 : 0;
      }
    }
    return 2 * pinned > all;
  }

  void check_schedule(const Part& cron) {
    struct Field {
      const char* name;
      int least, most;
    };
    constexpr std::array<Field, 5> fields = {
        {{"minute", 0, 59}, {"hour", 0, 23}, {"day", 1, 31}, {"month", 1, 12}, {"weekday", 0, 6}}};
    const std::string text = cron.text();
    const auto all = words(text);
    if (!cron || text.starts_with('@')) return;
    if (all.size() != 5)
      return wrong(cron, fmt::format("a schedule has 5 fields, not {}", all.size()), "minute hour day month weekday");
    for (std::size_t i = 0; i < 5; ++i) {
      for (const std::string_view one : split(all[i], ',')) {
        for (const std::string_view part : split(one.substr(0, one.find('/')), '-')) {
          const auto number = to_integer(part);
          if (number && (*number < fields[i].least || *number > fields[i].most))
            return wrong(cron, fmt::format("there is no {} {}", fields[i].name, *number),
                         fmt::format("{} to {}", fields[i].least, fields[i].most));
        }
      }
    }
  }

  // A push to "mian" where the jobs ask for refs/heads/main.
  void check_branches(const Part& on) {
    std::vector<std::string> asked;
    for (const auto& [name, job] : root_["jobs"].members()) {
      const std::string condition = job["if"].text();
      const std::size_t at = condition.find("refs/heads/");
      if (at != std::string::npos) asked.push_back(condition.substr(at + 11, condition.find('\'', at) - at - 11));
    }
    for (const Part& branch : on["push"]["branches"].items()) {
      const std::string near = mistyped(branch.text(), asked);
      if (!near.empty())
        odd(branch, fmt::format("a push to '{}' starts it, and its jobs are for '{}'", printable(branch.text()), near),
            "the same branch");
    }
  }

  Part root_;
  Findings& findings_;
};

}  // namespace

void check_workflow_values(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    if (path.find(".github/workflows/") != std::string::npos && Part(document)["jobs"].is_map())
      Values(document, findings).check();
  }
}

}  // namespace palier
