// What lines of HAProxy's configuration name: proxies, conditions, resolvers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "templates/check/host/haproxy.hpp"

namespace palier {
namespace {

using Names = std::set<std::string>;

bool is_computed(const std::string& name) { return name.empty() || name.find_first_of("%$[") != std::string::npos; }

void require(const Haproxy& configuration, int line, const char* kind, const std::string& name, const Names& known) {
  if (is_computed(name) || known.count(name) != 0) return;
  configuration.refused(line, fmt::format("there is no {} '{}'", kind, printable(name)), suggestion_of(name, known));
}

// "nbsrv(model_1) lt 1" asks for a backend.
std::string asked_backend(const std::string& word) {
  constexpr std::array<std::string_view, 7> calls = {"nbsrv(",     "queue(",     "be_conn(",     "srv_is_up(",
                                                     "connslots(", "avg_queue(", "be_sess_rate("};
  for (const std::string_view call : calls)
    if (word.starts_with(call))
      return word.substr(call.size(), std::min(word.find_first_of(")/,"), word.size()) - call.size());
  return {};
}

void check_backends(const Haproxy& configuration, const Names& backends) {
  configuration.each_line("", [&](const HaproxySection&, const WordLine& line) {
    if (line.words.size() > 1 && (line.words[0] == "use_backend" || line.words[0] == "default_backend"))
      require(configuration, line.line, "backend", line.words[1], backends);
    for (const std::string& word : line.words)
      require(configuration, line.line, "backend", asked_backend(word), backends);
  });
}

// A proxy for each direction may have a name.
void check_repeated(const Haproxy& configuration) {
  std::map<std::string, int> seen;
  for (const HaproxySection& section : configuration.sections) {
    if (!section.is_proxy() || section.kind == "defaults" || section.name.empty()) continue;
    const auto [at, fresh] = seen.emplace(section.kind + " " + section.name, section.line);
    if (!fresh)
      configuration.refused(section.line,
                            fmt::format("'{}' is there already (line {})", printable(at->first), at->second),
                            "give each its own name");
    Names servers;
    for (const WordLine& line : section.lines)
      if (line.words[0] == "server" && line.words.size() > 1 && !servers.insert(line.words[1]).second)
        configuration.refused(line.line, fmt::format("two servers are called '{}'", printable(line.words[1])),
                              "give each its own name");
  }
}

// { ... } is an expression; any other word is an acl of the same section.
void check_conditions(const Haproxy& configuration, const HaproxySection& section) {
  Names known;
  for (const WordLine& line : section.lines)
    if (line.words[0] == "acl" && line.words.size() > 1) known.insert(line.words[1]);
  const FieldTable::Fields& predefined = *haproxy_table().fields_of("haproxy.acl");
  for (const WordLine& line : section.lines) {
    const auto begin = std::find_if(line.words.begin() + 1, line.words.end(),
                                    [](const std::string& word) { return word == "if" || word == "unless"; });
    if (line.words[0] == "acl" || line.words[0] == "description" || begin == line.words.end()) continue;
    int depth = 0;
    for (auto word = begin + 1; word != line.words.end(); ++word) {
      const std::string name = word->starts_with('!') ? word->substr(1) : *word;
      depth += name == "{" ? 1 : name == "}" ? -1 : 0;
      if (depth == 0 && name != "}" && predefined.count(name) == 0)
        require(configuration, line.line, "acl", name, known);
    }
  }
}

}  // namespace

void check_haproxy_names(const Haproxy& configuration, const std::vector<Haproxy>& all) {
  Names backends, resolvers;
  for (const Haproxy& one : all) {
    for (const char* kind : {"backend", "listen"}) backends.merge(one.names_of(kind));
    resolvers.merge(one.names_of("resolvers"));
  }
  check_repeated(configuration);
  check_backends(configuration, backends);
  for (const HaproxySection& section : configuration.sections)
    if (section.is_proxy()) check_conditions(configuration, section);
  configuration.each_line("", [&](const HaproxySection&, const WordLine& line) {
    if (line.words[0] == "server" || line.words[0] == "default-server" || line.words[0] == "server-template")
      require(configuration, line.line, "section 'resolvers' with the name", word_after(line, "resolvers"), resolvers);
  });
}

}  // namespace palier
