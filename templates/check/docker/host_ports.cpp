// Ports of one machine: services on its network, and what files beside them ask for.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

struct Place {
  int port = 0;
  Location location;
};

// Every "127.0.0.1:PORT" and "localhost:PORT" of a text.
void collect(std::string_view text, const std::string& path, std::vector<Place>& out) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with('#') || trim(line).starts_with("//")) continue;
    for (const std::string_view host : {"127.0.0.1:", "localhost:"}) {
      for (std::size_t at = line.find(host); at != line.npos; at = line.find(host, at + 1)) {
        const std::string_view rest = line.substr(at + host.size());
        const int port = port_in(rest.substr(0, rest.find_first_not_of("0123456789")));
        if (port > 0) out.push_back({port, Location{path, number}});
      }
    }
  }
}

// One digit is another one, or two have changed places.
bool is_nearly(int a, int b) {
  std::string x = std::to_string(a), y = std::to_string(b);
  if (x.size() != y.size()) return false;
  int other = 0;
  for (std::size_t i = 0; i < x.size(); ++i) other += x[i] != y[i] ? 1 : 0;
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  return other == 1 || (other == 2 && x == y);
}

// By port; of each the first place.
using Ports = std::map<int, Location>;

void keep(const std::vector<Place>& places, Ports& out) {
  for (const Place& place : places) out.emplace(place.port, place.location);
}

Ports listening_in(const ComposeFile& file) {
  Ports out;
  for (const auto& [name, service] : file.services) {
    if (service["network_mode"].text() != "host") continue;
    std::vector<Place> places;
    for (const Part& item : service["command"].items()) collect(item.text(), file.path, places);
    keep(places, out);
  }
  return out;
}

bool is_in(const std::string& path, const std::string& folder) { return folder.empty() || is_below(path, folder); }

// On the network of the host all services share the ports.
void check_shared(const ComposeFile& file, Findings& findings) {
  std::map<int, std::string> bound;
  for (const auto& [name, service] : file.services) {
    const ComposeListener at = listener_of(service);
    if (service["network_mode"].text() != "host" || at.port == 0) continue;
    const auto [first, fresh] = bound.emplace(at.port, name);
    if (!fresh)
      findings.add(
          "compose-address", first_of(at.place, service),
          fmt::format("'{}' listens on {}, too, and both have the network of the host", first->second, at.port),
          "another port");
  }
}

}  // namespace

// A port that is asked for and where nobody listens, beside one that is nearly it and that nobody asks for.
void check_host_ports(const ComposeFile& file, Findings& findings) {
  check_shared(file, findings);
  Ports listening = listening_in(file);
  if (listening.empty()) return;
  std::vector<Place> asked;
  for (const auto& [path, text] : file.files) {
    const bool reads = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".alloy");
    if (!reads || path == file.path || !is_in(path, file.folder)) continue;
    collect(text, path, asked);
    const auto document = file.manifests.documents.find(path);
    if (document == file.manifests.documents.end()) continue;
    for (const char* key : {"http_listen_port", "grpc_listen_port"}) {
      const Part port = Part(document->second)["server"][key];
      if (port_in(port.text()) > 0) listening.emplace(port_in(port.text()), port.yaml()->location());
    }
  }
  Ports wanted;
  keep(asked, wanted);
  for (const Place& one : asked) {
    if (listening.count(one.port) != 0) continue;
    const auto other = std::find_if(listening.begin(), listening.end(), [&](const auto& at) {
      return wanted.count(at.first) == 0 && is_nearly(one.port, at.first);
    });
    if (other == listening.end()) continue;
    findings.add("compose-address", one.location,
                 fmt::format("nobody here listens on {}, and nobody asks for {} ({}:{})", one.port, other->first,
                             other->second.file, other->second.line),
                 "make both the same");
  }
}

}  // namespace palier
