#include "base/error.hpp"
#include "templates/targets.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

TargetParameter parameter(const std::string& type) {
  return {.name = "p", .type = type, .description = "d", .fallback = nullptr, .least = {}, .most = {}, .choices = {}};
}

Json value_of(const TargetParameter& p, const std::string& text) {
  const Target target{
      .name = "t", .title = {}, .description = {}, .template_file = {}, .machine = {}, .parameters = {p}, .next = {}};
  return parameters_of(target, {{"p", text}}).at("p");
}

}  // namespace

TEST_CASE("Settings are key=value") {
  const Settings settings = parse_settings({"a=b=c", "d="});
  CHECK(settings.size() == 2);
  CHECK(settings.at("a").value == "b=c");
  CHECK(settings.at("d").value.empty());
  CHECK_THROWS_AS(parse_settings({"a"}), Error);
  CHECK_THROWS_AS(parse_settings({"=b"}), Error);
  CHECK_THROWS_AS(parse_settings({"a=1", "a=2"}), Error);
}

TEST_CASE("Values have the type that they are said to have") {
  CHECK(value_of(parameter("text"), "$(x)\n'\"") == "$(x)\n'\"");
  CHECK(value_of(parameter("integer"), "12") == 12);
  CHECK(value_of(parameter("bytes"), "16GiB") == 17179869184);
  CHECK(value_of(parameter("seconds"), "2min") == 120);
  CHECK(value_of(parameter("boolean"), "yes") == true);
  CHECK(value_of(parameter("name"), "my-app") == "my-app");
  const std::vector<std::pair<std::string, std::string>> wrong = {{"integer", "1.5"},
                                                                  {"integer", "x"},
                                                                  {"integer", ""},
                                                                  {"integer", "99999999999999999999"},
                                                                  {"bytes", "many"},
                                                                  {"bytes", "-1"},
                                                                  {"seconds", "soon"},
                                                                  {"boolean", "maybe"},
                                                                  {"name", "My_App"},
                                                                  {"name", "-a"},
                                                                  {"name", "a-"},
                                                                  {"name", ""},
                                                                  {"name", "a\nb"},
                                                                  {"name", "../etc"},
                                                                  {"name", "1a"},
                                                                  {"name", std::string(64, 'a')},
                                                                  {"text", std::string(5000, 'x')}};
  for (const auto& [type, text] : wrong) {
    INFO(type << ": " << text);
    try {
      value_of(parameter(type), text);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::usage);
    }
  }
}

TEST_CASE("Ranges and choices are kept") {
  TargetParameter number = parameter("integer");
  number.least = 1;
  number.most = 8;
  CHECK(value_of(number, "8") == 8);
  CHECK_THROWS_AS(value_of(number, "0"), Error);
  CHECK_THROWS_AS(value_of(number, "9"), Error);
  TargetParameter choice = parameter("text");
  choice.choices = {"cpu", "cuda"};
  CHECK(value_of(choice, "cuda") == "cuda");
  CHECK_THROWS_AS(value_of(choice, "gpu"), Error);
}

TEST_CASE("An unknown setting is refused with the nearest known one") {
  const TargetTable table = load_targets(TemplateTree(std::nullopt));
  const std::vector<const Target*> targets = {&table.find("kubernetes-inference")};
  CHECK_NOTHROW(check_settings(targets, {{"gpus", "1"}}));
  try {
    check_settings(targets, {{"gpu", "1"}});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.text().help == "did you mean 'gpus'?");
  }
  CHECK_THROWS_AS(table.find("kubernetes"), Error);
}

TEST_CASE("The table is sound: every target has a template, every parameter a known type and a description") {
  const TemplateTree tree(std::nullopt);
  const TargetTable table = load_targets(tree);
  const std::vector<std::string> types = {"text", "name", "integer", "boolean", "bytes", "seconds"};
  for (const Target& target : table.targets) {
    INFO(target.name);
    CHECK_NOTHROW(tree.find(target.template_file));
    for (const TargetParameter& p : target.parameters) {
      INFO(p.name);
      CHECK(std::count(types.begin(), types.end(), p.type) == 1);
      CHECK_FALSE(p.description.empty());
    }
  }
  for (const char* leaf : {"local", "notebooks", "managed", "kubernetes", "lakehouse", "modular"})
    CHECK(table.leaves.count(leaf) == 1);
  for (const char* list : {"minimum-cost", "local", "progressive-cloud", "product-company", "enterprise"}) {
    CHECK(table.lists.count(list) == 1);
    CHECK(table.expand(list, {}).size() > 1);
  }
  CHECK(table.expand("slurm", {}) == std::vector<std::string>{"slurm"});
}

TEST_CASE("A short list has what its kind of machine needs, and nothing for another kind") {
  const TargetTable table = load_targets(TemplateTree(std::nullopt));
  const auto has_wsl = [&](const Json& machine) {
    const std::vector<std::string> targets = table.expand("local", machine);
    return std::count(targets.begin(), targets.end(), "wsl") == 1;
  };
  CHECK(has_wsl(Json::parse(R"({"platform": {"kind": "wsl"}})")));
  CHECK_FALSE(has_wsl(Json::parse(R"({"platform": {"kind": "bare-metal"}})")));
  CHECK_FALSE(has_wsl({}));
  CHECK(table.expand("wsl", {}) == std::vector<std::string>{"wsl"});
}
