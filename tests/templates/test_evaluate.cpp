#include <array>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/french.hpp"
#include "base/text.hpp"
#include "templates/checksum.hpp"
#include "templates/evaluate.hpp"
#include "templates/program.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// A tree of one program text, "main.jsonnet", beside a small library.
std::vector<EmbeddedFile> tree_of(const std::string& program) {
  return {
      {"main.jsonnet", program},
      {"lib/a.libsonnet", "{ x: 1 }"},
      {"lib/broken.libsonnet", "{\n  y: 1,\n  fail: [][3],\n}"},
      {"lib/unfinished.libsonnet", "{\n  y: 1,\n"},
      {"lib/even.libsonnet", "local odd = import 'lib/odd.libsonnet'; function(n) n == 0 || odd(n - 1)"},
      {"lib/odd.libsonnet", "local even = import 'lib/even.libsonnet'; function(n) n != 0 && even(n - 1)  // the end"},
      {"lib/text.txt", "as it is"}};
}

Json evaluate_text(const std::string& program, const std::map<std::string, Json>& arguments = {}) {
  const std::vector<EmbeddedFile> files = tree_of(program);
  return evaluate(TemplateTree(std::nullopt, files), "main.jsonnet", arguments, "cannot generate");
}

// Jsonnet sorts the members of objects.
nlohmann::json unordered(const Json& json) { return nlohmann::json::parse(json.dump()); }

Error error_of(const std::string& program, const std::map<std::string, Json>& arguments = {}) {
  try {
    evaluate_text(program, arguments);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error from: " << program);
  return Error({.message = {}, .reason = {}});
}

}  // namespace

TEST_CASE("SHA-256 is the one that sha256sum prints") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("Imports come from the tree alone, and are recorded") {
  const std::string text = "{ a: (import 'lib/a.libsonnet').x, t: importstr 'lib/text.txt' }";
  CHECK(evaluate_text(text) == Json{{"a", 1}, {"t", "as it is"}});
  const std::vector<EmbeddedFile> files = tree_of(text);
  const Program program(TemplateTree(std::nullopt, files), {"start", "built in", "import 'main.jsonnet'"}, "");
  const auto sources = program.sources("main.jsonnet");
  CHECK(sources.size() == 3);
  CHECK(sources.at("lib/text.txt") == sha256("as it is"));
  for (const char* name : {"/etc/passwd", "../main.jsonnet", "lib/../../../../etc/passwd", "./lib/a.libsonnet",
                           "lib//a.libsonnet", "missing.libsonnet", ""}) {
    INFO(name);
    CHECK_THROWS_AS(evaluate_text("importstr '" + std::string(name) + "'"), Error);
  }
}

TEST_CASE("Imports are those of the program, not of its comments and texts") {
  for (const std::string kept :
       {"// import 'x'\n1", "# import 'x'\n1", "/* import 'x' */ 1", "/* // */ 1", "\"import 'x'\"", "'import \"x\"'",
        "'it\\'s import \"x\"'", "@'it''s \\' + \" import 'x'\"", "|||\n  import 'x'\n\n   |||\n  'a\n||| + ' import'",
        "{ imports: 1, important: 2 }.imports", "'\\\\' + ''"}) {
    INFO(kept);
    CHECK_FALSE(evaluate_text(kept).is_null());
    CHECK(evaluate_text("[" + kept + ", (import 'lib/a.libsonnet').x]").at(1) == 1);
  }
  CHECK(evaluate_text("[import'lib/a.libsonnet', import\n\"lib/a.libsonnet\", 1]").at(1) == Json{{"x", 1}});
  CHECK(evaluate_text("(import 'lib/even.libsonnet')(10)") == true);
  CHECK(evaluate_text("{ import_: importstr 'lib/odd.libsonnet' }")
            .at("import_")
            .get<std::string>()
            .starts_with("local even"));
  // What is not written plainly must not reach libjsonnet's own reader of files.
  for (const std::string refused :
       {"importstr '\\u002fetc/passwd'", "importstr @'/etc/passwd'", "importstr // a\n'/etc/passwd'",
        "importstr ('/etc/passwd')", "import", "importstr '"}) {
    INFO(refused);
    CHECK_THROWS_AS(evaluate_text(refused), Error);
  }
}

TEST_CASE("Nothing of the surroundings can be read") {
  CHECK_THROWS_AS(evaluate_text("std.extVar('HOME')"), Error);
  CHECK_THROWS_AS(evaluate_text("std.native('readFile')('/etc/passwd')"), Error);
}

TEST_CASE("Arguments are values, whatever they hold") {
  for (const std::string text : {"'; error 'x", "\" + (importstr '/etc/passwd') + \"", "|||\n", "$(id)", "%s %(a)s",
                                 "\\", "a\nb", "self.x", "x\u2028y", "// /* #"}) {
    INFO(text);
    const Json value = {{"v", text}, {text, 1}};
    CHECK(unordered(evaluate_text("function(p) p", {{"p", value}})) == unordered(value));
  }
  const std::string broken =
      "a\xFF"
      "b";
  CHECK(evaluate_text("function(p) p", {{"p", broken}}) == "a\uFFFDb");
}

