// The field's own validators: what they print, which files they take, and the real ones where they are here.
#include <algorithm>
#include <cstdlib>

#include "base/process.hpp"
#include "templates/check/validators/validators.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

const Validator& validator(const std::string& name) {
  const auto& table = validators();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Validator& one) { return one.name == name; });
  REQUIRE(found != table.end());
  return *found;
}

std::string shown(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings)
    out += to_string(finding.place) + " " + std::string(to_string(finding.severity)) + " " + finding.message + "\n";
  return out;
}

// What a tool says of the files a.x and b/a.x in /w.
std::string said(const std::string& name, const std::string& output) {
  return shown(findings_from(validator(name), output, "/w", {"a.x", "b/a.x"}));
}

std::vector<std::string> takers(const std::string& path, const std::string& text) {
  std::vector<std::string> names;
  for (const Validator& one : validators()) {
    if (one.takes(path, text)) names.emplace_back(one.name);
  }
  return names;
}

}  // namespace

TEST_CASE("what validators print becomes findings") {
  CHECK(said("shellcheck", "/w/a.x:3:6: error: Fix it. [SC1072]\n/w/b/a.x:4:1: note: Style. [SC2]\n") ==
        "a.x:3:6 error Fix it. [SC1072]\nb/a.x:4:1 note Style. [SC2]\n");
  CHECK(said("yamllint", "/w/b/a.x:2:9: [error] too few spaces (commas)\n") ==
        "b/a.x:2:9 error too few spaces (commas)\n");
  CHECK(said("bash -n", "/w/a.x: line 4: syntax error: unexpected end of file\n") ==
        "a.x:4 error syntax error: unexpected end of file\n");
  CHECK(said("promtool check rules", "Checking /w/a.x\n\n  FAILED:\n/w/a.x: 5:11: group \"a\": could not parse\n") ==
        "a.x:5:11 error group \"a\": could not parse\n");
  CHECK(said("haproxy -c",
             "[ALERT]    (12) : config : parsing [/w/a.x:3] : unknown keyword 'foo'\n[ALERT] : config : Error(s) found "
             "in configuration file : /w/a.x\n")
            .starts_with("a.x:3 error unknown keyword 'foo'\n"));
  CHECK(said("hadolint", "hadolint:/w/a.x:1 DL3006 warning: tag the image\n") ==
        "a.x:1 warning DL3006 warning: tag the image\n");
  CHECK(said("kubeconform",
             "/w/a.x - Deployment a is invalid: problem validating schema\n/w/b/a.x - failed downloading schema\n") ==
        "a.x error Deployment a is invalid: problem validating schema\n");
  CHECK(said("kube-linter",
             "/w/b/a.x: (object: llm/chat apps/v1) no anti-affinity (check: x)\nError: found 1 lint errors\n") ==
        "b/a.x warning (object: llm/chat apps/v1) no anti-affinity (check: x)\n");
  CHECK(said("kube-score", "[CRITICAL] chat apps/v1/Deployment: (server) no limit\n[OK] chat v1/Service\n") ==
        ". warning [CRITICAL] chat apps/v1/Deployment: (server) no limit\n");
  CHECK(said("terraform fmt", "╷\n│ Warning: x\n╵\nError: Unclosed block\n\n  on a.x line 7, in resource \"a\":\n") ==
        "a.x:7 error Unclosed block\n");
  CHECK(said("python",
             "Traceback (most recent call last):\n  File \"/w/a.x\", line 2\n    def f(:\nSyntaxError: invalid "
             "syntax\n") == "a.x:2 error SyntaxError: invalid syntax\n");
  CHECK(said("kubectl kustomize", "E1121 run.go:72] \"command failed\" err=\"no such file\"\n") ==
        "a.x error no such file\n");
  CHECK(said("systemd-analyze verify", "a.x:2: Unknown key 'Foo'\na.x: Command /x is not executable: No such file\n") ==
        "a.x:2 error Unknown key 'Foo'\n");
  CHECK(said("docker compose config",
             "time=\"2026-11-22\" level=warning msg=\"The \\\"A\\\" variable is not set.\"\n"
             "validating /w/a.x: services.a Additional property imagee is not allowed\n") ==
        "a.x error validating /w/a.x: services.a Additional property imagee is not allowed\n");
  CHECK(said("cloud-init schema",
             "Invalid user-data /w/a.x\nError: Cloud config schema errors: runcmdd: Additional properties are not "
             "allowed\n\nError: Invalid schema: user-data\n") ==
        "a.x error Cloud config schema errors: runcmdd: Additional properties are not allowed\n");
  CHECK(said("systemd-analyze verify", "").empty());
  CHECK(said("shellcheck", "it broke\n") == "a.x error it broke\n");
  CHECK(said("shellcheck", std::string(5000, 'x') + "\n\x1b[31m\n").find('\x1b') == std::string::npos);
}

TEST_CASE("each validator takes its own files") {
  using Names = std::vector<std::string>;
  CHECK(takers("run", "#!/usr/bin/env bash\n") == Names{"shellcheck", "bash -n"});
  CHECK(takers("run.sh", "#!/usr/bin/env zsh\n").empty());
  CHECK(takers("a.ipynb", "{}") == Names{"nbformat"});
  CHECK(takers("compose.yaml", "services:\n") == Names{"docker compose config", "yamllint"});
  CHECK(takers("k/kustomization.yaml", "resources: [a]\n") == Names{"kubectl kustomize", "yamllint"});
  CHECK(takers("k/kustomization.yaml", "resources: [https://example.com/a]\n") == Names{"yamllint"});
  CHECK(takers("job", "#!/bin/bash\n#SBATCH -n 1\n") == Names{"shellcheck", "bash -n", "sbatch --test-only"});
  CHECK(takers("c/templates/a.yaml", "kind: {{ x }}\n").empty());
  CHECK(takers("user-data", "#cloud-config\n") == Names{"cloud-init schema"});
  CHECK(takers("notes.md", "#SBATCH\n").empty());
}

