// What the templates that come with palier write, over machines, needs and hostile values.
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "tests/catch.hpp"
#include "tests/every_nth.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

Json gpu(const std::string& vendor, const std::string& capability, const std::string& driver) {
  return {{"vendor", vendor},
          {"name", "GPU"},
          {"memory_total", 17179869184},
          {"usable", true},
          {"compute_capability", capability},
          {"driver", driver}};
}

Json machine_with(const Json& gpus, const std::string& kind = "computer") {
  Json machine = sample_machine("laptop");
  machine["gpus"] = gpus;
  machine["platform"]["kind"] = kind;
  return machine;
}

Error refusal(const Json& machine, const Settings& settings) {
  try {
    generate_for(machine, {"kubernetes-inference"}, settings);
  } catch (const Error& error) {
    return error;
  }
  FAIL("accepted");
  return Error({.message = {}, .reason = {}});
}

}  // namespace

TEST_CASE("PyTorch's wheels follow the GPU and its driver") {
  const std::vector<std::pair<Json, std::string>> rows = {
      {machine_with(Json::array()), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "8.9", "580.65.06")})), "whl/cu130\n"},
      {machine_with(Json::array({gpu("nvidia", "8.9", "535.1")})), "whl/cu126\n"},
      {machine_with(Json::array({gpu("nvidia", "6.1", "535.1")})), "whl/cu126\n"},
      {machine_with(Json::array({gpu("nvidia", "12.0", "570.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "12.0", "580.1")})), "whl/cu130\n"},
      {machine_with(Json::array({gpu("nvidia", "8.6", "470.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "3.5", "580.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "$(id)", "x")})), "whl/cu130\n"},
      {machine_with(Json::array({gpu("amd", "", "")})), "whl/rocm7.14\n"},
      {machine_with(Json::array({gpu("intel", "", "")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "8.7", "540.4")}), "jetson"), "whl/cpu\n"},
      {Json::object(), "whl/cpu\n"}};
  for (const auto& [machine, index] : rows) {
    const Generated generated = generate_for(machine, {"local-python"});
    INFO(text_of(generated, "python/requirements-torch.txt"));
    CHECK(text_of(generated, "python/requirements-torch.txt").find(index) != std::string::npos);
    const Yaml environment = Yaml::parse(text_of(generated, "python/environment.yml"), "environment.yml");
    CHECK(environment.at("name").text() == "palier");
  }
  const Json unusable = {{"vendor", "nvidia"}, {"usable", false}, {"why_not", "driver missing"}};
  const Generated generated = generate_for(machine_with(Json::array({unusable})), {"local-python"});
  CHECK(text_of(generated, "python/README.md").find("driver missing") != std::string::npos);
  CHECK(text_of(generated, "python/requirements-torch.txt").find("whl/cpu") != std::string::npos);
}

TEST_CASE("The model server is sized so that its numbers agree with each other") {
  for (const Settings& settings :
       {Settings{}, Settings{{"gpus", "2"}, {"gpu_memory", "24GiB"}},
        Settings{{"engine", "vllm"}, {"max_request", "10min"}},
        Settings{{"model", "a/b"}, {"model_size", "140GB"}, {"gpus", "8"}, {"gpu_memory", "80GB"}},
        Settings{{"engine", "llama.cpp"}, {"gpus", "0"}, {"min_replicas", "3"}}, Settings{{"engine", "llama.cpp"}},
        Settings{{"gpu_vendor", "amd"}}, Settings{{"time_slices", "2"}, {"context", "1024"}}}) {
    const Generated generated = generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, settings);
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/base/deployment.yaml"), "deployment.yaml");
    const Yaml& spec = deployment.at("spec");
    CHECK(spec.find("replicas") == nullptr);
    const Yaml& pod = spec.at("template").at("spec");
    const Yaml& container = pod.at("containers").items().front();
    const Yaml& requests = container.at("resources").at("requests");
    const Yaml& limits = container.at("resources").at("limits");
    for (const char* resource : {"memory", "ephemeral-storage"})
      CHECK(requests.at(resource).text() == limits.at(resource).text());
    for (const char* resource : {"nvidia.com/gpu", "amd.com/gpu", "nvidia.com/gpu.shared"}) {
      if (requests.find(resource) != nullptr) CHECK(requests.at(resource).integer() == limits.at(resource).integer());
    }
    CHECK(limits.find("cpu") == nullptr);
    CHECK(pod.at("enableServiceLinks").boolean() == false);
    const Yaml& probe = container.at("startupProbe");
    const long long startup = probe.at("failureThreshold").integer() * probe.at("periodSeconds").integer();
    CHECK(startup >= 600);
    CHECK(spec.at("progressDeadlineSeconds").integer() > startup);
    CHECK(pod.at("terminationGracePeriodSeconds").integer() >
          container.at("lifecycle").at("preStop").at("sleep").at("seconds").integer());
    const Yaml scaler = Yaml::parse(text_of(generated, "kubernetes/overlays/prod/autoscaler.yaml"), "autoscaler.yaml");
    const std::string count = scaler.at("kind").text() == "ScaledObject" ? "ReplicaCount" : "Replicas";
    CHECK(scaler.at("spec").at("min" + count).integer() < scaler.at("spec").at("max" + count).integer());
    CHECK(scaler.at("spec").at("scaleTargetRef").at("name").text() == deployment.at("metadata").at("name").text());
    const Yaml service = Yaml::parse(text_of(generated, "kubernetes/base/service.yaml"), "service.yaml");
    for (const auto& [key, value] : service.at("spec").at("selector").members())
      CHECK(spec.at("template").at("metadata").at("labels").at(key.text()).text() == value.text());
  }
}

TEST_CASE("A canary gets its share of the requests, and pods of its own") {
  const Generated generated =
      generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, {{"canary_share", "20"}, {"name", "chat"}});
  const auto read = [&](const char* file) {
    return Yaml::parse(text_of(generated, std::string("kubernetes/overlays/") + file), file);
  };
  const Yaml route = read("canary/route.yaml"), deployment = read("canary/deployment.yaml");
  const auto& rules = route.at("spec").at("rules").items();
  const auto& backends = rules.at(0).at("backendRefs").items();
  CHECK(backends.at(0).at("weight").integer() == 80);
  CHECK(backends.at(1).at("weight").integer() == 20);
  CHECK(backends.at(1).at("name").text() == read("canary/service.yaml").at("metadata").at("name").text());
  const auto& chosen = rules.at(1).at("backendRefs").items();
  CHECK(rules.at(1).at("matches").items().at(0).find("headers") != nullptr);
  CHECK(chosen.size() == 1);
  CHECK(chosen.at(0).at("name").text() == backends.at(1).at("name").text());
  CHECK(deployment.at("spec").at("template").at("spec").at("serviceAccountName").text() == "chat");
  const char* instance = "app.kubernetes.io/instance";
  const Yaml base = Yaml::parse(text_of(generated, "kubernetes/base/deployment.yaml"), "deployment.yaml");
  const auto selected = [&](const Yaml& of) {
    return of.at("spec").at("selector").at("matchLabels").at(instance).text();
  };
  CHECK(selected(deployment) == "chat-canary");
  CHECK(selected(base) == "chat");
}

