#include <string>
#include <vector>

#include "base/french.hpp"
#include "base/french_parsers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

template <class Read>
std::string reason_of(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    CHECK_FALSE(error.text().location.file.empty());
    return error.text().reason;
  }
  return {};
}

// Words of the libraries' sentences that no French one has.
bool is_english(const std::string& text) {
  for (const std::string_view word : words(text)) {
    for (const char* english : {"while", "found", "find", "expected", "did", "not", "invalid", "unexpected", "must",
                                "is", "last", "allowed", "error", "of", "with"}) {
      if (word == english) return true;
    }
  }
  return false;
}

using namespace std::string_literals;

// One document for each thing that libyaml can find wrong in one.
std::vector<std::string> broken_yaml() {
  return {"a: [1, 2",
          "a: {b: 1",
          "- a\nb: c",
          "a: b\n c: d",
          "a:\n  b: c\n d: e",
          "a\nb: c\nd",
          "a: ]",
          "[,]",
          "a: b: c",
          "a: - b",
          "a: ? b",
          "\ta: b",
          "a: @b",
          "a: 'x",
          "a: \"x\n--- y\"",
          "a: \"\\q\"",
          "a: \"\\xZZ\"",
          "a: \"\\UFFFFFFFF\"",
          "a: & b",
          "a: *",
          "a: &b!c",
          "a: !<x",
          "a: !<%ZZ>",
          "a: !x!y z",
          "a: !a,b c",
          "a: |0\n b",
          "a: |x\n b",
          "a: |\n\tb",
          "a: |\n  b\n\tc",
          "%FOO\n---\na",
          "% \n---\na",
          "%YAML x\n---\na",
          "%YAML 1x\n---\na",
          "%YAML 1111111111.1\n---\na",
          "%YAML 3.0\n---\na",
          "%YAML 1.1 x\n---\na",
          "%YAML 1.1\n%YAML 1.1\n---\na",
          "%TAG x\n---\na",
          "%TAG !a!\n---\na",
          "%TAG !a! b\n%TAG !a! c\n---\na",
          "%YAML 1.1\na: b",
          "a: \x01",
          "a: \xff",
          "a: \xc3(",
          "a: \xc3",
          "a: \xed\xa0\x80",
          "a: \xc0\x80",
          "\xff\xfe\x41"s,
          "\xff\xfe\x00\xdc"s,
          "\xff\xfe\x00\xd8"s,
          "\xff\xfe\x00\xd8\x41\x00"s};
}

std::vector<std::string> broken_json() {
  return {"[1,",
          "{a:1}",
          "{\"a\" 1}",
          "[1 2]",
          "{\"a\":1 \"b\"}",
          "[1]]",
          "tru",
          "[\"\x01\"]",
          "[\"\\q\"]",
          "[\"\\u12\"]",
          "[\"\\ud800\"]",
          "[\"\\udc00\"]",
          "[\"\\ud800\\u0041\"]",
          "[\"x",
          "[\"\xff\"]",
          "[-]",
          "[1.]",
          "[1e]",
          "[1e+]",
          "[1e999]",
          "\xef\xbb",
          "{,}",
          "[true false]"};
}

}  // namespace

TEST_CASE("what is wrong in a YAML text is told in French") {
  for (const std::string& text : broken_yaml()) {
    const std::string reason = reason_of([&] {
      std::vector<Yaml> repeated;
      Yaml::parse_all(text, "a.yaml", repeated);
    });
    INFO(text << "\n" << reason);
    REQUIRE_FALSE(reason.empty());
    CHECK_FALSE(is_english(in_french(reason)));
    CHECK(in_french(reason) != reason);
  }
}

TEST_CASE("what is wrong in a JSON text is told in French") {
  for (const std::string& text : broken_json()) {
    const std::string reason = reason_of([&] { parse_json(text, "a.json"); });
    INFO(text << "\n" << reason);
    REQUIRE_FALSE(reason.empty());
    CHECK_FALSE(is_english(in_french(reason)));
    CHECK(in_french(reason) != reason);
  }
}

TEST_CASE("a wrong value in a JSON document is told in palier's words") {
  const auto reason = [](const char* text, const auto& read) {
    const Json json = parse_json(text, "a.json");
    return reason_of([&] {
      try {
        read(json);
      } catch (const nlohmann::json::exception& e) {
        throw_wrong_document("a.json", e.what());
      }
    });
  };
  const auto text = reason(R"({"a": [5]})", [](const Json& json) { json.at("a").at(0).get<std::string>(); });
  CHECK(text == "(/a/0) expected a text, got a number");
  CHECK(in_french(text) == "(/a/0) il faut un texte, et non un nombre");
  const auto list = reason(R"({"a": {}})", [](const Json& json) { json.at("a").get<std::vector<int>>(); });
  CHECK(list == "(/a) expected a list, got an object");
  const auto flag = reason(R"({"a": null})", [](const Json& json) { json.at("a").get<bool>(); });
  CHECK(in_french(flag) == "(/a) il faut true ou false, et non rien");
  const auto missing = reason(R"({"b": {"c": 1}})", [](const Json& json) { json.at("b").at("a"); });
  CHECK(missing == "(/b) 'a' is missing");
  CHECK(in_french(missing) == "(/b) «\u00a0a\u00a0» manque");
  const auto other = reason(R"([1])", [](const Json& json) { json.at("a"); });
  CHECK(other == "expected an object, got a list");
}
