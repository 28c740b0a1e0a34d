// HAProxy's keywords, and the values that some of them take: haproxy_fields.txt has them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/host/haproxy.hpp"

namespace palier {
namespace {

class Words {
 public:
  explicit Words(const Haproxy& configuration) : configuration_(configuration) {}

  void check() {
    for (const HaproxySection& section : configuration_.sections) {
      for (const WordLine& line : section.lines) {
        if (section.kind == "global") check_global(line);
        if (section.is_proxy()) check_proxy(line);
      }
    }
  }

 private:
  void check_global(const WordLine& line) {
    check_word(line, "haproxy.global", 0);
    if (line.words[0] != "log" || line.words.size() < 3) return;
    // what stands between the address and the facility has a value each
    std::size_t i = 2;
    while (i + 2 < line.words.size() && has({"format", "len", "sample", "profile"}, line.words[i])) i += 2;
    check_value(line, "haproxy.value", "facility", line.words[i]);
  }

  void check_proxy(const WordLine& line) {
    const std::string& first = line.words[0];
    check_word(line, "haproxy.proxy", 0);
    if (first == "option") check_word(line, "haproxy.option", 1);
    if (first == "timeout") check_timeout(line);
    if (first == "server" || first == "server-template" || first == "default-server") check_server(line);
    if (first == "http-request") check_status(line);
    if (first == "retry-on")
      for (std::size_t i = 1; i < line.words.size(); ++i) check_value(line, "haproxy.value", "retry-on", line.words[i]);
    const std::string expected = word_after(line, "status");
    if (first == "http-check" && has_word(line, "expect") &&
        expected.find_first_not_of("0123456789,-") != std::string::npos)
      configuration_.refused(line.line, fmt::format("'{}' is no status", printable(expected)), "200, or 200-399");
  }

  void check_timeout(const WordLine& line) {
    check_word(line, "haproxy.timeout", 1);
    if (line.words.size() < 3) configuration_.refused(line.line, "the timeout has no time", "timeout connect 5s");
  }

  void check_server(const WordLine& line) {
    const std::size_t begin = line.words[0] == "default-server" ? 1 : line.words[0] == "server" ? 3 : 4;
    for (std::size_t i = begin; i < line.words.size(); ++i)
      if (!line.words[i].empty() && std::isalpha(static_cast<unsigned char>(line.words[i][0])) != 0)  // no value
        check_word(line, "haproxy.server", i);
  }

  void check_status(const WordLine& line) {
    const auto status = to_integer(word_after(line, "deny_status"));
    if (status && (*status < 200 || *status > 599))
      configuration_.refused(line.line, fmt::format("{} is no status of an answer", *status), "200 to 599");
  }

  // A word of the table, and the one behind it.
  void check_word(const WordLine& line, std::string_view list, std::size_t at) {
    if (at >= line.words.size()) return;
    const std::string& word = line.words[at];
    if (haproxy_table().fields_of(list)->count(word) != 0) {
      if (at + 1 < line.words.size()) check_value(line, list, word, line.words[at + 1]);
    } else if (const std::string near = mistyped(word, names_of(list)); !near.empty()) {
      configuration_.refused(line.line, fmt::format("HAProxy has no '{}' there", printable(word)),
                             fmt::format("did you mean '{}'?", near));
    }
  }

  void check_value(const WordLine& line, std::string_view list, std::string_view key, const std::string& value) {
    const std::string_view kind = haproxy_table().fields_of(list)->find(key)->second;
    if (!kind.starts_with('=') || value.find('$') != std::string::npos) return;
    if (kind == "=time") return check_time(line, key, value);
    const std::string wrong = wrong_value(kind.substr(1), value.substr(0, value.find('(')));  // hdr(Host)
    if (!wrong.empty()) configuration_.refused(line.line, not_taken(value, key), wrong);
  }

  void check_time(const WordLine& line, std::string_view key, const std::string& value) {
    const auto time = haproxy_seconds(value);
    if (!time)  // HAProxy 2.6 still takes the number where only the unit is wrong, and says so
      return configuration_.refused(line.line, fmt::format("'{}' is no time", printable(value)),
                                    "a number and us, ms, s, m, h or d");
    const bool bare = value.find_first_not_of("0123456789") == std::string::npos;
    if (bare && *time > 0 && *time < 0.1)
      configuration_.odd(line.line, fmt::format("'{} {}': without a unit they are milliseconds", key, value),
                         fmt::format("{}s", value));
  }

  const std::vector<std::string>& names_of(std::string_view list) {
    std::vector<std::string>& names = names_[list];
    if (names.empty()) names = haproxy_table().names_of(list);
    return names;
  }

  static bool has(std::initializer_list<std::string_view> list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  }

  const Haproxy& configuration_;
  std::map<std::string_view, std::vector<std::string>> names_;
};

}  // namespace

void check_haproxy_words(const Haproxy& configuration) { Words(configuration).check(); }

}  // namespace palier
