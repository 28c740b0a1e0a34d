// The table of validators. A new one is a row here and in docs/check.md.
#include "templates/check/validators/validators.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/manifests.hpp"

namespace palier {
namespace {

using Text = const std::string&;
using Run = Validator::Run;
using Output = Validator::Output;

bool contains(Text text, std::string_view part) { return text.find(part) != std::string::npos; }
bool starts_line(Text text, const std::string& part) { return text.starts_with(part) || contains(text, "\n" + part); }
bool is_yaml(Text path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }
bool is_template(Text text) { return contains(text, "{{"); }

bool takes_shell(Text path, Text text) {
  const std::string first = text.substr(0, text.find('\n'));
  const bool shebang =
      first.starts_with("#!") && (first.ends_with("/sh") || contains(first, "bash") || first.ends_with("env sh"));
  return shebang || (path.ends_with(".sh") && !first.starts_with("#!")) || path.ends_with(".bash");
}
bool takes_yaml(Text path, Text text) { return is_yaml(path) && !is_template(text); }
bool takes_manifest(Text path, Text text) {
  return is_yaml(path) && !is_template(text) && starts_line(text, "apiVersion:") && starts_line(text, "kind:") &&
         !is_kustomization_name(path) && file_name_of(path) != "Chart.yaml" &&
         !contains(text, "kustomize.config.k8s.io");
}
// A remote base would be fetched.
bool takes_kustomization(Text path, Text text) {
  return is_kustomization_name(path) && !contains(text, "kind: Component") && !contains(text, "://") &&
         !contains(text, "github.com/") && !contains(text, "?ref=") && !contains(text, "git@") &&
         !contains(text, "helmCharts");
}
bool takes_chart(Text path, Text) { return file_name_of(path) == "Chart.yaml"; }
bool takes_rules(Text path, Text text) {
  return is_yaml(path) && !is_template(text.substr(0, text.find("groups:"))) &&
         ((starts_line(text, "groups:") && contains(text, "expr:")) || contains(text, "kind: PrometheusRule"));
}
bool takes_rule_tests(Text path, Text text) {
  return is_yaml(path) && starts_line(text, "rule_files:") && starts_line(text, "tests:");
}
bool takes_prometheus(Text path, Text text) { return is_yaml(path) && starts_line(text, "scrape_configs:"); }
bool takes_compose(Text path, Text text) {
  const std::string name = file_name_of(path);
  return is_yaml(path) && (name.starts_with("compose.") || name.starts_with("docker-compose")) &&
         starts_line(text, "services:");
}
bool takes_cloud_config(Text, Text text) { return text.starts_with("#cloud-config"); }
bool takes_unit(Text path, Text text) {
  constexpr std::array<std::string_view, 8> kinds = {".service", ".timer", ".socket", ".mount",
                                                     ".path",    ".slice", ".target", ".swap"};
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) { return path.ends_with(kind); }) &&
         starts_line(text, "[");
}
bool takes_batch(Text path, Text text) {
  return text.starts_with("#!") && starts_line(text, "#SBATCH") && !path.ends_with(".md");
}
bool takes_haproxy(Text path, Text text) {
  return path.ends_with(".cfg") &&
         (starts_line(text, "frontend ") || starts_line(text, "listen ") || contains(file_name_of(path), "haproxy"));
}
bool takes_notebook(Text path, Text) { return path.ends_with(".ipynb"); }
bool takes_dockerfile(Text path, Text) {
  const std::string name = file_name_of(path);
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         name.ends_with(".Dockerfile");
}
bool takes_vagrant(Text path, Text) { return file_name_of(path) == "Vagrantfile"; }
bool takes_terraform(Text path, Text) { return path.ends_with(".tf"); }
bool takes_workflow(Text path, Text) { return is_yaml(path) && contains("/" + path, "/.github/workflows/"); }
bool takes_python(Text path, Text text) {
  return path.ends_with(".py") || (text.starts_with("#!") && contains(text.substr(0, text.find('\n')), "python"));
}

// -I: nothing of the checked folder is imported.
const std::string python_syntax = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')";
const std::string yamllint_rules =
    "{extends: relaxed, rules: {line-length: disable, new-line-at-end-of-file: disable, trailing-spaces: disable}}";
const std::string python_notebook =
    "import sys, nbformat; nbformat.validate(nbformat.read(open(sys.argv[1], encoding='utf-8'), "
    "as_version=nbformat.NO_CONVERT))";

std::vector<Validator> for_clusters() {
  return {
      {.name = "kubectl kustomize",
       .takes = takes_kustomization,
       .run = Run::each_folder,
       .commands = {{"kubectl", "kustomize", "{}"}, {"kustomize", "build", "{}"}},
       .output = Output::whole,
       .get = "kubectl, from the Kubernetes releases; Debian 13: kubernetes-client"},
      {.name = "kubeconform",
       .takes = takes_manifest,
       .run = Run::all_files,
       .rendered = true,
       .commands = {{"kubeconform", "-strict", "-ignore-missing-schemas", "-output", "text", "{}"}},
       .unable = {"failed downloading schema"},
       .get = "the kubeconform releases"},
      {.name = "kube-linter",
       .takes = takes_manifest,
       .run = Run::all_files,
       .rendered = true,
       .commands = {{"kube-linter", "lint", "--format", "plain", "{}"}},
       .worst = Severity::warning,
       .get = "the KubeLinter releases"},
      {.name = "kube-score",
       .takes = takes_manifest,
       .run = Run::all_files,
       .rendered = true,
       .commands = {{"kube-score", "score", "--output-format", "ci", "{}"}},
       .worst = Severity::warning,
       .mark = "[CRITICAL]",
       .ignore = "[OK]",
       .get = "the kube-score releases"},
      {.name = "helm lint",
       .takes = takes_chart,
       .run = Run::each_folder,
       .commands = {{"helm", "lint", "--quiet", "{}"}},
       .output = Output::whole,
       .get = "the Helm releases"},
      {.name = "promtool check rules",
       .takes = takes_rules,
       .commands = {{"promtool", "check", "rules", "{}"}},
       .ignore = "Checking ",
       .get = "apt install prometheus"},
      {.name = "promtool test rules",
       .takes = takes_rule_tests,
       .commands = {{"promtool", "test", "rules", "{}"}},
       .output = Output::whole,
       .get = "apt install prometheus"},
      {.name = "promtool check config",
       .takes = takes_prometheus,
       .commands = {{"promtool", "check", "config", "--syntax-only", "{}"}},
       .output = Output::whole,
       .get = "apt install prometheus"},
  };
}

