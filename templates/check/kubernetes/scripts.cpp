// Scripts in a container's command: variables that they read and that nobody sets.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

std::string name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && (std::isupper(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_' ||
                               (end > at && std::isdigit(static_cast<unsigned char>(text[end])) != 0)))
    ++end;
  return std::string(text.substr(at, end - at));
}

// The names behind each `start`: os.environ["HOME"], $HOME, ${HOME}.
std::set<std::string> names_behind(std::string_view text, std::string_view start) {
  std::set<std::string> out;
  for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1))
    out.insert(name_at(text, at + start.size()));
  out.erase("");
  return out;
}

bool reads_script(const Container& container) {
  const auto command = container.part["command"].texts();
  return !command.empty() && (command.front().ends_with("sh") || command.front().find("python") != std::string::npos);
}

// What an image sets by itself is not known: of a shell's variables, as of Python's, only what is nearly one that the
// container sets was meant for it.
void check_script(const Part& script, const std::vector<std::string>& known, const std::string& title,
                  Findings& findings) {
  for (const char* start : {"os.environ[\"", "os.environ['", "os.getenv(\"", "$", "${"}) {
    for (const std::string& name : names_behind(script.text(), start)) {
      const bool said = script.text().find(name + "=") != std::string::npos;  // the script sets it
      const std::string near = said ? "" : mistyped(name, known);
      if (near.empty()) continue;
      findings.add("script-variable", script, fmt::format("{} reads '{}', which nobody sets", title, name),
                   fmt::format("did you mean '{}'?", near));
    }
  }
}

// How often a word stands where a shell expects a command.
int commands_named(std::string_view script, const std::vector<std::string_view>& names) {
  int count = 0;
  bool expected = true;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    const bool named = std::find(names.begin(), names.end(), word) != names.end();
    count += expected && named ? 1 : 0;
    expected = word == "do" || word == "then" || word == "else" || word == "!" || word == "{";
    word.clear();
  };
  for (const char c : script) {
    if (c == ';' || c == '\n' || c == '&' || c == '|' || c == '(') {
      end_word();
      expected = true;
    } else if (c == ' ' || c == '\t') {
      end_word();
    } else {
      word += c;
    }
  }
  end_word();
  return count;
}

// A loop or a condition that does not end. Quotes and documents in a script may hold anything: it is left alone then.
void check_ends(const Part& script, const std::string& title, Findings& findings) {
  const std::string text = script.text();
  if (text.find("<<") != std::string::npos || text.find('\'') != std::string::npos) return;
  const int loops = commands_named(text, {"while", "until", "for"}), dones = commands_named(text, {"done"});
  const int ifs = commands_named(text, {"if"}), fis = commands_named(text, {"fi"});
  if (loops > dones || ifs > fis)
    findings.add("script-syntax", script,
                 fmt::format("the script of {} has no '{}' for each '{}'", title, loops > dones ? "done" : "fi",
                             loops > dones ? "do" : "if"));
}

bool is_shell(const Container& container) {
  const auto command = container.part["command"].texts();
  return command.size() > 1 && (command[0].ends_with("/sh") || command[0] == "sh" || command[0].ends_with("bash"));
}

}  // namespace

void check_scripts(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      for (const char* key : {"command", "args"}) {
        for (const Part& item : container.part[key].items()) {
          if (is_shell(container)) check_ends(item, title_of(container, pods), findings);
        }
      }
      if (!reads_script(container) || container.part["envFrom"]) continue;
      std::vector<std::string> known;
      for (const Part& item : container.part["env"].items()) known.push_back(item["name"].text());
      for (const char* key : {"command", "args"}) {
        for (const Part& item : container.part[key].items())
          check_script(item, known, title_of(container, pods), findings);
      }
    }
  }
}

}  // namespace palier
