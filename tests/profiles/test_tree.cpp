#include <fmt/format.h>

#include "profiles/tree.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

// A small tree that is right, one defect at a time.
const std::string good = R"(schema: palier.tree/1
updated: 2026-11-20
first: goal
questions:
  goal:
    text: {en: "Goal?", fr: "But ?"}
    help: "What you want."
    answers:
      try: {text: "Try", question: room}
      run: {text: "Run", leaf: cloud}
  room:
    text: "Room?"
    help: "Is there room?"
    answers:
      "yes": {text: "Yes", leaf: here}
      "no": {text: "No", leaf: cloud}
    from_machine:
      - answer: "yes"
        needs: [{fact: memory, minimum: 8GiB, comfortable: 16GiB}]
      - answer: "no"
leaves:
  here: {title: Here, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}
  cloud: {title: Cloud, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}
)";

std::string with(const std::string& old, const std::string& now) {
  std::string text = good;
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), now);
}

std::string refusal(const std::string& text) {
  return error_of([&] { parse_tree(text, "t.yaml"); });
}

struct Defect {
  const char* what;
  const char* old;
  const char* now;
  const char* reason;
  const char* where;
};

const Defect defects[] = {
    {"another schema", "palier.tree/1", "palier.tree/2", "expected schema 'palier.tree/1'", "t.yaml:1:9"},
    {"no day", "2026-11-20", "yesterday", "'yesterday' is no day", "t.yaml:2:10"},
    {"an impossible day", "2026-11-20", "2026-13-20", "is no day", "t.yaml:2:10"},
    {"an unknown first question", "first: goal", "first: gaol", "did you mean 'goal'?", "t.yaml:3:8"},
    {"a missing question", "question: room", "question: rooms", "there is no question 'rooms'", "t.yaml:9:36"},
    {"an unknown leaf", "leaf: here", "leaf: her", "there is no leaf 'her'", "t.yaml:15:34"},
    {"a cycle", "\"yes\": {text: \"Yes\", leaf: here}", "\"yes\": {text: \"Yes\", question: goal}",
     "a cycle: goal -> room -> goal", "t.yaml:15:38"},
    {"a cycle of one", "\"yes\": {text: \"Yes\", leaf: here}", "\"yes\": {text: \"Yes\", question: room}",
     "a cycle: room -> room", "t.yaml:15:38"},
    {"an unreachable leaf", "\"Yes\", leaf: here", "\"Yes\", leaf: cloud", "no answer leads to the leaf 'here'",
     "t.yaml:22:3"},
    {"an unreachable question", "question: room", "leaf: here", "no answer leads to the question 'room'",
     "t.yaml:11:3"},
    {"an answer without next", "{text: \"Run\", leaf: cloud}", "{text: \"Run\"}", "leads nowhere", "t.yaml:10:7"},
    {"an answer with two", "{text: \"Run\", leaf: cloud}", "{text: \"Run\", leaf: cloud, question: room}",
     "leads to a question and to a leaf", "t.yaml:10:7"},
    {"a duplicated question", "  room:", "  goal:", "the key 'goal' is there twice", "t.yaml:11:3"},
    {"a duplicated answer", "      run:", "      try:", "the key 'try' is there twice", "t.yaml:10:7"},
    {"a duplicated leaf", "  cloud: {title", "  here: {title", "the key 'here' is there twice", "t.yaml:23:3"},
    {"an unknown key", "    help: \"What", "    hlep: \"What", "did you mean 'help'?", "t.yaml:7:5"},
    {"an unknown key at the top", "first: goal", "fist: goal", "did you mean 'first'?", "t.yaml:3:1"},
    {"an unknown fact", "fact: memory", "fact: memroy", "did you mean 'memory'?", "t.yaml:19:24"},
    {"a rule with an unknown answer", "- answer: \"no\"", "- answer: nope", "is no answer to 'room'", "t.yaml:20:17"},
    {"no rule for the rest", "      - answer: \"no\"\n", "", "must hold for every machine", "t.yaml:18:7"},
    {"a rule that is never reached", "needs: [{fact: memory, minimum: 8GiB, comfortable: 16GiB}]", "needs: []",
     "never reached", "t.yaml:20:9"},
    {"comfortable below minimum", "comfortable: 16GiB", "comfortable: 4GiB", "less than minimum", "t.yaml:19:60"},
    {"no size", "minimum: 8GiB", "minimum: lots", "expected a size", "t.yaml:19:41"},
    {"a zero", "minimum: 8GiB", "minimum: 0GiB", "larger than 0", "t.yaml:19:41"},
    {"one answer only", "      run: {text: \"Run\", leaf: cloud}\n", "", "fewer than two answers", "t.yaml:5:3"},
    {"a name with blanks", "      run:", "      run away:", "is no name", "t.yaml:10:7"},
    {"the name that is taken", "      run:", "      auto:", "is taken", "t.yaml:10:7"},
    {"an empty text", "\"What you want.\"", "\" \"", "a text is empty", "t.yaml:7:11"},
    {"an empty stack", "stack: [{name: n, role: r, why: w}]", "stack: []", "the stack is empty", "t.yaml:22:61"},
    {"a text in an unknown language", "fr: \"But ?\"", "de: \"Ziel?\"", "unknown key 'de'", "t.yaml:6:25"},
    {"a list for a map", "questions:\n", "questions: [a]\nquestion:\n", "unknown key 'question'", "t.yaml:5:1"},
};

}  // namespace

