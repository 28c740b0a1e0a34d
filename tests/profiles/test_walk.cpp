#include "profiles/walk.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

std::string refused(const std::map<std::string, std::string>& answers, const Machine& machine = with_memory(16)) {
  return error_of([&] { advise(built_in_tree(), machine, needs(answers)); });
}

/// Three questions that machines answer, one of them by way of another's answer.
const char* const machine_tree = R"(
schema: palier.tree/1
updated: 2026-11-20
first: size
questions:
  size:
    text: "Size?"
    help: "How large it is."
    answers:
      large: {text: "Large", leaf: big}
      medium: {text: "Medium", question: disk}
      small: {text: "Small", leaf: tiny}
    from_machine:
      - answer: large
        needs: [{fact: cpus, minimum: 32}, {fact: memory, minimum: 64GiB}]
      - answer: medium
        needs: [{fact: cpus, minimum: 4}]
      - answer: small
  disk:
    text: "Disk?"
    help: "Room for data."
    answers:
      much: {text: "Much", leaf: big}
      little: {text: "Little", leaf: middle}
    from_machine:
      - answer: much
        needs: [{fact: free_disk, minimum: 1TiB}]
      - answer: little
leaves:
  big: {title: B, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}
  middle: {title: M, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}
  tiny: {title: T, tier: t, summary: s, suits: s, stack: [{name: n, role: r, why: w}], next: []}
)";

Machine sized(double cpus, double gib, Bytes disk) {
  Machine machine = with_memory(gib);
  machine.effective.cpus = cpus;
  machine.disks = {{"/", "/dev/vda1", "ext4", {}, disk}};
  return machine;
}

}  // namespace

TEST_CASE("questions come one at a time, with what the machine answers") {
  const Tree tree = built_in_tree();
  const Machine machine = with_memory(23.5);
  const auto first = next_question(tree, machine, needs({}));
  REQUIRE(first);
  CHECK(first->name == "goal");
  CHECK(first->choices.size() == 3);
  CHECK(first->choices[0].answer == "learn");
  CHECK_FALSE(first->help.empty());
  CHECK_FALSE(first->detected);
  CHECK(first->why.empty());

  const auto second = next_question(tree, machine, needs({{"goal", "learn"}}));
  REQUIRE(second);
  CHECK(second->name == "local");
  CHECK(second->detected == "yes");
  CHECK(second->why ==
        "This machine has 23.5 GiB of memory, no GPU; at least 8 GiB of memory, 7 GiB usable (comfortable: "
        "16 GiB): 16.5 GiB above the minimum.");

  CHECK_FALSE(next_question(tree, machine, needs({{"goal", "learn"}, {"local", "auto"}})));
  CHECK_FALSE(next_question(tree, machine, needs({{"goal", "learn"}, {"local", "no"}})));
  CHECK(next_question(tree, machine, needs({{"goal", "ship"}}, Lang::fr))->choices[0].text == "Équipe réduite");
}

TEST_CASE("a machine that does not tell offers no default and is asked about") {
  const auto question = next_question(built_in_tree(), Machine(), needs({{"goal", "learn"}}));
  REQUIRE(question);
  CHECK_FALSE(question->detected);
  CHECK(question->why.find("an unknown amount of memory") != std::string::npos);
  CHECK(next_question(built_in_tree(), Machine(), needs({{"goal", "learn"}, {"local", "auto"}}))->name == "local");
}

TEST_CASE("every way through the built-in tree can be asked") {
  const Tree tree = built_in_tree();
  std::vector<Needs> open = {needs({})};
  std::vector<std::string> leaves;
  while (!open.empty()) {
    const Needs now = open.back();
    open.pop_back();
    const auto question = next_question(tree, with_memory(16), now);
    if (!question) {
      leaves.push_back(advise(tree, with_memory(16), now).leaf);
      continue;
    }
    for (const Choice& choice : question->choices) {
      open.push_back(now);
      open.back().answers[question->name] = choice.answer;
    }
  }
  std::sort(leaves.begin(), leaves.end());
  CHECK(leaves == std::vector<std::string>{"kubernetes", "lakehouse", "local", "managed", "modular", "notebooks"});
}

