#include <sstream>

#include "base/error.hpp"
#include "profiles/tree.hpp"
#include "tests/catch.hpp"
#include "tools/ask.hpp"

using namespace palier;

namespace {

struct Dialogue {
  std::map<std::string, std::string> answers;
  std::string screen;
};

Dialogue typed(const std::string& keys, Lang lang = Lang::en, std::uint64_t memory = 25274503168) {
  Machine machine;
  machine.effective.memory = memory;
  machine.memory.total = memory;
  std::istringstream in(keys);
  std::ostringstream out;
  Needs needs;
  needs.lang = lang;
  const Needs given = ask_needs(load_tree(DataPath({}, embedded::data())), machine, needs, in, out, {.width = 80});
  return {given.answers, out.str()};
}

using Answers = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("answers are names, numbers or the start of a name, and Enter takes what the machine says") {
  CHECK(typed("learn\n\n").answers == Answers{{"goal", "learn"}, {"local", "auto"}});
  CHECK(typed("2\ndedicated\n").answers == Answers{{"goal", "ship"}, {"ops", "dedicated"}});
  CHECK(typed("sc\nmod\n").answers == Answers{{"goal", "scale"}, {"data", "moderate"}});
}

TEST_CASE("what the machine says is offered with its reason") {
  const std::string screen = typed("learn\n\n").screen;
  CHECK(screen.find("[yes]") != std::string::npos);
  CHECK(screen.find("23.5 GiB") != std::string::npos);
  CHECK(typed("learn\n\n", Lang::en, 4u << 30).screen.find("[no]") != std::string::npos);
}

TEST_CASE("a question mark explains, b goes back") {
  CHECK(typed("?\nship\nsmall\n").screen.size() > typed("ship\nsmall\n").screen.size());
  CHECK(typed("ship\nb\nlearn\nno\n").answers == Answers{{"goal", "learn"}, {"local", "no"}});
}

TEST_CASE("a wrong answer is asked again, in the user's language") {
  CHECK(typed("x\n\nlearn\nyes\n").answers == Answers{{"goal", "learn"}, {"local", "yes"}});
  CHECK(typed("x\nlearn\nyes\n", Lang::fr).screen.find("Répondez par") != std::string::npos);
}

TEST_CASE("input that ends is an error, not an answer") { CHECK_THROWS_AS(typed("learn\n"), Error); }
