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

TEST_CASE("a stray bracket is no endless row of documents") {
  CHECK(failure([] { Yaml::parse(",:: 1}\nb: *b:", "f"); }) != "no error");
  CHECK(failure([] { Yaml::parse("a: 1\n---\nb: 2\n", "f"); }) == "f:3:1: a second document begins here");
}

TEST_CASE("an alias is what it stands for, and never a part of itself") {
  const Yaml yaml = Yaml::parse("a: &x {y: [1, 2]}\nb: *x\nc: &z text\nd: [*z]\n", "f");
  CHECK(yaml.at("b").at("y").items()[1].integer() == 2);
  CHECK(yaml.at("d").items()[0].text() == "text");
  CHECK(failure([] { Yaml::parse("a: &x [1, *x]\n", "f"); }).find("no anchor 'x'") != std::string::npos);
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

TEST_CASE("a stream of documents is read as Kubernetes reads it") {
  std::vector<Yaml> repeated;
  const auto documents =
      Yaml::parse_all("a: 1\na: 2\n---\n---\nx: &x {b: 1, c: 2}\ny:\n  <<: *x\n  c: 3\n", "f", repeated);
  REQUIRE(documents.size() == 3);
  CHECK(documents[0].at("a").integer() == 2);
  REQUIRE(repeated.size() == 1);
  CHECK(to_string(repeated[0].location()) == "f:2:1");
  CHECK(documents[1].is_null());
  CHECK(documents[2].at("y").at("b").integer() == 1);
  CHECK(documents[2].at("y").at("c").integer() == 3);
  CHECK(documents[2].at("y").find("<<") == nullptr);
  CHECK(documents[2].at("y").at("c").location().line == 8);
}

TEST_CASE("a document can be changed, and what is new says where it came from") {
  Yaml yaml = Yaml::parse("a: 1\nb: [x]\n", "f");
  const Yaml key = Yaml::scalar("c", yaml);
  yaml.set(key, Yaml::map(yaml.at("b")));
  yaml.find("c")->set(Yaml::scalar("d", yaml), Yaml::scalar("e", yaml.at("b")));
  CHECK(yaml.at("c").at("d").text() == "e");
  CHECK(yaml.at("c").at("d").location().line == 2);
  yaml.set(Yaml::scalar("a", yaml), Yaml::scalar("2", yaml));
  CHECK(yaml.at("a").text() == "2");
  yaml.find("b")->items().push_back(yaml.at("a"));
  CHECK(yaml.at("b").items().size() == 2);
  yaml.erase("a");
  CHECK(yaml.find("a") == nullptr);
}