TEST_CASE("Errors point into the template") {
  const Error missing = error_of("function(p) {\n  a: p.b.c,\n}", {{"p", Json{{"b", Json::object()}}}});
  CHECK(missing.text().message == "cannot generate");
  CHECK(to_string(missing.text().location) == "main.jsonnet (built in):2:6");
  CHECK(missing.text().reason == "field does not exist: c");

  const Error syntax = error_of("{\n  a: 1,,\n}");
  CHECK(to_string(syntax.text().location) == "main.jsonnet (built in):2:8");

  const Error imported = error_of("local a = import 'lib/broken.libsonnet', b = import 'lib/a.libsonnet';\n[b, a]");
  CHECK(to_string(imported.text().location) == "lib/broken.libsonnet (built in):3:9");
  const Error behind =
      error_of("local a = import 'lib/a.libsonnet', b = [][1];\nlocal c = import 'lib/a.libsonnet'; b");
  CHECK(to_string(behind.text().location) == "main.jsonnet (built in):1:41");
  const Error unfinished = error_of("import 'lib/unfinished.libsonnet'");
  CHECK(unfinished.text().location.file == "lib/unfinished.libsonnet (built in)");
  const Error nowhere = error_of("{\n  a: import 'lib/b.libsonnet',\n}");
  CHECK(to_string(nowhere.text().location) == "main.jsonnet (built in):2:6");

  const Error said = error_of("{ a: error 'too small\nhelp: buy more' }");
  CHECK(said.text().reason == "too small");
  CHECK(said.text().help == "buy more");

  const Error inner = error_of("std.map(function(x) x.y, [{}])");
  CHECK(inner.text().location.file == "main.jsonnet (built in)");
  CHECK_THROWS_AS(evaluate_text("function(other) 1", {{"p", 1}}), Error);
}

TEST_CASE("Endless recursion and huge inputs end in an error") {
  CHECK_THROWS_AS(evaluate_text("local f(x) = f(x + 1) + 1; f(1)"), Error);
  CHECK_THROWS_AS(evaluate_text("local o = { a: o }; o"), Error);
  CHECK_THROWS_AS(evaluate_text("function(p) 1", {{"p", std::string(10 << 20, 'x')}}), Error);
  CHECK_THROWS_AS(evaluate_text("function(p) 1", {{"p", Json(std::vector<std::string>(200, std::string(60000, 'x')))}}),
                  Error);
}

TEST_CASE("A user's file comes before the built-in one, and a link out of the tree does not") {
  const TemporaryDirectory folder;
  const std::array<EmbeddedFile, 1> files = {EmbeddedFile{"main.jsonnet", "importstr 'lib/text.txt'"}};
  write_file(folder.path() / "data/lib/text.txt", "mine");
  const TemplateTree tree(folder.path() / "data", files);
  CHECK(evaluate(tree, "main.jsonnet", {}, "x") == "mine");

  write_file(folder.path() / "secret.txt", "secret");
  std::filesystem::remove(folder.path() / "data/lib/text.txt");
  std::filesystem::create_symlink(folder.path() / "secret.txt", folder.path() / "data/lib/text.txt");
  CHECK_THROWS_AS(evaluate(tree, "main.jsonnet", {}, "x"), Error);
  std::filesystem::remove_all(folder.path() / "data/lib");
  write_file(folder.path() / "elsewhere/text.txt", "secret");
  std::filesystem::create_directory_symlink(folder.path() / "elsewhere", folder.path() / "data/lib");
  CHECK_THROWS_AS(evaluate(tree, "main.jsonnet", {}, "x"), Error);
}

TEST_CASE("What Jsonnet says of a template that it cannot read is told in French") {
  for (const char* program : {"{ a: y }",
                              "{ a: 1",
                              "[1 2]",
                              "{ a: 1 b: 2 }",
                              "{ a: 'x }",
                              "{ a: 1, a: 2 }",
                              "local x = 1, x = 2; x",
                              "function(x, x) x",
                              "1.a",
                              "1e",
                              "1e+",
                              "@x",
                              "'\\q'",
                              "'\\u12'",
                              "/* x",
                              "|||",
                              "self.a",
                              "super.a",
                              "{ a: `x` }",
                              "if 1 then 2",
                              "{}.a",
                              "[1][3]",
                              "1 / 0",
                              "local f(n) = f(n) + 1; f(1)",
                              "{ assert false, a: 1 }",
                              "{ f(x): x }",
                              "(function(x) x)(1, 2)",
                              "(function(x) x)(y=1)",
                              "(function(x) x)()",
                              "1(2)",
                              "if 3 then 4",
                              "null.a"}) {
    const std::string reason = error_of(program).text().reason;
    INFO(program << "\n" << reason);
    REQUIRE_FALSE(reason.empty());
    CHECK(in_french(reason) != reason);
  }
}
