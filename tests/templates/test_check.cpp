// `palier check`: a good bundle in which nothing is found, and one defect for each rule.
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/check/finding.hpp"
#include "templates/check/part.hpp"
#include "templates/check/sound.hpp"
#include "templates/check/sources.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

const std::string data = std::string(PALIER_TESTS) + "/templates/check/";

FileTexts good() { return read_sources(data + "good").files; }

std::string shown(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings)
    out +=
        to_string(Location{finding.place.file, finding.place.line}) + " " + finding.rule + " " + finding.message + "\n";
  return out;
}

int line_of(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  return at == std::string::npos
             ? 0
             : 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

struct Edit {
  std::string file, before, after;  // the first `before` becomes `after`; a file that is not there is made
};

// After the edits `rule` is found on the line of `where` in `place`.
struct Defect {
  std::string rule;
  std::vector<Edit> edits;
  std::string where, place;
};

void replace_first(std::string& text, const std::string& before, const std::string& after) {
  const std::size_t at = text.find(before);
  REQUIRE(at != std::string::npos);
  text.replace(at, before.size(), after);
}

std::vector<Defect> read_defects() {
  std::vector<Defect> out;
  for (const auto& item : parse_json(read_file(data + "defects.json"), "defects.json")) {
    const Edit edit{item.at("file"), item.at("before"), item.at("after")};
    out.push_back({item.at("rule"), {edit}, item.at("where"), item.value("place", edit.file)});
    if (item.contains("also"))
      out.back().edits.push_back({item["also"].at("file"), item["also"].at("before"), item["also"].at("after")});
  }
  return out;
}

}  // namespace

TEST_CASE("nothing is found in a good bundle") {
  const FileTexts files = good();
  CHECK(files.size() == 50);
  CHECK(shown(lint(files)).empty());
}

TEST_CASE("each defect is found, in its file and on its line") {
  std::set<std::string> covered;
  for (const Defect& defect : read_defects()) {
    FileTexts files = good();
    for (const Edit& edit : defect.edits) replace_first(files[edit.file], edit.before, edit.after);
    const int line = line_of(files[defect.place], defect.where);
    const std::vector<Finding> findings = lint(files);
    const bool found = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.rule == defect.rule && finding.place.file == defect.place && finding.place.line == line;
    });
    INFO(defect.rule << " wanted at " << defect.place << ":" << line << " (" << defect.edits[0].after << "), got\n"
                     << shown(findings));
    CHECK(line > 0);
    CHECK(found);
    covered.insert(defect.rule);
  }
  for (const LintRule& rule : lint_rules()) {
    INFO(rule.id);
    const bool elsewhere = rule.id == "not-checked" || rule.id == "symbolic-link";
    CHECK((elsewhere || covered.count(std::string(rule.id)) == 1));
  }
}

TEST_CASE("the table of rules is sorted, and the manual has every one") {
  const std::string manual = read_file(std::string(PALIER_TESTS) + "/../docs/check.md");
  const auto rules = lint_rules();
  CHECK(std::is_sorted(rules.begin(), rules.end(), [](const LintRule& a, const LintRule& b) { return a.id < b.id; }));
  for (const LintRule& rule : rules) {
    const std::string row = "| `" + std::string(rule.id) + "` | " + std::string(to_string(rule.severity)) + " | " +
                            std::string(rule.what) + " | " + std::string(rule.help) + " |\n";
    INFO(row);
    CHECK(manual.find(row) != std::string::npos);
  }
}

TEST_CASE("an object may be excepted from a rule") {
  FileTexts files = good();
  replace_first(files["base/server.yaml"], "v0.11.0", "latest");
  replace_first(files["base/web.yaml"], "web:1.4.2", "web:latest");
  CHECK(lint(files).size() == 2);
  replace_first(files["base/server.yaml"], "  namespace: llm",
                "  namespace: llm\n  annotations: {palier.check/ignore: \"host-path, latest-tag\"}");
  REQUIRE(lint(files).size() == 1);
  CHECK(lint(files).front().place.file == "base/web.yaml");
}

TEST_CASE("what palier generates has no defect") {
  const std::vector<Settings> settings = {
      {},
      {{"gpus", "2"}, {"gpu_memory", "24GiB"}},
      {{"engine", "vllm"}, {"gpu_memory", "80GB"}, {"max_request", "10s"}},
      {{"engine", "llama.cpp"}, {"min_replicas", "3"}},
      {{"model", "a/b-70B"}, {"model_size", "140GB"}, {"gpus", "8"}, {"gpu_memory", "80GB"}}};
  for (const Settings& one : settings) {
    const Generated generated =
        generate(TemplateTree(std::nullopt),
                 {.machine = sample_machine("gpu24"), .targets = {"kubernetes-inference"}, .settings = one});
    FileTexts files;
    for (const auto& [path, file] : generated.files) files[path] = file.text;
    CHECK(shown(lint(files)).empty());
  }
}

TEST_CASE("what the linter refuses is not written") {
  const TemporaryDirectory folder;
  const std::string config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b, a: c}\n";
  const Plan bad = plan(files_of({{"a.yaml", config}}), folder.path());
  CHECK_THROWS_AS(require_sound(bad), Error);
  CHECK_NOTHROW(require_sound(plan(files_of({{"a.txt", config}}), folder.path())));
  // Somebody else's file does not keep palier from writing its own.
  write_file(folder.path() / "a.yaml", config);
  CHECK_NOTHROW(require_sound(plan(files_of({{"a.yaml", "a: 1\n"}}), folder.path())));
}

