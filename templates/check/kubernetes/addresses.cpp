// Addresses of Services inside the cluster, wherever they stand: NAME.NAMESPACE.svc:PORT.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

bool of_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

struct Address {
  std::string service, space, port;  ///< port: "" where none is said
};

// The address whose ".svc" stands at `at`; nullopt where it is the end of something else.
std::optional<Address> address_at(std::string_view text, std::size_t at) {
  const std::size_t after = at + 4;
  if (after < text.size() && (of_name(text[after]) || text[after] == '_')) return std::nullopt;
  const auto name_before = [&](std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && of_name(text[begin - 1])) --begin;
    return text.substr(begin, end - begin);
  };
  Address out;
  out.space = name_before(at);
  const std::size_t dot = at - out.space.size();
  if (out.space.empty() || dot == 0 || text[dot - 1] != '.') return std::nullopt;
  out.service = name_before(dot - 1);
  const std::size_t begin = dot - 1 - out.service.size();
  // a pod's own name stands before that of its Service; a variable may be any part
  if (out.service.empty() || (begin > 0 && std::string_view(".}*_>)$").find(text[begin - 1]) != std::string_view::npos))
    return std::nullopt;
  std::string_view rest = text.substr(after);
  if (rest.starts_with(".cluster.local")) rest.remove_prefix(14);
  if (rest.starts_with(':'))
    out.port = rest.substr(1, std::min(rest.find_first_not_of("0123456789", 1), rest.size()) - 1);
  return out;
}

class Services {
 public:
  explicit Services(const Bundles& bundles) {
    for (const Object* object : bundles.everything.objects) {
      if (object->kind == "Service") services_.push_back(object);
      if (!object->space.empty()) spaces_.insert(object->space);
      if (object->kind == "Namespace") spaces_.insert(object->full_name);
    }
  }

  void check(const Address& address, const Location& place, Findings& findings) const {
    const auto named = those_named(address.service);
    const auto there = std::find_if(named.begin(), named.end(), [&](const Object* one) {
      return same_space(one->space, address.space) || one->first_space == address.space;
    });
    if (there != named.end()) return check_port(address, named, place, findings);
    if (!named.empty() && spaces_.count(address.space) == 0)
      return findings.add("service-address", place,
                          fmt::format("the Service '{}' is in '{}', not in '{}'", address.service, named.front()->space,
                                      address.space));
    Names names;
    for (const Object* service : services_) {
      if (service->space == address.space) names.push_back(service->name);
    }
    if (const std::string service = mistyped(address.service, names); !service.empty())
      findings.add("service-address", place,
                   fmt::format("there is no Service '{}' in '{}'", address.service, address.space),
                   fmt::format("did you mean '{}'?", service));
  }

 private:
  std::vector<const Object*> those_named(const std::string& name) const {
    std::vector<const Object*> out;
    for (const Object* service : services_) {
      if (service->name == name || service->full_name == name) out.push_back(service);
    }
    return out;
  }

  static void check_port(const Address& address, const std::vector<const Object*>& named, const Location& place,
                         Findings& findings) {
    if (address.port.empty()) return;
    Names ports;
    for (const Object* service : named) {
      const Part spec = service->root()["spec"];
      if (spec["clusterIP"].text() == "None" || spec["type"].text() == "ExternalName") return;  // the pods' own ports
      for (const Part& port : spec["ports"].items()) ports.push_back(port["port"].text());
    }
    if (ports.empty() || std::find(ports.begin(), ports.end(), address.port) != ports.end()) return;
    findings.add("service-address", place,
                 fmt::format("the Service '{}' has no port {}", address.service, address.port),
                 "its ports are " + join(ports, ", "));
  }

  std::vector<const Object*> services_;
  std::set<std::string> spaces_;
};

// Texts for people say what might be.
bool is_configuration(const std::string& path) {
  for (const char* end : {".yaml", ".yml", ".json", ".alloy", ".conf", ".cfg", ".toml", ".ini", ".env"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

void check_file(const std::string& path, std::string_view text, const Services& services, Findings& findings) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    const std::string_view start = trim(line);
    if (start.starts_with('#') || start.starts_with("//")) continue;
    for (std::size_t at = line.find(".svc"); at != std::string_view::npos; at = line.find(".svc", at + 1)) {
      if (const auto address = address_at(line, at)) services.check(*address, Location{path, number}, findings);
    }
  }
}

}  // namespace

void check_addresses(const FileTexts& files, const Bundles& bundles, Findings& findings) {
  const Services services(bundles);
  for (const auto& [path, text] : files) {
    if (is_configuration(path) && text.find(".svc") != std::string::npos) check_file(path, text, services, findings);
  }
}

}  // namespace palier
