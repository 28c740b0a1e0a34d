// The port that the command of an image says, and those of EXPOSE and HEALTHCHECK.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

struct Said {
  int port = 0;
  const Instruction* by = nullptr;
};

struct Ports {
  Said command, health;
  std::vector<Said> exposed;
  const Instruction* loopback = nullptr;
};

// ["server", "--port=80", "--host", "127.0.0.1"]
void read_command(const Instruction& one, Ports& out) {
  const auto list = one.list();
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    const std::string& word = (*list)[i];
    const std::size_t equals = word.find('=');
    const std::string option = word.substr(0, equals);
    const std::string value = equals != std::string::npos ? word.substr(equals + 1)
                              : i + 1 < list->size()      ? (*list)[i + 1]
                                                          : "";
    if (option == "--port" && port_in(value) > 0) out.command = {port_in(value), &one};
    if ((option == "--host" || option == "--ip") && value == "127.0.0.1") out.loopback = &one;
  }
}

void read_health(const Instruction& one, Ports& out) {
  for (const std::string_view host : {"127.0.0.1:", "localhost:"}) {
    const std::size_t at = one.text.find(host);
    if (at == std::string::npos) continue;
    const std::string rest = one.text.substr(at + host.size());
    out.health = {port_in(rest.substr(0, rest.find_first_not_of("0123456789"))), &one};
  }
}

// Of the last stage, which is the image.
Ports ports_of(const Dockerfile& file) {
  Ports out;
  for (const Instruction& one : file.instructions) {
    if (one.stage + 1 != static_cast<int>(file.stages.size())) continue;
    if (one.name == "CMD" || one.name == "ENTRYPOINT") read_command(one, out);
    if (one.name == "HEALTHCHECK") read_health(one, out);
    if (one.name != "EXPOSE") continue;
    for (const std::string& word : one.words) {
      if (const int port = port_in(word.substr(0, word.find('/'))); port > 0) out.exposed.push_back({port, &one});
    }
  }
  return out;
}

}  // namespace

void check_dockerfile_ports(const Dockerfile& file, Findings& findings) {
  const Ports ports = ports_of(file);
  const auto differs = [&](const Said& said) {
    if (said.port != 0 && said.port != ports.command.port)
      findings.add("dockerfile-odd", file.at(*said.by), fmt::format("the program listens on {}", ports.command.port),
                   "the same port");
  };
  if (ports.command.port != 0) {
    if (ports.exposed.size() == 1) differs(ports.exposed[0]);
    differs(ports.health);
  }
  if (ports.loopback != nullptr && !ports.exposed.empty())
    findings.add("dockerfile-odd", file.at(*ports.loopback),
                 "the program listens inside of its container alone, and its port is to be reached", "0.0.0.0");
}

}  // namespace palier
