#include "tools/describe.hpp"

#include <iostream>

#include "base/text.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription out{.names = {}, .value = {}, .choices = {}, .text = option.get_description()};
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  if (option.get_type_size_max() == 0) return out;
  // "TEXT:{learn,ship,scale}" is how CLI11 writes a value that must be one of a set.
  out.value = option.get_type_name();
  const std::size_t open = out.value.find('{'), close = out.value.rfind('}');
  if (open != std::string::npos && close != std::string::npos) {
    for (const std::string_view choice : split(std::string_view(out.value).substr(open + 1, close - open - 1), ',')) {
      out.choices.emplace_back(trim(choice));
    }
    out.value = join(out.choices, "|");
  }
  if (out.names.empty() && out.value == "TEXT") out.value = option.get_name();
  return out;
}

CommandDescription describe_below(const CLI::App& app, const std::vector<std::string>& path) {
  CommandDescription out{.path = path, .summary = app.get_description(), .options = {}, .commands = {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) out.options.push_back(describe_option(*option));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    std::vector<std::string> below = path;
    below.push_back(sub->get_name());
    out.commands.push_back(describe_below(*sub, below));
  }
  return out;
}

}  // namespace

CommandDescription describe(const CLI::App& app) { return describe_below(app, {app.get_name()}); }

CommandDescription describe_palier() {
  CLI::App app;
  app.name("palier");
  Context unused{std::cout, std::cerr, {}, {}, {}, false};
  std::vector<Action> actions;
  set_up(app, unused, actions, [](std::string_view) { return true; });
  return describe(app);
}

}  // namespace palier
