#include "base/error.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "templates/emit.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// What a YAML reader makes of the emitted text. Plain scalars are told from quoted ones: a plain one here is a value.
Json parsed(const Yaml& node) {
  if (node.is_null()) return nullptr;
  if (node.is_list()) {
    Json list = Json::array();
    for (const Yaml& item : node.items()) list.push_back(parsed(item));
    return list;
  }
  if (node.is_map()) {
    Json map = Json::object();
    for (const auto& [key, value] : node.members()) map[key.text()] = parsed(value);
    return map;
  }
  if (node.quoted()) return node.text();
  const std::string text = node.text();
  if (text == "true" || text == "false") return text == "true";
  if (const auto integer = to_integer(text)) return *integer;
  if (const auto number = to_number(text)) return *number;
  return text;
}

Json round_trip(const Json& content) { return parsed(Yaml::parse(emit_yaml(content), "emitted")); }

const std::vector<std::string> hostile_texts = {"",
                                                " ",
                                                "true",
                                                "No",
                                                "null",
                                                "~",
                                                "y",
                                                "1",
                                                "-1",
                                                "1.5",
                                                "1e3",
                                                "0x1F",
                                                "0o7",
                                                "1_000",
                                                "12:30:45",
                                                "2024-01-01",
                                                ".inf",
                                                "NaN",
                                                "=",
                                                "<<",
                                                "-",
                                                "--",
                                                "---",
                                                "...",
                                                "- a",
                                                "? a",
                                                "a: b",
                                                "a #b",
                                                "#a",
                                                "key:",
                                                "[a]",
                                                "{a}",
                                                "a, b",
                                                "&a",
                                                "*a",
                                                "!a",
                                                "|",
                                                ">",
                                                "%a",
                                                "@a",
                                                "`a`",
                                                "'",
                                                "\"",
                                                "\\",
                                                "a'b\"c",
                                                "$(rm -rf /)",
                                                "${HOME}",
                                                "{{ x }}",
                                                "a\nb",
                                                "a\nb\n",
                                                "a\n\nb\n\n",
                                                "\na",
                                                " a\nb",
                                                "\ta\nb",
                                                "a\n  b\n c",
                                                "a \nb",
                                                "a\r\nb",
                                                "a\rb",
                                                "tab\there",
                                                "x\u0001y",
                                                "x\u007fy",
                                                "x\u0085y",
                                                "x\u2028y",
                                                "x\u2029y",
                                                "\uFEFFx",
                                                "é",
                                                "日本",
                                                "😀",
                                                "a\n---\nb",
                                                "a\n...\n",
                                                "std.extVar('HOME')",
                                                "||| x",
                                                "4Gi",
                                                "500m",
                                                "--set",
                                                "--",
                                                "-x",
                                                "a:b",
                                                "http://x:80/y?z=1&a=b",
                                                "trailing ",
                                                "trailing:",
                                                "docker.io/a/b:v1@sha256:00"};

}  // namespace

TEST_CASE("YAML: every text comes back as the same text, as value and as key") {
  for (const std::string& text : hostile_texts) {
    INFO("text: " << Json(text).dump());
    CHECK(round_trip(Json{{"k", text}, {"z", 1}}) == Json{{"k", text}, {"z", 1}});
    CHECK(round_trip(Json::array({text, Json::array({text})})) == Json::array({text, Json::array({text})}));
    if (!is_comment_key(text)) CHECK(round_trip(Json{{text, Json{{"a", text}}}}) == Json{{text, Json{{"a", text}}}});
  }
}

TEST_CASE("YAML: values, empty ones and nested ones come back") {
  const Json content = parse_json(
      R"({"a": {"b": [], "c": {}, "d": null, "e": true, "f": -1.5}, "l": [[1, [2, 3]], {"x": {"y": [1]}}, {}]})", "t");
  CHECK(round_trip(content) == content);
  CHECK(emit_yaml(Json::object()) == "{}\n");
  CHECK(emit_yaml("a\nb") == "\"a\\nb\"\n");
}

