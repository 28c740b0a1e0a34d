// Addresses in Compose files: who asks whom, and where that one listens.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

// Keys whose addresses are for a browser, for another machine or for the service itself.
constexpr std::array<std::string_view, 4> other_keys = {"image", "labels", "build", "healthcheck"};

class Addresses {
 public:
  Addresses(const ComposeFile& file, Findings& findings) : file_(file), findings_(findings) {
    for (const auto& [name, service] : file.services) {
      listeners_.emplace(name, listener_of(service));
      for (const char* key : {"container_name", "hostname"})
        if (service[key]) names_.push_back(service[key].text());
      for (const auto& [network, value] : networks_of(service))
        for (const std::string& alias : value["aliases"].texts()) names_.push_back(alias);
      for (const std::string& link : service["links"].texts()) names_.push_back(link.substr(link.find(':') + 1));
    }
    const auto services = file.defined.find("services");
    if (services != file.defined.end()) names_.insert(names_.end(), services->second.begin(), services->second.end());
    for (const auto& [name, network] : file.root["networks"].members())
      alone_ = alone_ && !network["external"] && !network["name"];
  }

  void check() {
    for (const auto& [name, service] : file_.services) {
      const std::string mode = service["network_mode"].text();
      if (mode != "host" && !mode.starts_with("service:")) visit(name, service);
      check_own_database(service);
    }
  }

 private:
  void odd(const Part& place, std::string message, std::string help) {
    findings_.add("compose-address", place, std::move(message), std::move(help));
  }

  void visit(const std::string& name, const Part& part) {
    for (const auto& [key, value] : part.members()) {
      if (std::find(other_keys.begin(), other_keys.end(), key) == other_keys.end()) visit(name, value);
    }
    for (const Part& item : part.items()) visit(name, item);
    for (const Url& url : urls_in(part.text())) check_url(name, part, url);
  }

  void check_url(const std::string& name, const Part& place, const Url& url) {
    const Part other = file_.service(url.host);
    if (!other) return check_host(place, url.host);
    const ComposeListener& at = listeners_.at(url.host);
    if (at.port > 0 && url.port > 0 && at.port != url.port)
      odd(place, fmt::format("'{}' listens on {}, not on {}", url.host, at.port, url.port),
          fmt::format("{}:{}", url.host, at.port));
    if (at.loopback && name != url.host)
      odd(at.place, fmt::format("'{}' listens on its own loopback, where '{}' asks in vain", url.host, name),
          "0.0.0.0");
    if (!is_reached(networks_of(file_.service(name)), other))
      odd(first_of(file_.service(name)["networks"], place),
          fmt::format("'{}' asks '{}', and they have no network in common", name, url.host),
          "give both the same network");
    check_database(place, other, url);
  }

  // A host that no service has and that is nearly one; where other networks come in, it may be theirs.
  void check_host(const Part& place, const std::string& host) {
    constexpr std::size_t most_names = 2000;  // keeps hostile input cheap
    const bool plain = host.find_first_of(".:[") == std::string::npos && host != "localhost" && host == lower(host);
    if (!alone_ || !plain || names_.size() < 2 || names_.size() > most_names ||
        std::find(names_.begin(), names_.end(), host) != names_.end())
      return;
    if (const std::string near = closest(host, names_); !near.empty())
      odd(place, fmt::format("no service is called '{}'", printable(host)), did_you_mean(near));
  }

  static bool is_reached(const std::map<std::string, Part>& from, const Part& other) {
    if (other["network_mode"]) return true;  // where nobody can see it from here
    const auto to = networks_of(other);
    return std::any_of(to.begin(), to.end(), [&](const auto& network) { return from.count(network.first) != 0; });
  }

  // PostgreSQL's image makes one user and one database.
  void check_database(const Part& place, const Part& server, const Url& url) {
    const auto said = environment_of(server);
    for (const auto& [variable, value, what] :
         {std::tuple("POSTGRES_USER", url.user, "user"), std::tuple("POSTGRES_DB", url.path, "database")}) {
      const auto found = said.find(variable);
      if (found == said.end() || value.empty() || found->second == value ||
          (found->second + value).find('$') != std::string::npos)
        continue;
      odd(place, fmt::format("{} of '{}' is '{}', not '{}'", variable, url.host, found->second, printable(value)),
          fmt::format("the same {}", what));
    }
  }

  // pg_isready --username=... --dbname=...
  void check_own_database(const Part& service) {
    const auto said = environment_of(service);
    for (const Part& item : service.at("healthcheck.test").items()) {
      const std::string text = item.text();
      for (const auto& [variable, option] :
           {std::pair("POSTGRES_USER", "--username="), std::pair("POSTGRES_DB", "--dbname=")}) {
        const auto found = said.find(variable);
        if (!text.starts_with(option) || text.find('$') != std::string::npos || found == said.end()) continue;
        const std::string value = text.substr(std::string(option).size());
        if (value != found->second && found->second.find('$') == std::string::npos)
          odd(item,
              fmt::format("the health check asks for '{}', and {} is '{}'", printable(value), variable,
                          printable(found->second)),
              "make both the same");
      }
    }
  }

  const ComposeFile& file_;
  Findings& findings_;
  std::vector<std::string> names_;
  std::map<std::string, ComposeListener> listeners_;
  bool alone_ = true;  // no network is another project's, too
};

}  // namespace

void check_compose_addresses(const ComposeFile& file, Findings& findings) {
  if (file.complete) Addresses(file, findings).check();
}

}  // namespace palier