std::vector<Validator> for_machines() {
  return {
      {.name = "docker compose config",
       .takes = takes_compose,
       .commands = {{"docker", "compose", "-f", "{}", "config", "--quiet"},
                    {"docker-compose", "-f", "{}", "config", "--quiet"}},
       .probe = {"version", "--format", "json"},  // which version 1 has not: it refuses files of today
       .output = Output::whole,
       .ignore = "level=warning",  // of variables that the environment will set
       .get = "Docker's Compose plugin; Debian 13: apt install docker-compose"},
      {.name = "hadolint",
       .takes = takes_dockerfile,
       .run = Run::all_files,
       .commands = {{"hadolint", "--format", "gnu", "{}"}},
       .worst = Severity::warning,
       .get = "the hadolint releases"},
      {.name = "shellcheck",
       .takes = takes_shell,
       .run = Run::all_files,
       .commands = {{"shellcheck", "-S", "warning", "-f", "gcc", "{}"}},
       .get = "apt install shellcheck"},
      {.name = "bash -n", .takes = takes_shell, .commands = {{"bash", "-n", "{}"}}, .get = "apt install bash"},
      {.name = "yamllint",
       .takes = takes_yaml,
       .run = Run::all_files,
       .commands = {{"yamllint", "-f", "parsable", "--no-warnings", "-d", yamllint_rules, "{}"}},
       .get = "apt install yamllint"},
      {.name = "cloud-init schema",
       .takes = takes_cloud_config,
       .commands = {{"cloud-init", "schema", "--config-file", "{}"}},
       .output = Output::whole,
       .ignore = "Invalid schema: ",  // what comes last, and says less
       .get = "apt install cloud-init (Debian 13's finds more)"},
      {.name = "systemd-analyze verify",
       .takes = takes_unit,
       .commands = {{"systemd-analyze", "--man=no", "verify", "{}"}},
       .heeds_success = false,
       .ignore = "is not executable: No such file",
       .get = "apt install systemd"},
      {.name = "sbatch --test-only",
       .takes = takes_batch,
       .commands = {{"sbatch", "--test-only", "{}"}},
       .output = Output::whole,
       .unable = {"Unable to contact slurm controller", "failed to fetch config"},
       .get = "a machine of a Slurm cluster"},
      {.name = "haproxy -c",
       .takes = takes_haproxy,
       .commands = {{"haproxy", "-c", "-f", "{}"}},
       .ignore = "Errors found in configuration",
       .get = "apt install haproxy"},
      {.name = "nbformat",
       .takes = takes_notebook,
       .commands = {{"/usr/bin/python3", "-I", "-W", "error", "-c", python_notebook, "{}"},
                    {"python3", "-I", "-W", "error", "-c", python_notebook, "{}"}},
       .probe = {"-I", "-c", "import nbformat"},
       .output = Output::whole,
       .get = "apt install python3-nbformat"},
      {.name = "python",
       .takes = takes_python,
       .commands = {{"python3", "-I", "-c", python_syntax, "{}"}},
       .output = Output::whole,
       .get = "apt install python3"},
      {.name = "ruby -c", .takes = takes_vagrant, .commands = {{"ruby", "-c", "{}"}}, .get = "apt install ruby"},
      {.name = "terraform fmt",
       .takes = takes_terraform,
       .commands = {{"terraform", "fmt", "-no-color", "-write=false", "-list=false", "{}"},
                    {"tofu", "fmt", "-no-color", "-write=false", "-list=false", "{}"}},
       .output = Output::whole,
       .get = "the OpenTofu or Terraform releases"},
      {.name = "actionlint",
       .takes = takes_workflow,
       .run = Run::all_files,
       .commands = {{"actionlint", "-oneline", "-shellcheck=", "-pyflakes=", "{}"}},
       .get = "the actionlint releases"},
  };
}

}  // namespace

const std::vector<Validator>& validators() {
  static const std::vector<Validator> table = [] {
    std::vector<Validator> all = for_clusters();
    const std::vector<Validator> others = for_machines();
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return table;
}

std::string prometheus_rules(const std::string& text) {
  if (!contains(text, "kind: PrometheusRule")) return {};
  std::string out, document;
  bool inside = false, wanted = false;
  const auto finish = [&] {
    out += wanted ? document
                  : std::string(static_cast<std::size_t>(std::count(document.begin(), document.end(), '\n')), '\n');
    document.clear();
    inside = wanted = false;
  };
  for (const std::string_view line : lines(text)) {
    if (line.starts_with("---")) finish();
    wanted = wanted || trim(line) == "kind: PrometheusRule";
    const bool top = !line.empty() && line.front() != ' ' && line.front() != '#';
    if (top) inside = line.starts_with("spec:");
    // What stands under spec loses one level: two spaces, as everywhere in these files.
    document += inside && !top && line.starts_with("  ") ? std::string(line.substr(2)) + "\n" : "\n";
  }
  finish();
  return out;
}

}  // namespace palier
