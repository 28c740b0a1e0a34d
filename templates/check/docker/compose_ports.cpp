// Ports that services of Compose publish, and where their programs listen.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

// What the Dockerfile of a service that is built here exposes, where that is one port; its command may say another.
int exposed_by(const ComposeFile& file, const Part& service) {
  const Part build = service["build"];
  if (!build || service["command"] || service["image"]) return 0;
  const Part place = build.is_map() ? build["context"] : build;
  const auto folder = resolve(file.folder, place ? place.text() : ".");
  if (!folder) return 0;
  const std::string path = (folder->empty() ? "" : *folder + "/") + "Dockerfile";
  const auto found = file.files.find(path);
  if (found == file.files.end()) return 0;
  std::vector<int> ports;
  for (const Instruction& one : read_dockerfile(path, found->second).instructions) {
    if (one.name == "FROM") ports.clear();
    if (one.name != "EXPOSE") continue;
    for (const std::string& word : one.words) ports.push_back(port_in(word.substr(0, word.find('/'))));
  }
  return ports.size() == 1 ? ports[0] : 0;
}

class Ports {
 public:
  Ports(const ComposeFile& file, Findings& findings) : file_(file), findings_(findings) {}

  void check() {
    for (const auto& [name, service] : file_.services) {
      const ComposeListener at = listener_of(service);
      const auto ports = service["ports"].items();
      check_health(service, at);
      if (ports.empty()) continue;
      if (service["network_mode"].text() == "host") {
        odd(ports[0], fmt::format("'{}' has the network of the host, where Docker publishes nothing", name),
            "remove ports");
        continue;
      }
      check_inside(name, service, ports, at);
      if (!service["profiles"]) check_outside(name, ports);
    }
  }

 private:
  void odd(const Part& place, std::string message, std::string help) {
    findings_.add("compose-address", place, std::move(message), std::move(help));
  }

  // None of the published ports is the one that the program listens on.
  void check_inside(const std::string& name, const Part& service, const std::vector<Part>& ports,
                    const ComposeListener& at) {
    if (at.loopback)
      odd(at.place, fmt::format("'{}' listens on its own loopback, which no published port reaches", name), "0.0.0.0");
    const int own = at.port > 0 ? at.port : exposed_by(file_, service);
    Part other;
    for (const Part& port : ports) {
      Published published;
      if (port.is_map()) published.inside = port["target"].text();
      if (!port.is_map() && !read_published(port, published)) return;
      const int inside = port_in(published.inside);
      if (inside == own || inside == 0) return;
      if (!other) other = port;
    }
    if (own > 0)
      odd(other, fmt::format("'{}' {} {}, which is not published", name, at.port > 0 ? "listens on" : "exposes", own),
          fmt::format("HOST_PORT:{}", own));
  }

  // A port of the host belongs to one.
  void check_outside(const std::string& name, const std::vector<Part>& ports) {
    for (const Part& port : ports) {
      Published published;
      if (!read_published(port, published) || published.outside.empty()) continue;
      const auto [first, fresh] = bound_.emplace(published.outside + "/" + published.protocol, name);
      if (!fresh && first->second != name)
        odd(port,
            fmt::format("'{}' publishes the port {}, too: the second of them does not start", first->second,
                        printable(published.outside)),
            "another port");
    }
  }

  void check_health(const Part& service, const ComposeListener& at) {
    if (at.port == 0) return;
    for (const Part& item : service.at("healthcheck.test").items()) {
      for (const Url& url : urls_in(item.text())) {
        if ((url.host == "127.0.0.1" || url.host == "localhost") && url.port > 0 && at.port != url.port)
          odd(item, fmt::format("the health check asks the port {}, and the program listens on {}", url.port, at.port),
              "the same port");
      }
    }
  }

  const ComposeFile& file_;
  Findings& findings_;
  std::map<std::string, std::string> bound_;  // the first service on each port
};

}  // namespace

void check_compose_ports(const ComposeFile& file, Findings& findings) { Ports(file, findings).check(); }

}  // namespace palier
