#include <fmt/format.h>

#include "base/text.hpp"
#include "tools/commands.hpp"
#include "tools/describe.hpp"

namespace palier {
namespace {

// Every command below `command`, itself included, with the words that lead to it.
template <class F>
void for_each(const CommandDescription& command, F&& visit) {
  visit(command);
  for (const CommandDescription& sub : command.commands) for_each(sub, visit);
}

std::string path_of(const CommandDescription& command) { return join(command.path, " "); }

// What may be typed after `command`: its subcommands, its options and those of every level above.
std::vector<std::string> words_after(const CommandDescription& command, const CommandDescription& root) {
  std::vector<std::string> out;
  for (const CommandDescription& sub : command.commands) out.push_back(sub.name());
  const auto add_options = [&](const CommandDescription& level) {
    for (const OptionDescription& option : level.options) {
      if (option.names.empty()) out.insert(out.end(), option.choices.begin(), option.choices.end());
      for (const std::string& name : option.names) {
        if (name.starts_with("--") && std::ranges::find(out, name) == out.end()) out.push_back(name);
      }
    }
  };
  add_options(command);
  add_options(root);
  return out;
}

std::string bash(const CommandDescription& root) {
  std::string commands, values, words_cases;
  for_each(root, [&](const CommandDescription& command) {
    words_cases += fmt::format("    '{}') words='{}' ;;\n", path_of(command), join(words_after(command, root), " "));
    for (const CommandDescription& sub : command.commands) {
      commands += fmt::format("      '{} {}') path=\"$path $word\" ;;\n", path_of(command), sub.name());
    }
    for (const OptionDescription& option : command.options) {
      for (const std::string& name : option.names) {
        const bool everywhere = command.path.size() == 1;  // palier's own options may follow any command
        const std::string pattern = fmt::format("'{}'{}' {}'", path_of(command), everywhere ? "*" : "", name);
        if (!option.choices.empty()) {
          values += fmt::format("    {}) words='{}' ;;\n", pattern, join(option.choices, " "));
        } else if (option.takes_path()) {
          values += fmt::format("    {}) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n", pattern);
        }
      }
    }
  });
  return fmt::format(R"(# bash completion for palier, made from its table of commands
_palier() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path=palier word words=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$path $word" in
{}    esac
  done
  case "$path" in
{}  esac
  case "$path $previous" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o filenames -F _palier palier
)",
                     commands, words_cases, values);
}

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// zsh's _arguments takes "--name[text]:value:(choices)"; brackets and colons inside the text are escaped.
std::string zsh_argument(const OptionDescription& option, const std::string& name) {
  std::string text;
  for (const char c : option.text)
    text += (c == '[' || c == ']' || c == ':') ? std::string("\\") + c : std::string(1, c);
  std::string out = fmt::format("{}[{}]", name, text);
  if (!option.choices.empty()) {
    out += fmt::format(":value:({})", join(option.choices, " "));
  } else if (option.takes_path()) {
    out += ":file:_files";
  } else if (!option.value.empty()) {
    out += ":value:";
  }
  return shell_quoted(out);
}

std::string zsh(const CommandDescription& root) {
  std::string functions;
  for_each(root, [&](const CommandDescription& command) {
    functions += fmt::format("_{}() {{\n", join(command.path, "_"));
    std::string arguments;
    for (const OptionDescription& option : command.options) {
      for (const std::string& name : option.names) arguments += " \\\n    " + zsh_argument(option, name);
    }
    if (command.commands.empty()) {
      functions += fmt::format("  _arguments{} '*:file:_files'\n}}\n", arguments);
      return;
    }
    functions += fmt::format(
        "  local state line\n  _arguments -C{} \\\n    '1:command:->command' '*::argument:->argument'\n  case $state "
        "in\n    command) local -a names=(",
        arguments);
    for (const CommandDescription& sub : command.commands) {
      functions += " " + shell_quoted(fmt::format("{}:{}", sub.name(), sub.summary));
    }
    functions += " ); _describe command names ;;\n    argument) case $line[1] in\n";
    for (const CommandDescription& sub : command.commands) {
      functions += fmt::format("      {}) _{} ;;\n", sub.name(), join(sub.path, "_"));
    }
    functions += "    esac ;;\n  esac\n}\n";
  });
  return "#compdef palier\n# zsh completion for palier, made from its table of commands\n" + functions +
         "_palier \"$@\"\n";
}

std::string fish(const CommandDescription& root) {
  std::string out = "# fish completion for palier, made from its table of commands\ncomplete -c palier -f\n";
  for_each(root, [&](const CommandDescription& command) {
    std::string when = "__fish_use_subcommand";
    if (command.path.size() > 1) {
      when.clear();
      for (std::size_t i = 1; i < command.path.size(); ++i) {
        when += fmt::format("{}__fish_seen_subcommand_from {}", i > 1 ? "; and " : "", command.path[i]);
      }
    }
    for (const CommandDescription& sub : command.commands) {
      out += fmt::format("complete -c palier -n {} -a {} -d {}\n", shell_quoted(when), sub.name(),
                         shell_quoted(sub.summary));
    }
    for (const OptionDescription& option : command.options) {
      if (option.names.empty()) continue;
      std::string names;
      for (const std::string& name : option.names) {
        names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      const std::string values = !option.choices.empty() ? " -x -a " + shell_quoted(join(option.choices, " "))
                                 : option.takes_path()   ? " -r -F"
                                 : option.value.empty()  ? ""
                                                         : " -x";
      const std::string condition = command.path.size() > 1 ? " -n " + shell_quoted(when) : "";
      out += fmt::format("complete -c palier{}{}{} -d {}\n", condition, names, values, shell_quoted(option.text));
    }
  });
  return out;
}

Action setup(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "Shell to complete in")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return [shell](Context& context) {
    const CommandDescription root = describe_palier();
    context.out << (*shell == "bash" ? bash(root) : *shell == "zsh" ? zsh(root) : fish(root));
    return ExitCode::done;
  };
}

}  // namespace

CommandSpec completion_command() {
  return {.name = "completion",
          .summary = "Print the completion script of a shell",
          .description =
              "Prints a script that completes palier's commands, options and values. Packages install it; "
              "without one, source it from the shell's start file.",
          .examples = {{"source <(palier completion bash)", "complete in this bash from now on"}},
          .setup = setup};
}

}  // namespace palier
