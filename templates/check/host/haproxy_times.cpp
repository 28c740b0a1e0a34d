// Timeouts of HAProxy that are missing, do nothing, or cut answers off; buffers that what is looked into must fit into.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/host/haproxy.hpp"

namespace palier {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// HAProxy warns as well, and passes them over.
void check_places(const Haproxy& configuration) {
  configuration.each_line("timeout", [&](const HaproxySection& section, const WordLine& line) {
    const std::string which = word_after(line, "timeout");
    if ((section.kind == "frontend" && is_one_of(which, {"server", "connect", "check", "tunnel"})) ||
        (section.kind == "backend" && which == "client"))
      configuration.odd(line.line, fmt::format("'timeout {}' does nothing in a {}", which, section.kind),
                        "put it into defaults");
  });
}

void check_missing(const Haproxy& configuration) {
  std::set<std::string> said;
  configuration.each_line(
      "timeout", [&](const HaproxySection&, const WordLine& line) { said.insert(word_after(line, "timeout")); });
  const bool agents = configuration.text.find("spop") != std::string::npos;
  int defaults = 0;
  for (const HaproxySection& section : configuration.sections) {
    if (section.kind == "defaults") defaults = section.line;
    const auto miss = [&](const std::string& which) {
      if (said.insert(which).second)
        configuration.odd(defaults == 0 ? section.line : defaults,
                          fmt::format("there is no 'timeout {}': what hangs stays for ever", which),
                          fmt::format("timeout {} 30s, say", which));
    };
    if (section.takes()) miss("client");
    if (section.gives() && !agents) miss("connect"), miss("server");
  }
}

// What serves models says how long an answer may take: its check waits behind such answers.
void check_longest(const Haproxy& configuration) {
  if (configuration.text.find("/v1/completions") == std::string::npos &&
      configuration.text.find("/v1/chat") == std::string::npos)
    return;
  struct Time {
    std::string which;
    double seconds;
    int line;
  };
  std::vector<Time> times;
  double longest = 0;
  configuration.each_line("timeout", [&](const HaproxySection& section, const WordLine& line) {
    const std::string which = word_after(line, "timeout");
    if (section.kind != "defaults" || !is_one_of(which, {"client", "server", "check"}) || line.words.size() < 3) return;
    const double seconds = haproxy_seconds(line.words[2]).value_or(0);
    longest = std::max(longest, seconds);
    times.push_back({which, seconds, line.line});
  });
  for (const Time& time : times)
    if (time.which != "check" && time.seconds * 2 <= longest)
      configuration.odd(time.line,
                        fmt::format("an answer is cut off after {:g} s; another time here says that it may take {:g} s",
                                    time.seconds, longest),
                        fmt::format("{:g}s", longest));
}

void check_buffers(const Haproxy& configuration) {
  if (configuration.text.find("req.body,") == std::string::npos) return;  // nothing looks into it
  double buffer = 16384;
  for (const HaproxySection& section : configuration.sections)
    for (const WordLine& line : section.lines)
      if (line.words[0] == "tune.bufsize" && line.words.size() > 1) buffer = to_number(line.words[1]).value_or(buffer);
  configuration.each_line("", [&](const HaproxySection&, const WordLine& line) {
    if (word_after(line, "req.body_size") != "gt") return;
    const auto most = to_number(word_after(line, "gt"));
    if (most && *most > buffer)
      configuration.odd(
          line.line, fmt::format("requests of up to {:.0f} bytes are let in, and a buffer holds {:.0f}", *most, buffer),
          "raise tune.bufsize, or lower the limit");
  });
}

// HAProxy warns, and goes on without them.
void check_modes(const Haproxy& configuration) {
  for (const HaproxySection& section : configuration.sections) {
    const WordLine* tcp = nullptr;
    bool http = false;
    for (const WordLine& line : section.lines) {
      if (line.words[0] == "mode" && word_after(line, "mode") == "tcp") tcp = &line;
      http = http || (line.words[0] == "option" &&
                      is_one_of(word_after(line, "option"), {"httplog", "http-buffer-request", "http-no-delay"}));
    }
    if (section.is_proxy() && tcp != nullptr && http)
      configuration.odd(tcp->line, "in mode tcp the options of http do nothing", "mode http");
  }
}

}  // namespace

void check_haproxy_times(const Haproxy& configuration) {
  check_places(configuration);
  check_missing(configuration);
  check_longest(configuration);
  check_buffers(configuration);
  check_modes(configuration);
}

}  // namespace palier
