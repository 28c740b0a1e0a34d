#include "base/error.hpp"
#include "base/json.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

ErrorText error_of(const std::string& text) {
  try {
    parse_json(text, "m.json");
  } catch (const Error& error) {
    return error.text();
  }
  return {};
}

}  // namespace

TEST_CASE("bad JSON is pointed at") {
  CHECK(to_string(error_of("{\n  \"a\": tru\n}").location) == "m.json:2:11");
  CHECK(error_of("").reason == "it is empty");
  CHECK(error_of(std::string(100000, '[')).reason == "it is nested more than 64 levels deep");
  std::string wide = "{";
  for (int i = 0; i < 5000; ++i) wide += "\"" + std::to_string(i) + "\": {},";
  CHECK(error_of(wide + "\"end\": 1}").reason == "an object has more than 4096 members");
  CHECK_FALSE(error_of("{\"a\": \"\xff\"}").message.empty());
  CHECK_FALSE(error_of("{} {}").message.empty());
}

TEST_CASE("a wrong value is named by its path") {
  const Json json = parse_json(R"({"a": {"b": "text"}})", "m.json");
  try {
    (void)from_document<std::map<std::string, std::map<std::string, int>>>(json, "m.json");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.text().reason.find("(/a/b)") != std::string::npos);
  }
}

TEST_CASE("a document of another kind is refused") {
  CHECK_THROWS_AS(require_schema(parse_json("[]", "x"), "palier.machine/1", "x"), Error);
  CHECK_THROWS_AS(require_schema(parse_json(R"({"schema": "palier.advice/1"})", "x"), "palier.machine/1", "x"), Error);
  CHECK_NOTHROW(require_schema(parse_json(R"({"schema": "palier.machine/1"})", "x"), "palier.machine/1", "x"));
}

TEST_CASE("unknown is null") {
  std::optional<int> value = 3;
  Json json;
  json["known"] = value;
  json["unknown"] = std::optional<int>();
  CHECK(json.dump() == R"({"known":3,"unknown":null})");
  read(json, "unknown", value);
  CHECK_FALSE(value);
  read(json, "known", value);
  CHECK(value == 3);
}
