#include "tests/catch.hpp"
#include "tools/commands.hpp"
#include "tools/describe.hpp"

using namespace palier;

namespace {

void check(const CommandDescription& command) {
  INFO("palier command '" << command.name() << "'");
  CHECK_FALSE(command.summary.empty());
  for (const OptionDescription& option : command.options) {
    INFO("an option without a word of help: " << (option.names.empty() ? option.value : option.names.back()));
    CHECK_FALSE(option.text.empty());
  }
  for (const CommandDescription& sub : command.commands) check(sub);
}

}  // namespace

TEST_CASE("every command and option says what it does") { check(describe_palier()); }

TEST_CASE("every command of the table has a description and an example") {
  for (const CommandSpec& command : commands()) {
    INFO(command.name);
    CHECK_FALSE(command.description.empty());
    CHECK_FALSE(command.examples.empty());
  }
}