TEST_CASE("Shared memory of several GPUs is inside the memory limit") {
  const auto memory = [](const char* gpus) {
    const Generated generated =
        generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, {{"gpus", gpus}, {"memory", "20GiB"}});
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/base/deployment.yaml"), "d");
    const Yaml& pod = deployment.at("spec").at("template").at("spec");
    return pod.at("containers").items().front().at("resources").at("limits").at("memory").text();
  };
  CHECK(memory("1") == "20Gi");
  CHECK(memory("2") == "22Gi");
}

TEST_CASE("The GPU's resource is the one that the node offers") {
  const auto resource = [](const Json& gpu_facts, const Settings& settings) {
    Json machine = sample_machine("gpu24");
    machine["gpus"] = Json::array({gpu_facts});
    const Generated generated = generate_for(machine, {"kubernetes-inference"}, settings);
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/base/deployment.yaml"), "d");
    const Yaml& pod = deployment.at("spec").at("template").at("spec");
    const Yaml& limits = pod.at("containers").items().front().at("resources").at("limits");
    for (const auto& [key, value] : limits.members()) {
      if (key.text().find('/') != std::string::npos) return key.text();
    }
    return std::string("none");
  };
  Json slice = gpu("nvidia", "8.0", "580.1");
  slice["mig"] = "3g.20gb";
  Json integrated = gpu("amd", "", "amdgpu");
  integrated["unified"] = true;
  CHECK(resource(gpu("nvidia", "8.9", "580.1"), {}) == "nvidia.com/gpu");
  CHECK(resource(slice, {}) == "nvidia.com/mig-3g.20gb");
  CHECK(resource(gpu("nvidia", "8.9", "580.1"), {{"time_slices", "4"}, {"gpu_memory", "80GiB"}}) ==
        "nvidia.com/gpu.shared");
  CHECK(resource(gpu("amd", "", "amdgpu"), {}) == "amd.com/gpu");
  CHECK(resource(gpu("nvidia", "8.9", "580.1"), {{"gpu_resource", "example.com/gpu"}}) == "example.com/gpu");
  CHECK(resource(integrated, {}) == "none");
  CHECK(resource(gpu("nvidia", "8.9", "580.1"), {{"gpus", "0"}}) == "none");
}

