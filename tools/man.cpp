#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "tools/commands.hpp"
#include "tools/describe.hpp"

namespace palier {
namespace {

// Text for troff: a backslash, a dash that must stay one, and a control character at the start of a line are escaped.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string options_section(const CommandDescription& command) {
  std::string out;
  for (const OptionDescription& option : command.options) {
    const std::string names = option.names.empty() ? "" : roff(join(option.names, ", "));
    out += fmt::format(".TP\n\\fB{}\\fR{}\\fI{}\\fR\n{}\n", names,
                       option.names.empty() || option.value.empty() ? "" : " ", roff(option.value), roff(option.text));
  }
  return out.empty() ? out : ".SH OPTIONS\n" + out;
}

std::string subcommands_section(const CommandDescription& command) {
  std::string out;
  for (const CommandDescription& sub : command.commands) {
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(join({sub.path.begin() + 1, sub.path.end()}, " ")),
                       roff(sub.summary));
  }
  return out.empty() ? out : ".SH COMMANDS\n" + out;
}

constexpr std::string_view exit_status =
    ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nit could not be done\n.TP\n2\nit was asked wrongly\n.TP\n3\nit was done, "
    "and the "
    "answer is no\n.TP\n130\ninterrupted\n";

std::string page(const CommandDescription& command, std::string_view description,
                 const std::vector<Example>& examples) {
  const std::string title = join(command.path, "-");
  std::string out =
      fmt::format(".TH {} 1 \"\" \"palier {}\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n{}\n", roff(title),
                  PALIER_VERSION, roff(title), roff(command.summary), roff(join(command.path, " ")),
                  command.commands.empty() ? "[OPTIONS]" : "[OPTIONS] COMMAND");
  out += fmt::format(".SH DESCRIPTION\n{}\n", roff(description));
  out += subcommands_section(command) + options_section(command);
  for (const CommandDescription& sub : command.commands) {
    if (command.path.size() == 1) break;
    const std::string options = options_section(sub);
    if (!options.empty())
      out += fmt::format(".SH OPTIONS OF {}\n{}", roff(sub.name()), options.substr(options.find('\n') + 1));
  }
  if (!examples.empty()) out += ".SH EXAMPLES\n";
  for (const Example& example : examples)
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(example.command), roff(example.what));
  return out + std::string(exit_status);
}

std::string overview(const CommandDescription& root) {
  return page(root, root.summary,
              {{"palier start", "the whole path, with questions"},
               {"palier detect --json | palier advise --machine - --goal learn", "one stage piped into the next"}});
}

std::string manual(const std::string& name) {
  const CommandDescription root = describe_palier();
  if (name.empty()) return overview(root);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < commands().size(); ++i) {
    names.emplace_back(commands()[i].name);
    if (name == commands()[i].name) return page(root.commands[i], commands()[i].description, commands()[i].examples);
  }
  throw Error({.message = fmt::format("there is no command '{}'", name), .reason = {}, .help = suggestion(name, names)},
              ExitCode::usage);
}

Action setup(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  app.add_option("command", *name, "Command to describe; without it, palier as a whole");
  return [name](Context& context) {
    context.out << manual(*name);
    return ExitCode::done;
  };
}

}  // namespace

CommandSpec man_command() {
  return {.name = "man",
          .summary = "Print a manual page",
          .description = "Prints the manual page of palier or of one of its commands, for man(1) to show.",
          .examples = {{"palier man detect | man -l -", "read the page of detect"}},
          .setup = setup};
}

}  // namespace palier
