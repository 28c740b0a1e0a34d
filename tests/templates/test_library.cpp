// What the templates that come with palier write, over machines, needs and hostile values.
#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

Generated generate_for(const Json& machine, const std::vector<std::string>& targets, const Settings& settings = {},
                       const Json& advice = nullptr) {
  return generate(TemplateTree(std::nullopt),
                  {.machine = machine, .advice = advice, .targets = targets, .settings = settings});
}

const std::string& text_of(const Generated& generated, const std::string& path) {
  return generated.files.at(path).text;
}

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
      {machine_with(Json::array({gpu("nvidia", "8.9", "580.65.06")})), "whl/cu128\n"},
      {machine_with(Json::array({gpu("nvidia", "6.1", "535.1")})), "whl/cu126\n"},
      {machine_with(Json::array({gpu("nvidia", "12.0", "550.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "12.0", "570.1")})), "whl/cu128\n"},
      {machine_with(Json::array({gpu("nvidia", "8.6", "470.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "3.5", "580.1")})), "whl/cpu\n"},
      {machine_with(Json::array({gpu("nvidia", "$(id)", "x")})), "whl/cu128\n"},
      {machine_with(Json::array({gpu("amd", "", "")})), "whl/rocm6.4\n"},
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
        Settings{{"engine", "llama.cpp"}, {"min_replicas", "3"}}}) {
    const Generated generated = generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, settings);
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/deployment.yaml"), "deployment.yaml");
    const Yaml& spec = deployment.at("spec");
    CHECK(spec.find("replicas") == nullptr);
    const Yaml& pod = spec.at("template").at("spec");
    const Yaml& container = pod.at("containers").items().front();
    const Yaml& requests = container.at("resources").at("requests");
    const Yaml& limits = container.at("resources").at("limits");
    for (const char* resource : {"memory", "ephemeral-storage"})
      CHECK(requests.at(resource).text() == limits.at(resource).text());
    if (requests.find("nvidia.com/gpu") != nullptr)
      CHECK(requests.at("nvidia.com/gpu").integer() == limits.at("nvidia.com/gpu").integer());
    CHECK(limits.find("cpu") == nullptr);
    CHECK(pod.at("enableServiceLinks").boolean() == false);
    const Yaml& probe = container.at("startupProbe");
    const long long startup = probe.at("failureThreshold").integer() * probe.at("periodSeconds").integer();
    CHECK(startup >= 600);
    CHECK(spec.at("progressDeadlineSeconds").integer() > startup);
    CHECK(pod.at("terminationGracePeriodSeconds").integer() >
          container.at("lifecycle").at("preStop").at("sleep").at("seconds").integer());
    const Yaml hpa = Yaml::parse(text_of(generated, "kubernetes/hpa.yaml"), "hpa.yaml");
    CHECK(hpa.at("spec").at("minReplicas").integer() < hpa.at("spec").at("maxReplicas").integer());
    CHECK(hpa.at("spec").at("scaleTargetRef").at("name").text() == deployment.at("metadata").at("name").text());
    const Yaml service = Yaml::parse(text_of(generated, "kubernetes/service.yaml"), "service.yaml");
    for (const auto& [key, value] : service.at("spec").at("selector").members())
      CHECK(spec.at("template").at("metadata").at("labels").at(key.text()).text() == value.text());
  }
}

TEST_CASE("Shared memory of several GPUs is inside the memory limit") {
  const auto memory = [](const char* gpus) {
    const Generated generated =
        generate_for(sample_machine("gpu24"), {"kubernetes-inference"}, {{"gpus", gpus}, {"memory", "20GiB"}});
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/deployment.yaml"), "d");
    const Yaml& pod = deployment.at("spec").at("template").at("spec");
    return pod.at("containers").items().front().at("resources").at("limits").at("memory").text();
  };
  CHECK(memory("1") == "20Gi");
  CHECK(memory("2") == "22Gi");
}

TEST_CASE("What cannot work is refused with a reason and a way out") {
  const Json machine = sample_machine("gpu24");
  for (const Settings& settings :
       {Settings{{"model", "a/b"}}, Settings{{"model", "a/b"}, {"model_size", "140GB"}}, Settings{{"gpus", "3"}},
        Settings{{"name", "vllm"}}, Settings{{"image", "a/b:latest"}}, Settings{{"image", "localhost:5000/a"}},
        Settings{{"engine", "llama.cpp"}, {"gpus", "1"}}}) {
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

TEST_CASE("Every leaf of the advice gives a README, and says where there are no files yet") {
  for (const char* leaf : {"local", "notebooks", "managed", "kubernetes", "lakehouse", "modular"}) {
    const Generated generated = generate_for(sample_machine("laptop"), {}, {}, sample_advice(leaf));
    const std::string readme = text_of(generated, "README.md");
    CHECK(readme.find("| Mamba | environments | quick |") != std::string::npos);
    CHECK(readme.find("`palier bench`") != std::string::npos);
    CHECK((readme.find("no files for this recommendation yet") != std::string::npos) == (generated.files.size() == 1));
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
    const Yaml deployment = Yaml::parse(text_of(generated, "kubernetes/deployment.yaml"), "d");
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