TEST_CASE("A digest that is not known is said, and none is made up") {
  const Generated pinned = generate_for(sample_machine("gpu24"), {"kubernetes-inference"});
  CHECK(pinned.open.empty());
  const Settings amd = {{"engine", "ollama"}, {"gpu_vendor", "amd"}};
  const Generated open = generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, amd);
  REQUIRE(open.open.size() == 1);
  CHECK(open.open.front().find("the digest of docker.io/ollama/ollama:0.33.3-rocm is not known") == 0);
  CHECK(text_of(open, "kubernetes/base/deployment.yaml").find("its digest is not known here") != std::string::npos);
}

TEST_CASE("What cannot work is refused with a reason and a way out") {
  const Json machine = sample_machine("gpu24");
  for (const Settings& settings :
       {Settings{{"model", "a/b"}}, Settings{{"model", "a/b"}, {"model_size", "140GB"}}, Settings{{"gpus", "3"}},
        Settings{{"name", "vllm"}}, Settings{{"image", "a/b:latest"}}, Settings{{"image", "localhost:5000/a"}},
        Settings{{"engine", "llama.cpp"}, {"gpu_vendor", "amd"}}, Settings{{"gpus", "0"}, {"engine", "vllm"}},
        Settings{{"time_slices", "2"}, {"gpus", "2"}}, Settings{{"engine", "ollama"}, {"autoscaler", "keda"}},
        Settings{{"name", std::string(41, 'a')}}}) {
    const Error error = refusal(machine, settings);
    INFO(error.text().reason);
    CHECK_FALSE(error.text().reason.empty());
    CHECK_FALSE(error.text().help.empty());
    CHECK(error.text().location.line > 0);
  }
  CHECK_THROWS_AS(generate_for(machine, {"kubernetes-inference"}, {{"model", "-x"}, {"model_size", "1GB"}}), Error);
  CHECK_THROWS_AS(generate_for(machine, {"kubernetes-inference"}, {{"min_replicas", "5"}, {"max_replicas", "2"}}),
                  Error);
}

TEST_CASE("Every leaf of the advice ends in files, and its README leads to them") {
  for (const char* leaf : {"local", "notebooks", "managed", "kubernetes", "lakehouse", "modular"}) {
    const Generated generated = generate_for(sample_machine("laptop"), {}, {}, sample_advice(leaf));
    const std::string readme = text_of(generated, "README.md");
    CHECK(readme.find("| Mamba | environments | quick |") != std::string::npos);
    CHECK(readme.find("`palier bench`") != std::string::npos);
    std::set<std::string> folders;
    for (const auto& [path, file] : generated.files) {
      if (path.find('/') != std::string::npos && !path.starts_with(".")) folders.insert(path.substr(0, path.find('/')));
    }
    CHECK_FALSE(folders.empty());
    for (const std::string& folder : folders) CHECK(readme.find("(" + folder + "/README.md)") != std::string::npos);
  }
  CHECK_THROWS_AS(generate_for(sample_machine("laptop"), {}, {}, sample_advice("moon")), Error);
  CHECK_THROWS_AS(generate_for(sample_machine("laptop"), {}), Error);
  CHECK_THROWS_AS(generate_for(sample_machine("laptop"), {"overview"}), Error);
}

TEST_CASE("The same inputs give the same bytes") {
  const auto once = [] {
    std::string all;
    const Generated generated = generate_for(sample_machine("gpu24"), {"local-python", "kubernetes-inference"});
    for (const auto& [path, file] : generated.files) all += path + "\n" + file.text;
    return all;
  };
  CHECK(once() == once());
}

