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

// The words that a line of a server has for sure: its own, and those of default-server.
class ServerWords {
 public:
  ServerWords(const Haproxy& configuration, const HaproxySection& section, const WordLine& line) : line_(line) {
    for (const HaproxySection& one : configuration.sections)
      if (one.kind == "defaults" || &one == &section)
        for (const WordLine& other : one.lines)
          if (other.words[0] == "default-server") defaults_.push_back(&other);
  }
  bool has(std::string_view word) const {
    return has_word(line_, word) || std::any_of(defaults_.begin(), defaults_.end(),
                                                [&](const WordLine* other) { return has_word(*other, word); });
  }

 private:
  const WordLine& line_;
  std::vector<const WordLine*> defaults_;
};

bool mentions(const Haproxy& configuration, std::string_view part) {
  return configuration.text.find(part) != std::string::npos;
}

void check_port(const Haproxy& configuration, const WordLine& line, const ServerWords& words) {
  const std::string& address = line.words[2];
  if (address.find_first_of("$/@*[") != std::string::npos) return;
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    if (words.has("check") && !words.has("port") && !words.has("no-check") &&
        !mentions(configuration, "-check connect"))
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

void check_certificate(const Haproxy& configuration, const WordLine& line, const ServerWords& words) {
  if (word_after(line, "verify") == "none")
    configuration.odd(line.line, "the server's certificate is not looked at: whoever answers gets the keys",
                      "verify required ca-file /etc/ssl/certs/ca-certificates.crt");
  if (has_word(line, "ssl") && !words.has("ca-file") && !words.has("none") &&
      !mentions(configuration, "ssl-server-verify") && !mentions(configuration, "ssl-default-server"))
    configuration.refused(line.line, "'ssl' wants a ca-file", "ca-file /etc/ssl/certs/ca-certificates.crt");
}

}  // namespace

void check_haproxy_servers(const Haproxy& configuration) {
  const Binds binds = check_binds(configuration);
  for (const HaproxySection& section : configuration.sections) {
    std::set<std::vector<std::string>> seen;
    for (const WordLine& line : section.lines) {
      if (!section.is_proxy() || line.words[0] != "server" || line.words.size() < 3) continue;
      if (!seen.insert({line.words.begin() + 2, line.words.end()}).second &&
          line.words[2].find('$') == std::string::npos)
        configuration.odd(line.line,
                          fmt::format("'{}' is there twice, and gets twice the share", printable(line.words[2])),
                          "one line for each server");
      const ServerWords words(configuration, section, line);
      check_circle(configuration, section, line, binds);
      check_port(configuration, line, words);
      check_certificate(configuration, line, words);
    }
  }
}

}  // namespace palier
