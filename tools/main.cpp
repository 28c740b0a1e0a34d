#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <new>

#include "base/french.hpp"
#include "base/interrupt.hpp"
#include "base/terminal.hpp"
#include "hwdetect/deadline.hpp"
#include "tools/command_line.hpp"

namespace palier {
namespace {

int report(Context& context, const Error& error) {
  context.out.flush();
  context.err << (error.code() == ExitCode::interrupted ? "palier: interrupted\n" : render(error, context.lang));
  return static_cast<int>(error.code());
}

int report_bug(Context& context, const char* what) {
  context.err << fmt::format("palier: error: this is a bug in palier {}\n  reason: {}\n", PALIER_VERSION, what);
  return static_cast<int>(ExitCode::failed);
}

int guarded_main(int argc, char** argv) {
  Context context{std::cout, std::cerr,    Terminal::of(STDOUT_FILENO), Terminal::of(STDERR_FILENO), {},
                  false,     locale_lang()};
  try {
    const ExitCode code = run_command_line(argc, argv, context);
    context.out.flush();
    if (!context.out && !reader_has_ended(STDOUT_FILENO))
      throw Error({.message = "cannot write the result", .reason = "standard output was closed or is full"});
    return static_cast<int>(code);
  } catch (const Error& error) {
    return report(context, error);
  } catch (const std::bad_alloc&) {
    return report(context, Error({.message = "not enough memory", .reason = {}}));
  } catch (const std::exception& error) {
    return report_bug(context, error.what());
  }
}

}  // namespace
}  // namespace palier

int main(int argc, char** argv) {
  palier::watch_interrupts();
  return palier::end_with(palier::guarded_main(argc, argv));
}