TEST_CASE("YAML: Kubernetes' order, and comments above what they are about") {
  const Json content = parse_json(R"({
    "spec": {"containers": [{"image": "i", "name": "c", "#image": "pinned"}], "#containers": "one\ntwo", "#": "the spec"},
    "metadata": {"name": "x"}, "kind": "Pod", "apiVersion": "v1", "#": "top"})",
                                  "t");
  CHECK(emit_yaml(content) ==
        "# top\napiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  # the spec\n  # one\n  # two\n  containers:\n"
        "    - name: c\n      # pinned\n      image: i\n");
  CHECK(emit_yaml(parse_json(R"([{"a": 1, "#a": "first"}, {"#": "second", "b": 2}])", "t")) ==
        "# first\n- a: 1\n# second\n- b: 2\n");
}

TEST_CASE("No text can end a comment") {
  for (const std::string& text : hostile_texts) {
    INFO("text: " << Json(text).dump());
    const Json content = {{"#a", text + "\nb: 2"}, {"a", 1}, {"#", text}};
    CHECK(round_trip(content) == Json{{"a", 1}});
    const std::string comment = comment_lines(text);
    for (const std::string_view line : lines(comment)) CHECK(line.starts_with('#'));
  }
}

TEST_CASE("TOML") {
  const Json content = parse_json(
      R"({"project": {"name": "a\"b\\c\nd", "deps": ["x", "y>=1"], "#deps": "why", "odd key": {"n": 1.5}},
          "top": true, "list": [{"a": 1}, {"a": {"b": 2}}], "mixed": [1, {"z": "q"}]})",
      "t");
  CHECK(emit_toml(content, "f") ==
        "top = true\nmixed = [1, { z = \"q\" }]\n\n[project]\nname = \"a\\\"b\\\\c\\nd\"\n# why\ndeps = [\"x\", "
        "\"y>=1\"]\n\n"
        "[project.\"odd key\"]\nn = 1.5\n\n[[list]]\na = 1\n\n[[list]]\n\n[list.a]\nb = 2\n");
  CHECK_THROWS_AS(emit_toml(Json{{"a", nullptr}}, "f"), Error);
}

TEST_CASE("INI refuses what would change its structure") {
  CHECK(emit_ini(Json{{"s", {{"a", "b c"}, {"n", 1}, {"#n", "why"}}}}, "f") == "[s]\na = b c\n# why\nn = 1\n");
  CHECK_THROWS_AS(emit_ini(Json{{"s", {{"a", "b\n[evil]"}}}}, "f"), Error);
  CHECK_THROWS_AS(emit_ini(Json{{"s]", {{"a", "b"}}}}, "f"), Error);
  CHECK_THROWS_AS(emit_ini(Json{{"s", {{"a=1\n", "b"}}}}, "f"), Error);
  CHECK_THROWS_AS(emit_ini(Json{{"s", {{"a", Json::array({1})}}}}, "f"), Error);
}

TEST_CASE("A notebook has the shape and the layout that Jupyter writes") {
  const Json content = parse_json(R"({"cells": [{"type": "markdown", "source": "# Hi\n\nthere\n"},
                                                {"type": "code", "source": "1"}, {"type": "code", "source": "1"}]})",
                                  "t");
  const std::string text = emit_notebook(content, "n.ipynb");
  const Json notebook = parse_json(text, "n.ipynb");
  CHECK(notebook.at("nbformat") == 4);
  CHECK(notebook.at("nbformat_minor") == 5);
  const Json& cells = notebook.at("cells");
  REQUIRE(cells.size() == 3);
  CHECK(cells[0].at("source") == Json::array({"# Hi\n", "\n", "there"}));
  CHECK_FALSE(cells[0].contains("outputs"));
  CHECK(cells[1].at("execution_count").is_null());
  CHECK(cells[1].at("id") != cells[2].at("id"));
  CHECK(emit_notebook(content, "n.ipynb") == text);
  CHECK(text.starts_with("{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\",\n"));
  CHECK_THROWS_AS(emit_notebook(Json{{"cells", {{{"type", "raw"}, {"source", ""}}}}}, "n.ipynb"), Error);
}

TEST_CASE("A file description is checked") {
  CHECK(emit(Json{{"format", "text"}, {"mode", "0755"}, {"content", "x"}}, "f").mode == 0755);
  CHECK(emit(Json{{"format", "text"}, {"content", "x"}}, "f").text == "x\n");
  CHECK(emit(Json{{"format", "json"}, {"content", {1}}}, "f").text == "[\n  1\n]\n");
  CHECK(emit(Json{{"format", "yaml-stream"}, {"content", {{{"a", 1}}, {{"a", 2}}}}}, "f").text ==
        "---\na: 1\n---\na: 2\n");
  CHECK(emit(Json{{"format", "yaml"}, {"header", "Why\nso"}, {"content", {{"a", 1}}}}, "f").text ==
        "# Why\n# so\na: 1\n");
  for (const char* wrong :
       {R"([])", R"({"format": "text"})", R"({"format": "exe", "content": ""})", R"({"format": "text", "content": {}})",
        R"({"format": "text", "content": "a\u0000b"})", R"({"format": "json", "header": "x", "content": {}})",
        R"({"format": "text", "mode": "4755", "content": ""})", R"({"format": "yaml-stream", "content": {}})"}) {
    INFO(wrong);
    CHECK_THROWS_AS(emit(parse_json(wrong, "t"), "f"), Error);
  }
}
