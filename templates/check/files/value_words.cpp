// Values that are made of known words.
#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/value_kinds.hpp"

namespace palier {
namespace {

// The words of a value: what stands in quotes where something does, otherwise what blanks and commas divide.
std::vector<std::string_view> words_of(std::string_view text) {
  const bool quoted = text.find('"') != std::string_view::npos;
  std::vector<std::string_view> out;
  const auto parts = split(text, quoted ? '"' : ',');
  for (std::size_t i = quoted ? 1 : 0; i < parts.size(); i += quoted ? 2 : 1) {
    for (const std::string_view word : words(parts[i])) out.push_back(word);
  }
  return out;
}

// True where every word is known, or like nothing that is known: others may have more.
bool is_spelt(std::string_view text, std::string_view list) {
  const auto known = value_words(list);
  for (std::string_view word : words_of(text)) {
    if (word.starts_with('~') || word.starts_with('!')) word.remove_prefix(1);
    if (!mistyped(word.substr(0, word.find('=')), known).empty()) return false;
  }
  return true;
}

bool is_known(std::string_view text, std::string_view list) {
  const auto known = value_words(list);
  const auto all = words_of(text);
  return std::all_of(all.begin(), all.end(), [&](std::string_view word) {
    return std::find(known.begin(), known.end(), lower(word)) != known.end();
  });
}

bool is_family(std::string_view text) { return is_spelt(text, "families"); }
bool is_signal(std::string_view text) { return is_spelt(text, "signals"); }
bool is_output(std::string_view text) { return is_spelt(text, "outputs"); }
bool is_public_key(std::string_view text) { return is_spelt(text.substr(0, text.find(' ')), "public-keys"); }
bool is_shell(std::string_view text) { return text.starts_with('/') && is_spelt(text, "shells"); }
bool are_pytest_options(std::string_view text) { return is_spelt(text, "pytest-options"); }
bool are_select_parameters(std::string_view text) { return is_known(text, "select-parameters"); }
bool are_task_plugins(std::string_view text) { return is_known(text, "task-plugins"); }
bool are_platforms(std::string_view text) {
  return text.find('"') == std::string_view::npos || is_known(text, "platforms");
}

// "Mon..Fri *-*-* 04:30:00": a word is a time, a date, days of the week, or a time zone.
bool is_calendar(std::string_view text) {
  for (const std::string_view word : words(text)) {
    if (!is_spelt(lower(word), "calendar")) return false;
    const auto parts = split(word, ':');
    for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
      if (are_digits(parts[i]) && !is_in_range(parts[i], 0, i == 0 ? 23 : 59)) return false;
    }
  }
  return true;
}

constexpr std::array kinds = std::to_array<ValueKind>({
    {"calendar", is_calendar, "daily, or DAYS YEAR-MONTH-DAY HOUR:MINUTE:SECOND: *-*-* 04:30:00"},
    {"families", is_family, "AF_UNIX AF_INET AF_INET6 AF_NETLINK and the like"},
    {"output", is_output, "journal, null, inherit, file:PATH and the like"},
    {"platforms", are_platforms, "linux-64, linux-aarch64, osx-arm64, win-64 and the like"},
    {"pytest-options", are_pytest_options, "options of pytest"},
    {"selectparameters", are_select_parameters, "CR_Core_Memory, CR_CPU_Memory and the like"},
    {"shell", is_shell, "the whole path of a shell: /bin/bash"},
    {"signal", is_signal, "a signal: SIGTERM"},
    {"sshkey", is_public_key, "a public key: ssh-ed25519 AAAA..."},
    {"taskplugins", are_task_plugins, "task/affinity,task/cgroup"},
});

}  // namespace

std::vector<std::string> value_words(std::string_view list) {
  static const FieldTable table(check_data("value_words.txt"));
  return table.names_of(list);
}

std::span<const ValueKind> word_kinds() { return kinds; }

}  // namespace palier
