#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "templates/check/field_table.hpp"
#include "templates/check/findings.hpp"
#include "templates/check/host/host.hpp"

namespace palier {

/// "frontend models", and its lines.
struct HaproxySection {
  std::string kind, name;
  int line = 0;
  std::vector<WordLine> lines;

  bool is_proxy() const { return takes() || gives() || kind == "defaults"; }
  bool takes() const { return kind == "frontend" || kind == "listen"; }
  bool gives() const { return kind == "backend" || kind == "listen"; }
};

/// A configuration of HAProxy, and what is found in it.
class Haproxy {
 public:
  Haproxy(const std::string& path, const std::string& text, Findings& findings);

  void refused(int line, std::string message, std::string help = {}) const;
  void odd(int line, std::string message, std::string help = {}) const;
  void missing(int line, const std::string& file) const;

  /// The lines of its proxies that begin with `first` ("" for all of them).
  using Look = std::function<void(const HaproxySection&, const WordLine&)>;
  void each_line(std::string_view first, const Look& look) const;
  /// The names of the sections of a kind.
  std::set<std::string> names_of(std::string_view kind) const;

  const std::string& path;
  const std::string& text;
  std::vector<HaproxySection> sections;

 private:
  Findings& findings_;
};

/// haproxy_fields.txt
const FieldTable& haproxy_table();
/// Seconds of "300s", "5000" (milliseconds), "2m"; nullopt for what HAProxy refuses.
std::optional<double> haproxy_seconds(std::string_view text);
/// The word after `word` in a line; "" without one.
std::string word_after(const WordLine& line, std::string_view word);
bool has_word(const WordLine& line, std::string_view word);
/// "did you mean 'X'?", or nothing where there are too many to look through.
std::string suggestion_of(const std::string& word, const std::set<std::string>& known);

/// Keywords, and the values that some of them take.
void check_haproxy_words(const Haproxy& configuration);
/// Proxies, conditions and resolvers that lines name; `all` are the configurations of its folder: HAProxy may read them
/// together.
void check_haproxy_names(const Haproxy& configuration, const std::vector<Haproxy>& all);
/// Addresses of servers, and those that HAProxy listens on.
void check_haproxy_servers(const Haproxy& configuration);
void check_haproxy_times(const Haproxy& configuration);
/// Scripts in Lua, their actions and variables.
void check_haproxy_scripts(const Haproxy& configuration, const FileTexts& files);

}  // namespace palier