TEST_CASE("the built-in tree is right") {
  const Tree tree = built_in_tree();
  CHECK(tree.questions.size() == 4);
  CHECK(tree.leaves.size() == 6);
}

TEST_CASE("a small tree that is right") {
  const Tree tree = parse_tree(good, "t.yaml");
  CHECK(tree.first == "goal");
  CHECK(tree.question("goal")->text.in(Lang::fr) == "But ?");
  CHECK(tree.question("room")->text.in(Lang::fr) == "Room?");
  CHECK(tree.question("room")->rules.size() == 2);
}

TEST_CASE("every defect is refused with reason and place") {
  for (const Defect& defect : defects) {
    const std::string error = refusal(with(defect.old, defect.now));
    INFO(defect.what << "\n" << error);
    CHECK(error.find(defect.reason) != std::string::npos);
    CHECK(error.find(fmt::format("--> {}\n", defect.where)) != std::string::npos);
  }
}

TEST_CASE("two questions may lead to the same one") {
  const std::string text =
      with("      run: {text: \"Run\", leaf: cloud}", "      run: {text: \"Run\", question: room}");
  CHECK(refusal(text) == "no error");
}

TEST_CASE("a path through very many questions does not exhaust the stack") {
  std::string text = "schema: palier.tree/1\nupdated: 2026-11-20\nfirst: q0\nquestions:\n";
  for (int i = 0; i < 20000; ++i) {
    text += fmt::format(
        "  q{}: {{text: t, help: h, answers: {{a: {{text: a, question: q{}}}, b: {{text: b, leaf: l}}}}}}\n", i, i + 1);
  }
  text += "leaves: {l: {title: t, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}}\n";
  CHECK(refusal(text).find("more than 256 questions") != std::string::npos);
}

TEST_CASE("a tree in which every question leads to the next by each answer is walked in no time") {
  std::string text = "schema: palier.tree/1\nupdated: 2026-11-20\nfirst: q0\nquestions:\n";
  const int questions = 200;
  for (int i = 0; i < questions; ++i) {
    const std::string next = i + 1 < questions ? fmt::format("question: q{}", i + 1) : "leaf: l";
    text +=
        fmt::format("  q{0}: {{text: t, help: h, answers: {{a: {{text: a, {1}}}, b: {{text: b, {1}}}}}}}\n", i, next);
  }
  text += "leaves: {l: {title: t, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}}\n";
  const Tree tree = parse_tree(text, "t.yaml");
  Needs answers;
  for (int i = 0; i < questions; ++i) answers.answers[fmt::format("q{}", i)] = "a";
  const Advice advice = advise(tree, with_memory(8), answers);
  CHECK(advice.leaf == "l");
  CHECK(advice.alternatives.empty());
}

TEST_CASE("hostile YAML ends in an error") {
  const std::string deep(100000, '[');
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const char before = static_cast<char>(c - 1);
    bomb += fmt::format("{0}: &{0} [*{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}, *{1}]\n", c, before);
  }
  for (const std::string& text :
       {std::string(), std::string("\0\0\0", 3), std::string("just a text"), std::string("- a\n- b"), deep, bomb,
        std::string("{schema: palier.tree/1"), std::string("schema: [palier.tree/1]"),
        std::string("\xff\xfe\x00\x41", 4), std::string("? {a: b}\n: c"), std::string("a: *nowhere"),
        fmt::format("{0}\n---\n{0}", good), with("questions:\n", "questions: &q\n  loop: *q\n"),
        with("first: goal", "first: ~"), with("leaves:\n", "leaves: []\nrest:\n"),
        with("text: \"Room?\"", "text: [\"Room?\"]"),
        with("answers:\n      try", "answers: ~\n    more:\n      try")}) {
    INFO(text.substr(0, 200));
    CHECK(refusal(text).starts_with("palier: error: "));
  }
}
