#include <fmt/format.h>

#include "tools/commands.hpp"

namespace palier {
namespace {

std::string footer(const CommandSpec& command) {
  std::string text;
  for (const Example& example : command.examples)
    text += fmt::format("  {}\n      {}\n", example.command, example.what);
  return text.empty() ? text : "Examples:\n" + text;
}

}  // namespace

void set_up(CLI::App& app, Context& context, std::vector<Action>& actions,
            const std::function<bool(std::string_view command)>& wanted) {
  app.description("What this machine can do with AI on a budget: detect it, choose a stack, set it up, measure it.");
  app.set_version_flag("--version", "palier " PALIER_VERSION, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.add_option("--data-dir", context.data_dir, "Folder whose data files come before all others")->type_name("DIR");
  app.add_flag("-v,--verbose", context.verbose, "Say more on standard error");
  app.require_subcommand(0, 1);
  app.fallthrough();
  for (const CommandSpec& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    actions.emplace_back();
    if (!wanted(command.name)) continue;
    sub->footer(footer(command));
    sub->set_help_flag("-h,--help", "Print this help");
    actions.back() = command.setup(*sub);
  }
}

}  // namespace palier