TEST_CASE("rules take the first that holds, and unknown facts decide nothing") {
  const Tree tree = parse_tree(machine_tree, "t.yaml");
  const auto leaf = [&](const Machine& machine) { return advise(tree, machine, needs({})).leaf; };
  CHECK(leaf(sized(64, 128, 0)) == "big");
  CHECK(leaf(sized(64, 32, 0)) == "middle");
  CHECK(leaf(sized(8, 32, 2048 * GiB)) == "big");
  CHECK(leaf(sized(2, 128, 0)) == "tiny");
  Machine silent = sized(8, 1, 0);
  silent.disks.clear();
  CHECK(error_of([&] { leaf(silent); }).find("--answer disk=much|little") != std::string::npos);
  silent.effective.cpus.reset();
  CHECK(error_of([&] { leaf(silent); }).find("--answer size=large|medium|small") != std::string::npos);
  // One unknown fact does not hide that another one already says no.
  Machine half = sized(2, 1, 0);
  half.effective.memory.reset();
  half.memory.total.reset();
  CHECK(leaf(half) == "tiny");
}

TEST_CASE("flips cross several rules and several facts") {
  const Tree tree = parse_tree(machine_tree, "t.yaml");
  const Advice advice = advise(tree, sized(8, 32, 100 * GiB), needs({}));
  CHECK(advice.leaf == "middle");
  std::vector<std::string> changes;
  for (const Flip& flip : advice.flips) changes.push_back(flip.change + " -> " + flip.leaf);
  CHECK(changes == std::vector<std::string>{"924 GiB more free disk space -> big", "4.1 CPUs less -> tiny",
                                            "24 CPUs more and 32 GiB more memory -> big"});
}

TEST_CASE("a session of a notebook service is no computer of one's own, however large") {
  Machine session = with_gpu(32, 16 * GiB);
  session.platform.notebook = "kaggle";
  session.facts.push_back({.pointer = "/platform/notebook", .source = "environment", .raw = {}, .also = {}});
  const Advice advice = advise(built_in_tree(), session, needs({{"goal", "learn"}}));
  CHECK(advice.leaf == "notebooks");
  CHECK(advice.path.back().fact == "a session of Kaggle");
  CHECK(advice.path.back().fact_source == "environment");
  CHECK_FALSE(advice.path.back().margin);
  for (const Flip& flip : advice.flips) CHECK(flip.change.find("session") == std::string::npos);

  const Advice against = advise(built_in_tree(), session, needs({{"goal", "learn"}, {"local", "yes"}}));
  CHECK(against.leaf == "local");
  REQUIRE_FALSE(against.risks.empty());
  CHECK(against.risks.front() == "You said \"Yes\", this machine says \"No\": this is a session of Kaggle.");
}

TEST_CASE("what no machine tells is what the question names") {
  Machine silent;
  const std::string text = refused({{"goal", "learn"}}, silent);
  CHECK(text.find("unknown amount of memory") != std::string::npos);
  CHECK(text.find("session") == std::string::npos);
}

TEST_CASE("a missing answer lists the choices and the option") {
  const std::string goal = refused({});
  CHECK(goal.find("Main goal?") != std::string::npos);
  CHECK(goal.find("--goal learn|ship|scale") != std::string::npos);
  CHECK(refused({{"goal", "ship"}}).find("--ops small|dedicated") != std::string::npos);
  CHECK(refused({{"goal", "learn"}}, Machine()).find("--local yes|no") != std::string::npos);
  CHECK(refused({{"ops", "small"}}).find("--goal learn|ship|scale") != std::string::npos);
}

TEST_CASE("answers that do not go together are refused, and both are named") {
  const std::string error = refused({{"goal", "learn"}, {"ops", "small"}});
  CHECK(error.find("'--ops small' does not go with '--goal learn'") != std::string::npos);
  CHECK(error.find("--goal ship") != std::string::npos);
  CHECK(refused({{"goal", "ship"}, {"ops", "small"}, {"local", "auto"}}).find("does not go with '--goal ship'") !=
        std::string::npos);
  const std::string by_machine = error_of([&] {
    advise(parse_tree(machine_tree, "t.yaml"), sized(2, 1, 0), needs({{"disk", "much"}}));
  });
  CHECK(by_machine.find("the machine's answer size=small") != std::string::npos);
}

TEST_CASE("unknown questions and answers are refused with a suggestion") {
  CHECK(refused({{"gaol", "learn"}}).find("did you mean 'goal'?") != std::string::npos);
  CHECK(refused({{"goal", "lern"}}).find("did you mean 'learn'?") != std::string::npos);
  CHECK(refused({{"goal", "auto"}}).find("no machine can answer") != std::string::npos);
  CHECK(refused({{"goal", "learn"}, {"local", "maybe"}}).find("one of yes, no, auto") != std::string::npos);
}

TEST_CASE("wrong needs are usage errors") {
  for (const auto& answers : std::vector<std::map<std::string, std::string>>{
           {}, {{"goal", "x"}}, {{"x", "y"}}, {{"goal", "learn"}, {"ops", "small"}}}) {
    try {
      advise(built_in_tree(), with_memory(16), needs(answers));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::usage);
    }
  }
}