TEST_CASE("Hostile values stay data") {
  const std::vector<std::string> hostile = {"'; rm -rf / #",      "\"\nevil: true\n", "$(touch /tmp/x)",      "`id`",
                                            "a\n---\nkind: Evil", "{{ x }}",          "' + (import 'x') + '", "]]>",
                                            "| a | b |",          "x\u2028y: z",      "```\n# evil\n```"};
  for (const std::string& text : hostile) {
    INFO(text);
    Json machine = sample_machine("gpu24");
    machine["cpu"]["model"] = text;
    machine["gpus"][0]["name"] = text;
    machine["gpus"][1]["why_not"] = text;
    machine["gpus"][1]["usable"] = false;
    Json advice = sample_advice("kubernetes");
    for (const char* key : {"title", "tier"}) advice[key] = text;
    advice["stack"][0]["why"] = text;
    advice["next"] = Json::array({text});
    std::string image = "repo:" + text;
    std::replace(image.begin(), image.end(), '/', '.');
    const Generated generated = generate_for(machine, {"overview", "local-python", "kubernetes-inference"},
                                             {{"model", "m" + text}, {"model_size", "1GB"}, {"image", image}}, advice);
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/base/deployment.yaml"), "d");
    CHECK(deployment.at("kind").text() == "Deployment");
    CHECK(deployment.find("evil") == nullptr);
    const Yaml& container = deployment.at("spec").at("template").at("spec").at("containers").items().front();
    std::string model = "m" + text;
    if (const std::size_t at = model.find("$("); at != std::string::npos) model.insert(at, "$");
    CHECK(container.at("args").items().front().text() == model);
    CHECK(container.at("image").text() == image);
    Yaml::parse(text_of(generated, "python/environment.yml"), "e");
    for (const std::string_view line : lines(text_of(generated, "python/requirements-torch.txt")))
      CHECK((line.starts_with("#") || line.starts_with("--index-url https://") || line.starts_with("torch")));
    for (const char* path : {"README.md", "python/README.md", "kubernetes/README.md"}) {
      for (const std::string_view line : lines(text_of(generated, path))) CHECK_FALSE(line.starts_with("# evil"));
    }
  }
}

namespace {

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts = {"'; touch /tmp/evil #",
                                                 "\"\nevil: true\n",
                                                 "$(touch /tmp/evil)",
                                                 "`touch /tmp/evil`",
                                                 "a\n---\nkind: Evil",
                                                 "{{ evil }}",
                                                 "' + (import 'evil') + '",
                                                 "\"}, evil: {",
                                                 "%{evil}",
                                                 "../../evil",
                                                 "a\nExecStartPre=/bin/evil",
                                                 "a\n  server evil 10.0.0.1:80",
                                                 "\xff\xfe evil",
                                                 "https://evil\n",
                                                 "ssh-ed25519 A\nruncmd: [evil]"};
  return texts;
}

// Structured files read back; in files that are program text nothing of `text` is there.
void check_harmless(const Generated& generated, const std::string& text) {
  for (const auto& [path, file] : generated.files) {
    INFO(path << "\n" << text);
    std::vector<Yaml> repeated;
    if (path.ends_with(".json") || path.ends_with(".ipynb")) {
      CHECK_NOTHROW(parse_json(file.text, path));
    } else if (path.ends_with(".yaml") || path.ends_with(".yml")) {
      for (const Yaml& document : Yaml::parse_all(file.text, path, repeated)) CHECK(document.find("evil") == nullptr);
      CHECK(repeated.empty());
    } else if (!path.ends_with(".md")) {
      CHECK(file.text.find("evil") == std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE("Whatever a user sets ends as data or as an error, in every target") {
  const TemplateTree tree(std::nullopt);
  int written = 0, refused = 0;
  EveryNth taken(7);
  for (const Target& target : load_targets(tree).targets) {
    if (target.name == "kubernetes-inference") continue;  // slow, and held to the same above
    for (const TargetParameter& parameter : target.parameters) {
      if (!parameter.choices.empty()) continue;
      for (const std::string& text : hostile_texts()) {
        if (!taken.next()) continue;
        Settings settings = {{parameter.name, text}};
        if (parameter.name == "model") settings.emplace("model_size", "1GB");
        try {
          parameters_of(target, settings);
          check_harmless(generate_for(sample_machine("gpu24"), {target.name}, settings), text);
          ++written;
        } catch (const Error&) {
          ++refused;
        }
      }
      CHECK_THROWS_AS(parameters_of(target, {{parameter.name, std::string(10 << 20, 'x')}}), Error);
    }
  }
  CHECK(written * taken.step() > 50);
  CHECK(refused * taken.step() > 500);
}
