#include "tools/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

std::string help_for(const CLI::App& level) {
  std::string command;
  for (const CLI::App* app = &level; app->get_parent() != nullptr; app = app->get_parent())
    command.insert(0, app->get_name() + " ");
  return fmt::format("palier {}--help", command);
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

/// The innermost command that the arguments named.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* level = &app;
  while (!level->get_subcommands().empty()) level = level->get_subcommands().front();
  return *level;
}

/// `argument` was recognised by nothing. A word before any known command was meant as one.
Error unknown_argument(const CLI::App& app, const std::string& argument, const std::vector<std::string>& arguments) {
  const auto named = std::ranges::find(arguments, innermost(app).get_name());
  const bool before = std::find(arguments.begin(), named, argument) != named;
  const CLI::App& level = before ? app : innermost(app);
  const bool is_option = argument.starts_with('-');
  const std::vector<std::string> known = is_option ? option_names(level) : command_names(level);
  const std::string kind = is_option ? "option" : known.empty() ? "argument" : "command";
  const std::string name = argument.substr(0, is_option ? argument.find('=') : std::string::npos);
  const std::string near = closest(name, known);
  const std::string help = !near.empty()                              ? fmt::format("did you mean '{}'?", near)
                           : kind == "command"                        ? fmt::format("one of {}", fmt::join(known, ", "))
                           : !is_option && level.get_prefix_command() ? "a command to run stands behind '--'"
                                                                      : help_for(level);
  return Error({.message = fmt::format("unknown {} '{}'", kind, name), .reason = {}, .help = help}, ExitCode::usage);
}

// CLI11's own exit codes (100 and more) never leave the program.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  return Error({.message = error.what(), .reason = {}, .help = help_for(innermost(app))}, ExitCode::usage);
}

// What is wrong with the arguments is said in the language that they ask for, though it stops their being read.
void read_language(int argc, char** argv, Context& context) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool apart = argument == "--lang" && i + 1 < argc;
    const std::string_view value = apart                             ? argv[i + 1]
                                   : argument.starts_with("--lang=") ? argument.substr(7)
                                                                     : std::string_view();
    if (const auto lang = parse_lang(value)) context.lang = *lang;
  }
}

void allow_extras(CLI::App& app) {
  app.allow_extras();
  for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) allow_extras(*sub);
}

// CLI11 2.1 takes "--" itself and then reads the command's options as ours, so it never gets to see it.
int split_at_dashes(int argc, char** argv, Context& context) {
  const auto dashes = std::find(argv, argv + argc, std::string_view("--"));
  if (dashes == argv + argc) return argc;
  context.after_dashes.emplace(dashes + 1, argv + argc);
  return static_cast<int>(dashes - argv);
}

}  // namespace

ExitCode run_command_line(int argc, char** argv, Context& context) {
  read_language(argc, argv, context);
  CLI::App app;
  app.name("palier");
  std::vector<Action> actions;
  set_up(app, context, actions,
         [&](std::string_view command) { return std::find(argv, argv + argc, command) != argv + argc; });
  // Recognised late, so that an unknown word can be told apart from a value and named with a suggestion.
  allow_extras(app);
  try {
    app.parse(split_at_dashes(argc, argv, context), argv);
  } catch (const CLI::Success& request) {
    app.exit(request, context.out, context.err);
    return ExitCode::done;
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  if (const auto extras = app.remaining(true); !extras.empty()) {
    throw unknown_argument(app, extras.front(), {argv + 1, argv + argc});
  }
  if (context.after_dashes && !innermost(app).get_prefix_command()) {
    throw unknown_argument(app, "--", {argv + 1, argv + argc});
  }
  for (std::size_t i = 0; i < commands().size(); ++i) {
    if (app.got_subcommand(std::string(commands()[i].name))) return actions[i](context);
  }
  context.out << app.help();
  return ExitCode::done;
}

}  // namespace palier
