// What `docker compose config` refuses of a file with known keys and values.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

void check_ports(const Part& service, Findings& findings) {
  for (const Part& port : service["ports"].items()) {
    Published published;
    if (!read_published(port, published)) continue;
    const std::string outside = published.outside.substr(published.outside.rfind(':') + 1);
    for (const std::string& text : {outside, published.inside}) {
      const auto number = to_integer(text);
      if (!number || *number <= 65535) continue;
      findings.add("compose-refused", port, fmt::format("{} is no port", text), "1 to 65535");
      break;
    }
  }
}

void check_exclusions(const Part& service, Findings& findings) {
  const Part networks = service["networks"], name = service["container_name"];
  if (service["network_mode"] && (!networks.items().empty() || !networks.members().empty()))
    findings.add("compose-refused", service["network_mode"], "there are network_mode and networks", "keep one of them");
  const Part replicas = first_of(service["scale"], service.at("deploy.replicas"));
  if (name && replicas.integer_or(1) > 1)
    findings.add("compose-refused", name, fmt::format("{} containers cannot have one name", replicas.text()),
                 "remove container_name");
  const Part memory = service["mem_limit"], limit = service.at("deploy.resources.limits.memory");
  if (memory && limit && docker_bytes(memory.text()) != docker_bytes(limit.text()))
    findings.add("compose-refused", memory,
                 fmt::format("the memory is limited to {} here, and to {} below deploy", printable(memory.text()),
                             printable(limit.text())),
                 "keep one of them");
}

struct Wait {
  std::string name;
  Part place;
};

std::vector<Wait> waits_of(const ComposeFile& file, const Part& service) {
  std::vector<Wait> out;
  for (const Part& item : service["depends_on"].items()) out.push_back({item.text(), item});
  for (const auto& [name, value] : service["depends_on"].members()) out.push_back({name, value});
  for (const Part& item : service["links"].items()) {
    const std::string text = item.text();
    out.push_back({text.substr(0, text.find(':')), item});
  }
  const Part mode = service["network_mode"];
  if (const std::string text = mode.text(); text.starts_with("service:")) out.push_back({text.substr(8), mode});
  std::erase_if(out, [&](const Wait& wait) { return !file.service(wait.name); });
  return out;
}

struct Step {
  std::string name;
  std::vector<Wait> left;
};

std::string shown(const std::vector<Step>& way, const std::string& back) {
  std::string out;
  bool inside = false;
  for (const Step& step : way) {
    inside = inside || step.name == back;
    if (inside && out.size() < 200) out += step.name + " -> ";
  }
  return printable(out + back);
}

// Follows what services wait for, from each, until one waits for a service that is on the way to it.
void check_cycles(const ComposeFile& file, Findings& findings) {
  std::set<std::string> seen, on_way;
  for (const auto& [start, service] : file.services) {
    std::vector<Step> way;
    std::optional<Wait> next = Wait{start, service};
    while (next || !way.empty()) {
      if (next && seen.insert(next->name).second) {
        on_way.insert(next->name);
        way.push_back({next->name, waits_of(file, file.service(next->name))});
      } else if (next && on_way.count(next->name) != 0) {
        findings.add("compose-refused", next->place,
                     fmt::format("services wait for each other: {}", shown(way, next->name)), "remove one of the two");
        return;
      }
      next.reset();
      if (way.empty()) break;
      if (way.back().left.empty()) {
        on_way.erase(way.back().name);
        way.pop_back();
      } else {
        next = way.back().left.back();
        way.back().left.pop_back();
      }
    }
  }
}

}  // namespace

void check_compose_refusals(const ComposeFile& file, Findings& findings) {
  for (const auto& [name, service] : file.services) {
    check_ports(service, findings);
    check_exclusions(service, findings);
  }
  check_cycles(file, findings);
}

}  // namespace palier