TEST_CASE("the rules in a PrometheusRule keep their lines") {
  const std::string text =
      "apiVersion: v1\nkind: ConfigMap\n---\nkind: PrometheusRule\nspec:\n  groups:\n    - name: a\n";
  CHECK(prometheus_rules(text) == "\n\n\n\n\ngroups:\n  - name: a\n");
  CHECK(prometheus_rules("groups: []\n").empty());
}

// The real ones: a bad file gives a finding on its line, a good one none.
TEST_CASE("validators that are on this machine find what is theirs") {
  struct Row {
    std::string program, validator, path, bad, good;
    int line;
  };
  const std::vector<Row> rows = {
      {"shellcheck", "shellcheck", "a.sh", "#!/bin/sh\nif [ ; then\n", "#!/bin/sh\ntrue\n", 2},
      {"bash", "bash -n", "a.sh", "#!/bin/sh\nif\n", "#!/bin/sh\ntrue\n", 3},
      {"yamllint", "yamllint", "a.yaml", "a: 1\na: 2\n", "a: 1\n", 2},
      {"promtool", "promtool check rules", "r.yaml",
       "groups:\n  - name: a\n    rules:\n      - alert: x\n        expr: sum(\n",
       "groups:\n  - name: a\n    rules:\n      - alert: x\n        expr: up\n", 5},
      {"systemd-analyze", "systemd-analyze verify", "a.service", "[Unit]\nFoo=1\n[Service]\nExecStart=/bin/true\n",
       "[Service]\nExecStart=/bin/true\n", 2},
      {"haproxy", "haproxy -c", "h.cfg",
       "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend a\n  foo\n",
       "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend a\n  bind "
       "127.0.0.1:1\n",
       7},
      {"python3", "python", "a.py", "def f(:\n", "f = 1\n", 1},
      {"kubectl", "kubectl kustomize", "kustomization.yaml", "resources: [b.yaml]\n",
       "namePrefix: a-\nconfigMapGenerator: [{name: a}]\n", 0},
      {"terraform", "terraform fmt", "a.tf", "resource \"a\" {\n", "locals {}\n", 1}};
  for (const Row& row : rows) {
    if (!find_program(row.program)) continue;
    for (const bool bad : {true, false}) {
      const TemporaryDirectory folder;
      write_file(folder.path() / row.path, bad ? row.bad : row.good);
      std::vector<Finding> findings;
      const auto runs = run_validators(read_sources(folder.path()), findings);
      std::erase_if(findings, [&](const Finding& finding) { return finding.rule != row.validator; });
      INFO(row.validator << (bad ? " bad\n" : " good\n") << shown(findings));
      CHECK(std::any_of(runs.begin(), runs.end(), [&](const ValidatorRun& ran) {
        return ran.name == row.validator && ran.state == ValidatorRun::State::ran;
      }));
      CHECK(findings.empty() != bad);
      if (bad && !findings.empty()) CHECK(findings.front().place.line == row.line);
    }
  }
}

// Stand-ins say what they were given: a linter of manifests gets what a kustomization gives, never its parts and
// patches.
TEST_CASE("what reads whole objects is given what kustomizations give") {
  const TemporaryDirectory folder, programs;
  const auto program = [&](const char* name, const char* text) {
    write_file(programs.path() / name, text);
    std::filesystem::permissions(programs.path() / name, std::filesystem::perms::owner_all);
  };
  program("kubectl", "#!/bin/sh\necho 'kind: Whole'\n");
  program("kube-score", "#!/bin/sh\nshift 3\nfor file; do echo \"[CRITICAL] $(cat \"$file\")\"; done\nexit 1\n");
  const std::string manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  write_file(folder.path() / "k/base/kustomization.yaml", "resources: [a.yaml]\n");
  write_file(folder.path() / "k/base/a.yaml", manifest);
  write_file(folder.path() / "k/prod/kustomization.yaml", "resources: [../base]\npatches: [{path: patches/b.yaml}]\n");
  write_file(folder.path() / "k/prod/patches/b.yaml", manifest);
  write_file(folder.path() / "alone.yaml", "# alone\n" + manifest);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (programs.path().string() + ":" + path).c_str(), 1);
  std::vector<Finding> findings;
  run_validators(read_sources(folder.path()), findings);
  setenv("PATH", path.c_str(), 1);
  std::erase_if(findings, [](const Finding& finding) { return finding.rule != "kube-score"; });
  sort_findings(findings);
  CHECK(shown(findings) ==
        "alone.yaml warning [CRITICAL] # alone\nk/prod/kustomization.yaml warning [CRITICAL] kind: Whole\n");
}

TEST_CASE("the manual has every validator") {
  const std::string manual = read_file(std::string(PALIER_TESTS) + "/../docs/check.md");
  for (const Validator& one : validators()) {
    INFO(one.name);
    CHECK(manual.find("\n| " + std::string(one.name) + " | ") != std::string::npos);
    CHECK(manual.find(" | " + std::string(one.get) + " |\n") != std::string::npos);
  }
}
