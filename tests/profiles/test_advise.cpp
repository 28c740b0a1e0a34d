#include "base/text.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

struct Case {
  const char* what;
  Machine machine;
  std::map<std::string, std::string> answers;
  const char* leaf;
};

std::vector<Case> cases() {
  Machine silent;  // tells nothing
  return {
      {"a laptop", with_memory(23.5), {{"goal", "learn"}}, "local"},
      {"a laptop, asked for", with_memory(23.5), {{"goal", "learn"}, {"local", "auto"}}, "local"},
      {"8 GB as Linux shows it", with_memory(7.6), {{"goal", "learn"}}, "local"},
      {"8 GB with a large graphics carve-out", with_memory(7.1), {{"goal", "learn"}}, "local"},
      {"exactly the threshold", with_memory(7), {{"goal", "learn"}}, "local"},
      {"just below the threshold", with_memory(6.999), {{"goal", "learn"}}, "notebooks"},
      {"a 6 GB virtual machine", with_memory(5.8), {{"goal", "learn"}}, "notebooks"},
      {"no memory to speak of", with_memory(0), {{"goal", "learn"}}, "notebooks"},
      {"a container on a large host", limited(256, 4), {{"goal", "learn"}}, "notebooks"},
      {"a container that is large enough", limited(256, 16), {{"goal", "learn"}}, "local"},
      {"a GPU does not replace memory", with_gpu(4, 24 * GiB), {{"goal", "learn"}}, "notebooks"},
      {"against the machine", with_memory(2), {{"goal", "learn"}, {"local", "yes"}}, "local"},
      {"against the machine, the other way", with_memory(64), {{"goal", "learn"}, {"local", "no"}}, "notebooks"},
      {"a silent machine", silent, {{"goal", "learn"}, {"local", "no"}}, "notebooks"},
      {"ship, few people", silent, {{"goal", "ship"}, {"ops", "small"}}, "managed"},
      {"ship, a team", with_memory(2), {{"goal", "ship"}, {"ops", "dedicated"}}, "kubernetes"},
      {"scale, large", with_gpu(64, 24 * GiB), {{"goal", "scale"}, {"data", "large"}}, "lakehouse"},
      {"scale, moderate", with_memory(23.5), {{"goal", "scale"}, {"data", "moderate"}}, "modular"},
  };
}

Advice advise_learning(const Machine& machine, Lang lang = Lang::en) {
  return advise(built_in_tree(), machine, needs({{"goal", "learn"}}, lang));
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& t) { return t.find(part) != t.npos; });
}

}  // namespace

TEST_CASE("machines and needs lead to their leaf in both languages") {
  const Tree tree = built_in_tree();
  for (const Case& each : cases()) {
    for (const Lang lang : {Lang::en, Lang::fr}) {
      INFO(each.what << " in " << to_string(lang));
      const Advice advice = advise(tree, each.machine, needs(each.answers, lang));
      CHECK(advice.leaf == each.leaf);
      CHECK(advice.title == tree.leaf(each.leaf)->title.in(lang));
      CHECK(advice.path.size() == 2);
      CHECK(advice.stack.size() >= 6);
      CHECK(advice.alternatives.size() == 5);
      CHECK_FALSE(advice.next.empty());
    }
  }
}

TEST_CASE("the same machine, needs and data give the same advice, and it reads back") {
  const Tree tree = built_in_tree();
  for (const Case& each : cases()) {
    for (const Lang lang : {Lang::en, Lang::fr}) {
      const Json document = advise(tree, each.machine, needs(each.answers, lang));
      const Json again = advise(built_in_tree(), each.machine, needs(each.answers, lang));
      CHECK(to_text(document) == to_text(again));
      const Advice back = advice_from(parse_json(to_text(document), "advice.json"), "advice.json");
      CHECK(to_text(Json(back)) == to_text(document));
    }
  }
}

TEST_CASE("every text of the tree is there in French") {
  const Tree tree = built_in_tree();
  const Machine machine = with_memory(10);
  for (const auto& [goal, question, answer] : std::vector<std::array<std::string, 3>>{{"learn", "local", "yes"},
                                                                                      {"learn", "local", "no"},
                                                                                      {"ship", "ops", "small"},
                                                                                      {"ship", "ops", "dedicated"},
                                                                                      {"scale", "data", "large"},
                                                                                      {"scale", "data", "moderate"}}) {
    const Advice en = advise(tree, machine, needs({{"goal", goal}, {question, answer}}, Lang::en));
    const Advice fr = advise(tree, machine, needs({{"goal", goal}, {question, answer}}, Lang::fr));
    CHECK(en.summary != fr.summary);
    CHECK(en.stack.size() == fr.stack.size());
    for (std::size_t i = 0; i < en.stack.size(); ++i)
      CHECK((en.stack[i].why != fr.stack[i].why || i + 1 == en.stack.size()));
    for (std::size_t i = 0; i < en.path.size(); ++i) CHECK(en.path[i].text != fr.path[i].text);
    for (std::size_t i = 0; i < en.risks.size(); ++i) CHECK(en.risks[i] != fr.risks[i]);
    for (std::size_t i = 0; i < en.next.size(); ++i) CHECK(en.next[i] != fr.next[i]);
  }
}

