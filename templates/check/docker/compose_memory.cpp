// What a program of Compose may take by its own settings, and what its container has.
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

// Options of servers that keep as much in memory. Source: the manuals of Redis and PostgreSQL, 2026-11-22.
constexpr std::array<std::string_view, 2> options = {"--maxmemory ", "shared_buffers="};

void check_service(const Part& service, Findings& findings) {
  const Part limit = first_of(service["mem_limit"], service.at("deploy.resources.limits.memory"));
  const double most = docker_bytes(limit.text());
  if (most <= 0) return;
  if (docker_bytes(service["shm_size"].text()) > most)
    findings.add("compose-memory", service["shm_size"], "shared memory counts as memory, and is more than all of it",
                 "less than the limit");
  for (const Part& item : service["command"].items()) {
    const std::string text = item.text();
    for (const std::string_view option : options) {
      const std::size_t at = text.find(option);
      if (at == std::string::npos) continue;
      const std::size_t begin = at + option.size();
      if (docker_bytes(text.substr(begin, text.find(' ', begin) - begin)) >= most)
        findings.add("compose-memory", item,
                     fmt::format("the program may take as much memory as its container has ({})", limit.text()),
                     "less than the limit");
    }
  }
}

}  // namespace

void check_compose_memory(const ComposeFile& file, Findings& findings) {
  for (const auto& [name, service] : file.services) check_service(service, findings);
}

}  // namespace palier
