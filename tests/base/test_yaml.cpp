#include "base/yaml.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

template <class F>
std::string failure(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return to_string(error.text().location) + ": " + error.text().reason +
           (error.text().help.empty() ? "" : " / " + error.text().help);
  }
  return "no error";
}

}  // namespace

TEST_CASE("values are read with their types") {
  const Yaml yaml = Yaml::parse("a: 16GiB\nb: [1, 2.5]\nc: {en: yes, fr: oui}\nd: true\ne: \"5\"\n", "f");
  CHECK(yaml.at("a").bytes() == 17179869184u);
  CHECK(yaml.at("b").items()[0].integer() == 1);
  CHECK(yaml.at("b").items()[1].number() == 2.5);
  CHECK(yaml.at("c").localized().in(Lang::fr) == "oui");
  CHECK(yaml.at("d").boolean());
  CHECK(yaml.at("e").quoted());
  CHECK(yaml.find("z") == nullptr);
}

TEST_CASE("what is wrong is pointed at") {
  const Yaml yaml = Yaml::parse("a: text\nb:\n  wrkers: 3\n", "f");
  CHECK(failure([&] { (void)yaml.at("a").number(); }) == "f:1:4: expected a number, got 'text'");
  CHECK(failure([&] { (void)yaml.at("c"); }) == "f:1:1: 'c' is missing");
  CHECK(failure([&] { yaml.at("b").allow_only({"workers"}); }) ==
        "f:3:3: unknown key 'wrkers' / did you mean 'workers'?");
  CHECK(failure([&] { (void)yaml.at("a").items(); }) == "f:1:4: expected a list, got a value");
}

TEST_CASE("bad documents are refused") {
  CHECK(failure([] { Yaml::parse("a: 1\na: 2\n", "f"); }) == "f:2:1: the key 'a' is there twice");
  CHECK(failure([] { Yaml::parse("a: [1, 2\nb: 3\n", "f"); }).starts_with("f:2:"));
  CHECK(failure([] { Yaml::parse("? [a]\n: 1\n", "f"); }) == "f:1:3: a key must be a plain word");
  CHECK(failure([] { Yaml::parse(std::string(5000, '['), "f"); }) != "no error");
}

TEST_CASE("an alias bomb is stopped") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(failure([&] { Yaml::parse(bomb, "f"); }).find("more than a million values") != std::string::npos);
}