TEST_CASE("amounts are read as Kubernetes reads them") {
  CHECK(parse_quantity("16Gi") == 16.0 * 1024 * 1024 * 1024);
  CHECK(parse_quantity("500m") == 0.5);
  CHECK(parse_quantity("2e3") == 2000);
  CHECK(parse_quantity("1E") == 1e18);
  for (const char* wrong : {"16GB", "2 cores", "", "Gi", "1e3Gi", "0x10", "nan"}) CHECK(!parse_quantity(wrong));
}

TEST_CASE("a port that a program is told to listen on needs no declaration") {
  const auto manager = [](const std::string& told) {
    return shown(lint({{"manager.yaml",
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: m}\nspec:\n"
                        "  selector: {matchLabels: {app: m}}\n  template:\n    metadata: {labels: {app: m}}\n"
                        "    spec:\n      containers:\n        - name: m\n          image: m:1.8081\n"
                        "          args: [\"" +
                            told +
                            "\"]\n          ports: [{containerPort: 9443, name: hook}]\n"
                            "          livenessProbe: {httpGet: {path: /healthz, port: 8081}}\n"}}));
  };
  CHECK(manager("--health-probe-bind-address=:8081").find("probe-port") == std::string::npos);
  CHECK(manager("--health-probe-bind-address=:18081").find("probe-port") != std::string::npos);
}

TEST_CASE("what somebody fills in is no wrong name of an image") {
  for (const char* image : {"gcr.io/PROJECT_ID/web:1.4.2", "\"{{ registry }}/web:1.4.2\"", "<registry>/Web:1.4.2"}) {
    FileTexts files = good();
    replace_first(files["base/web.yaml"], "registry.example.com/web:1.4.2", image);
    CHECK(shown(lint(files)).find("wrong-image") == std::string::npos);
  }
}

TEST_CASE("what Kubernetes or a controller puts in by itself is not missed") {
  const std::string spec =
      "{containers: [{name: c, image: a:1, args: [\"$(OF_CONTROLLER)\", \"$(JOB_COMPLETION_INDEX)\"]}]}";
  const auto undefined = [&](const std::string& api, const std::string& kind) {
    const std::vector<Finding> findings =
        lint({{"a.yaml", "{apiVersion: " + api + ", kind: " + kind +
                             ", metadata: {name: a}, spec: {template: {spec: " + spec + "}}}"}});
    return std::ranges::count(findings, "variable-undefined", &Finding::rule);
  };
  CHECK(undefined("batch/v1", "Job") == 1);  // the index is a Job's own
  CHECK(undefined("example.com/v1", "JobLike") == 0);
  const auto port = [](const char* number) {
    const std::vector<Finding> findings = lint(
        {{"a.yaml", std::string("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort, ports: "
                                "[{port: 80, nodePort: ") +
                        number + "}]}}"}});
    return std::ranges::count(findings, "wrong-number", &Finding::rule);
  };
  CHECK(port("0") == 0);
  CHECK(port("80") == 1);
}

TEST_CASE("whatever a file holds, it gives a row at most") {
  std::string bomb = "apiVersion: v1\nkind: ConfigMap\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(shown(lint({{"bomb.yaml", bomb}})).find("yaml-syntax it expands to more than") != std::string::npos);
  CHECK(shown(lint({{"deep.yaml", std::string(100000, '[')}})).find("yaml-syntax") != std::string::npos);
  CHECK(shown(lint({{"\x1b[31m\xff.yaml", "a: [1"}})).find("yaml-syntax") != std::string::npos);
  CHECK(lint({{"large.yaml", std::string(5 << 20, 'x')}}).size() == 1);
  const std::string circle = "resources: [../b]\n";
  CHECK(
      shown(lint({{"a/kustomization.yaml", circle}, {"b/kustomization.yaml", "resources: [../a]\n"}})).find("circle") !=
      std::string::npos);
  CHECK(shown(lint({{"a/kustomization.yaml", "resources: [../b]\n"},
                    {"b/kustomization.yaml", "resources: [../b/../b]\n"}}))
            .find("circle") != std::string::npos);
}

// The values of a manifest, all of them and then one after the other, become something of another kind.
TEST_CASE("values of the wrong kind never stop the linter") {
  FileTexts files = good();
  std::erase_if(files, [](const auto& file) { return file.first.starts_with("overlays/dev"); });
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".yaml")) continue;
    FileTexts changed = files;
    for (const char* value : {"[]", "{}", "", "[[1], {a: b}]", "{a: {b: c}}", "-1", "\"\""}) {
      changed[path].clear();
      for (const std::string_view line : lines(text)) {
        const std::size_t colon = line.find(": ");
        changed[path] += std::string(line.substr(0, colon)) +
                         (colon == std::string_view::npos ? "" : ": " + std::string(value)) + "\n";
      }
      CHECK_NOTHROW(lint(changed));
    }
    if (path != "base/server.yaml" && path != "overlays/prod/kustomization.yaml") continue;
    for (std::size_t at = text.find(": "); at != std::string::npos; at = text.find(": ", at + 1)) {
      changed[path] = text.substr(0, at + 2) + "[{a: [b]}]" + text.substr(text.find('\n', at));
      CHECK_NOTHROW(lint(changed));
    }
  }
}
