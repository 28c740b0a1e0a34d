// Addresses in HAProxy's configuration: where it listens, and where it sends to.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "templates/check/host/haproxy.hpp"

namespace palier {
namespace {

struct Bind {
  const HaproxySection* section = nullptr;
  int line = 0;
};
using Binds = std::map<std::string, Bind>;  // by address

Binds check_binds(const Haproxy& configuration) {
  Binds out;
  configuration.each_line("bind", [&](const HaproxySection& section, const WordLine& line) {
    if (line.words.size() < 2 || line.words[1].find('$') != std::string::npos) return;
    const std::string address = line.words[1].starts_with("*:") ? line.words[1].substr(1) : line.words[1];
    const auto [at, fresh] = out.emplace(address, Bind{&section, line.line});
    if (!fresh)
      configuration.odd(line.line,
                        fmt::format("{} is bound already (line {}): the two share its connections by chance",
                                    printable(address), at->second.line),
                        "another port");
  });
  for (const HaproxySection& section : configuration.sections) {
    const auto bound = [](const WordLine& line) { return line.words[0] == "bind"; };
    if (section.kind == "frontend" && std::none_of(section.lines.begin(), section.lines.end(), bound))
      configuration.odd(section.line, fmt::format("'{}' listens nowhere", printable(section.name)),
                        "bind 127.0.0.1:8080");
  }
  return out;
}

// A server that is the proxy which sends to it.
void check_circle(const Haproxy& configuration, const HaproxySection& section, const WordLine& line,
                  const Binds& binds) {
  const auto bind = binds.find(line.words[2]);
  if (bind == binds.end()) return;
  const HaproxySection& front = *bind->second.section;
  const bool sends = std::any_of(front.lines.begin(), front.lines.end(), [&](const WordLine& one) {
    return one.words.size() > 1 && one.words[0].ends_with("_backend") && one.words[1] == section.name;
  });
  if (sends || &front == &section)
    configuration.odd(line.line,
                      fmt::format("the server '{}' is HAProxy itself (line {}): a request goes round in circles",
                                  printable(line.words[2]), bind->second.line),
                      "the address of the program that answers");
}

using Words = std::set<std::string>;

void add_defaults(const HaproxySection& section, Words& out) {
  for (const WordLine& line : section.lines)
    if (line.words[0] == "default-server") out.insert(line.words.begin() + 1, line.words.end());
}

// The words that a server has: its own, and those of default-server.
struct ServerWords {
  const WordLine& line;
  const Words &of_section, &of_all;

  bool has(const std::string& word) const {
    return has_word(line, word) || of_section.count(word) != 0 || of_all.count(word) != 0;
  }
};

void check_port(const Haproxy& configuration, const WordLine& line, const ServerWords& words, bool connects) {
  const std::string& address = line.words[2];
  if (address.find_first_of("$/@*[") != std::string::npos) return;
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    if (words.has("check") && !words.has("port") && !words.has("no-check") && !connects)
      configuration.refused(line.line, fmt::format("the server '{}' is checked, and has no port", printable(address)),
                            "HOST:PORT");
    return;
  }
  const std::string port = address.substr(colon + 1);
  if (port.starts_with('+') || port.starts_with('-')) return;  // added to the port that the request came by
  const auto number = to_integer(port);
  if (number && (*number < 1 || *number > 65535))
    configuration.refused(line.line, fmt::format("{} is no port", printable(port)), "1 to 65535");
}

void check_certificate(const Haproxy& configuration, const WordLine& line, const ServerWords& words, bool verifies) {
  if (word_after(line, "verify") == "none")
    configuration.odd(line.line, "the server's certificate is not looked at: whoever answers gets the keys",
                      "verify required ca-file /etc/ssl/certs/ca-certificates.crt");
  if (has_word(line, "ssl") && !words.has("ca-file") && !words.has("none") && !verifies)
    configuration.refused(line.line, "'ssl' wants a ca-file", "ca-file /etc/ssl/certs/ca-certificates.crt");
}

}  // namespace

void check_haproxy_servers(const Haproxy& configuration) {
  const Binds binds = check_binds(configuration);
  const auto mentions = [&](const char* part) { return configuration.text.find(part) != std::string::npos; };
  const bool connects = mentions("-check connect");
  const bool verifies = mentions("ssl-server-verify") || mentions("ssl-default-server");
  Words of_all;
  for (const HaproxySection& section : configuration.sections)
    if (section.kind == "defaults") add_defaults(section, of_all);
  for (const HaproxySection& section : configuration.sections) {
    std::set<std::vector<std::string>> seen;
    Words of_section;
    add_defaults(section, of_section);
    for (const WordLine& line : section.lines) {
      if (!section.is_proxy() || line.words[0] != "server" || line.words.size() < 3) continue;
      if (!seen.insert({line.words.begin() + 2, line.words.end()}).second &&
          line.words[2].find('$') == std::string::npos)
        configuration.odd(line.line,
                          fmt::format("'{}' is there twice, and gets twice the share", printable(line.words[2])),
                          "one line for each server");
      const ServerWords words{line, of_section, of_all};
      check_circle(configuration, section, line, binds);
      check_port(configuration, line, words, connects);
      check_certificate(configuration, line, words, verifies);
    }
  }
}

}  // namespace palier