TEST_CASE("the path names fact, source, threshold and margin") {
  const Step step = advise_learning(with_memory(23.5)).path.at(1);
  CHECK(step.answer == "yes");
  CHECK(step.source == "machine");
  CHECK(step.fact == "23.5 GiB of memory, no GPU");
  CHECK(step.fact_source == "/proc/meminfo");
  CHECK(step.threshold == "at least 8 GiB of memory, 7 GiB usable (comfortable: 16 GiB)");
  CHECK(step.margin == "16.5 GiB above the minimum");

  const Step short_of = advise_learning(with_memory(3.8)).path.at(1);
  CHECK(short_of.answer == "no");
  CHECK(short_of.margin == "3.2 GiB short");
  CHECK(short_of.threshold == step.threshold);

  const Step french = advise_learning(with_memory(3.8), Lang::fr).path.at(1);
  CHECK(french.fact == "3,8 Gio de mémoire, pas de GPU");
  CHECK(french.margin == "il manque 3,2 Gio");

  const Step bound = advise_learning(limited(256, 4)).path.at(1);
  CHECK(bound.fact == "4 GiB of memory (256 GiB without the limit), no GPU");
  CHECK(bound.fact_source == "cgroup limit /docker/x");

  const Step said = advise_learning(with_memory(23.5)).path.at(0);
  CHECK(said.source == "you");
  CHECK_FALSE(said.fact);
}

TEST_CASE("the nearest flip names the smallest change") {
  const Advice enough = advise_learning(with_memory(23.5));
  REQUIRE(enough.flips.size() == 1);
  CHECK(enough.flips[0].change == "16.5 GiB less memory");
  CHECK(enough.flips[0].leaf == "notebooks");

  const Advice little = advise_learning(with_memory(3.8));
  REQUIRE(little.flips.size() == 1);
  CHECK(little.flips[0].change == "3.2 GiB more memory");
  CHECK(little.flips[0].leaf == "local");
  CHECK(advise_learning(with_memory(3.8), Lang::fr).flips[0].change == "3,2 Gio de mémoire en plus");

  const Advice company = advise(built_in_tree(), with_memory(23.5), needs({{"goal", "ship"}, {"ops", "small"}}));
  REQUIRE(company.flips.size() == 2);
  CHECK(company.flips[0].change == "\"A dedicated team\" for \"Operations team?\"");
  CHECK(company.flips[0].leaf == "kubernetes");
  CHECK(company.flips[1].leaf == "local");
}

TEST_CASE("a flip really flips") {
  for (const double gib : {0.5, 3.8, 6.9, 7.0, 7.6, 23.5, 512.0}) {
    const Advice before = advise_learning(with_memory(gib));
    const bool more = before.leaf == "notebooks";
    const double change = std::abs(gib - 7);
    CHECK(advise_learning(with_memory(more ? gib + change : gib - change - 1e-6)).leaf == before.flips.at(0).leaf);
  }
}

TEST_CASE("what is missing for comfort becomes a risk") {
  CHECK(holds(advise_learning(with_memory(8)).risks, "Under 16 GiB"));
  CHECK_FALSE(holds(advise_learning(with_memory(8)).risks, "Under 32 GiB"));
  CHECK(holds(advise_learning(with_memory(20)).risks, "Under 32 GiB"));
  CHECK(holds(advise_learning(with_memory(20)).risks, "12 GiB GPU"));
  CHECK(advise_learning(with_gpu(31, 12 * GiB)).risks.empty());
  CHECK(holds(advise_learning(with_gpu(31, 11 * GiB)).risks, "12 GiB GPU"));
  CHECK(advise_learning(with_gpu(31, 12 * GiB - (200 << 20))).risks.empty());
}

TEST_CASE("an answer against the machine is a risk that says so") {
  const Advice advice = advise(built_in_tree(), with_memory(2), needs({{"goal", "learn"}, {"local", "yes"}}));
  REQUIRE_FALSE(advice.risks.empty());
  CHECK(advice.risks[0].find("5 GiB short") != std::string::npos);
  CHECK(advice.path.at(1).source == "you");
  CHECK(advice.flips.at(0).leaf == "notebooks");
}

TEST_CASE("alternatives come in the order of what they share with the answer") {
  const Advice advice = advise_learning(with_memory(23.5));
  std::vector<std::string> order;
  for (const Alternative& other : advice.alternatives) order.push_back(other.leaf);
  CHECK(order == std::vector<std::string>{"notebooks", "managed", "kubernetes", "lakehouse", "modular"});
  CHECK(advice.alternatives[0].why_not.find("this machine has 23.5 GiB") != std::string::npos);
  CHECK(advice.alternatives[1].why_not.find("you said \"Learn and prototype\"") != std::string::npos);
}

TEST_CASE("nothing from a machine reaches the terminal raw") {
  Machine machine = with_gpu(32, 24 * GiB);
  machine.gpus[0].name = "evil\033]0;title\007\ngpu";
  const std::string text = render(advise_learning(machine), {});
  CHECK(text.find('\033') == std::string::npos);
  CHECK(text.find('\007') == std::string::npos);
}

TEST_CASE("an advice document that is none is refused") {
  CHECK(error_of([] { advice_from(parse_json("{}", "a.json"), "a.json"); }).find("palier.advice/1") !=
        std::string::npos);
  CHECK(error_of([] {
          advice_from(parse_json(R"({"schema": "palier.advice/1"})", "a.json"), "a.json");
        }).find("a.json") != std::string::npos);
  CHECK(error_of([] {
          advice_from(parse_json(R"({"schema": "palier.advice/1", "leaf": 5})", "a.json"), "a.json");
        }).find("leaf") != std::string::npos);
}
