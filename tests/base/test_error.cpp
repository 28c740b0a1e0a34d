#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("an error says what, why, where and what to do") {
  const Error error({.message = "cannot use profile 'web'",
                     .reason = "'workers' must be a whole number or 'auto', got 'many'",
                     .location = {.file = "profiles/web.yaml", .line = 12, .column = 12},
                     .help = "palier data show profile-format"},
                    ExitCode::usage);
  CHECK(render(error) ==
        "palier: error: cannot use profile 'web'\n"
        "  reason: 'workers' must be a whole number or 'auto', got 'many'\n"
        "  --> profiles/web.yaml:12:12\n"
        "  help: palier data show profile-format\n");
  CHECK(error.code() == ExitCode::usage);
}

TEST_CASE("parts that are empty are not printed, and nothing in an error drives a terminal") {
  CHECK(render(Error({.message = "no \033[2J", .reason = {}})) == "palier: error: no \uFFFD[2J\n");
}

TEST_CASE("interrupted is an error with the shell's exit code") {
  CHECK(Interrupted().code() == ExitCode::interrupted);
}
