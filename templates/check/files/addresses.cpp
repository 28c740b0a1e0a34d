// Ports of one machine: what files of a folder ask for, and what the programs beside them listen on.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

struct Asked {
  int port = 0;
  Location place;
};

// Every "127.0.0.1:PORT" and "localhost:PORT" of a text.
void collect(std::string_view text, const std::string& path, std::vector<Asked>& out) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with('#') || trim(line).starts_with("//")) continue;
    for (const std::string_view host : {"127.0.0.1:", "localhost:"}) {
      for (std::size_t at = line.find(host); at != std::string_view::npos; at = line.find(host, at + 1)) {
        const std::size_t begin = at + host.size(),
                          end = std::min(line.find_first_not_of("0123456789", begin), line.size());
        const auto port = to_integer(line.substr(begin, end - begin));
        if (port && *port > 0 && *port < 65536) out.push_back({static_cast<int>(*port), Location{path, number}});
      }
    }
  }
}

// One digit is another one, or two have changed places.
bool nearly(int a, int b) {
  const std::string x = std::to_string(a), y = std::to_string(b);
  if (x.size() != y.size()) return false;
  int other = 0;
  for (std::size_t i = 0; i < x.size(); ++i) other += x[i] != y[i] ? 1 : 0;
  std::string p = x, q = y;
  std::sort(p.begin(), p.end());
  std::sort(q.begin(), q.end());
  return other == 1 || (other == 2 && p == q);
}

}  // namespace

// A port that is asked for and where nobody listens, beside one that is nearly it and that nobody asks for.
void check_addresses(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    const std::string folder = folder_of(path), prefix = folder.empty() ? "" : folder + "/";
    std::vector<Asked> listening, asked;
    bool host = false;
    for (const auto& [name, service] : Part(yaml)["services"].members()) {
      if (service["network_mode"].text() != "host") continue;
      host = true;
      for (const Part& item : service["command"].items()) collect(item.text(), path, listening);
    }
    if (!host) continue;
    for (const auto& [name, text] : files) {
      const bool reads = name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".alloy");
      if (!reads || name == path || !name.starts_with(prefix)) continue;
      collect(text, name, asked);
      const auto document = manifests.documents.find(name);
      if (document == manifests.documents.end()) continue;
      for (const char* key : {"http_listen_port", "grpc_listen_port"}) {
        const Part port = Part(document->second)["server"][key];
        if (port.integer_or(0) > 0 && port.integer_or(0) < 65536)
          listening.push_back({static_cast<int>(port.integer_or(0)), port.yaml()->location()});
      }
    }
    for (const Asked& one : asked) {
      const auto same = [&](const Asked& other) { return other.port == one.port; };
      if (std::any_of(listening.begin(), listening.end(), same)) continue;
      for (const Asked& other : listening) {
        const bool wanted =
            std::any_of(asked.begin(), asked.end(), [&](const Asked& any) { return any.port == other.port; });
        if (wanted || !nearly(one.port, other.port)) continue;
        findings.add("compose-address", one.place,
                     fmt::format("nobody here listens on {}, and nobody asks for {} ({}:{})", one.port, other.port,
                                 other.place.file, other.place.line),
                     "make both the same");
        break;
      }
    }
  }
}

}  // namespace palier
