// Ports, addresses and variables of Compose files: who listens where, and who asks there.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

std::vector<std::string> command_of(const Part& service) {
  std::vector<std::string> out;
  for (const char* key : {"entrypoint", "command"}) {
    for (const std::string& text : service[key].texts()) out.push_back(text);
    const std::string line = service[key].text();
    for (const std::string_view word : words(line)) out.emplace_back(word);
  }
  return out;
}

// Source: the images' documentation, 2026-11-22.
struct KnownImage {
  std::string_view name, variable;
  int port;
};
constexpr std::array<KnownImage, 4> known_images = {{{"postgres", "PGPORT", 5432},
                                                     {"redis", "REDIS_PORT", 6379},
                                                     {"minio/minio", "MINIO_ADDRESS", 9000},
                                                     {"valkey/valkey", "VALKEY_PORT", 6379}}};

struct Listens {
  int port = 0;
  bool loopback = false;
  Part place;
};

int port_in(const std::string& text) {
  const auto number = to_integer(text.substr(text.rfind(':') + 1));
  return number && *number > 0 && *number < 65536 ? static_cast<int>(*number) : 0;
}

// The port of a service's own command; of a few images, the one that they have by themselves.
Listens listens(const Part& service) {
  Listens out;
  std::vector<Part> items;
  for (const char* key : {"entrypoint", "command"})
    for (const Part& item : service[key].items()) items.push_back(item);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string text = items[i].text();
    const std::size_t equals = text.find('=');
    const std::string option = text.substr(0, equals);
    const Part value_place = equals == std::string::npos && i + 1 < items.size() ? items[i + 1] : items[i];
    const std::string value = equals == std::string::npos ? value_place.text() : text.substr(equals + 1);
    if (option == "--port" || option == "--web.listen-address" || option == "--address") {
      if (const int port = port_in(value); port > 0) {
        out.port = port;
        out.place = value_place;
      }
    }
    if ((option == "--host" || option == "--web.listen-address" || option == "--ip") &&
        (value.starts_with("127.") || value.starts_with("localhost"))) {
      out.loopback = true;
      if (!out.place) out.place = value_place;
    }
  }
  if (out.port > 0) return out;
  std::string image = service["image"].text();
  image = image.substr(0, image.find('@'));
  if (const std::size_t colon = image.rfind(':');
      colon != std::string::npos && image.find('/', colon) == std::string::npos)
    image = image.substr(0, colon);
  for (const KnownImage& known : known_images) {
    const bool same = image == known.name || image.ends_with("/" + std::string(known.name));
    const auto command = command_of(service);
    const bool told = std::any_of(command.begin(), command.end(), [](const std::string& word) {
      return word == "-p" || word.find("port") != std::string::npos || word.find("--address") != std::string::npos;
    });
    if (same && !told && !service["environment"][known.variable]) out.port = known.port;
  }
  return out;
}

struct Address {
  std::string user, host, path;
  int port = 0;
};

// Every SCHEME://[USER[:PASSWORD]@]HOST[:PORT][/PATH] of a text.
std::vector<Address> addresses_in(const std::string& text) {
  std::vector<Address> out;
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    std::string rest = text.substr(at + 3, text.find_first_of(" \"',)", at + 3) - at - 3);
    Address one;
    const std::size_t slash = rest.find('/');
    std::string front = rest.substr(0, slash);
    one.path = slash == std::string::npos ? "" : rest.substr(slash + 1, rest.find_first_of("?#", slash) - slash - 1);
    if (const std::size_t sign = front.rfind('@'); sign != std::string::npos) {
      one.user = front.substr(0, front.find_first_of(":@"));
      front = front.substr(sign + 1);
    }
    if (front.find('$') != std::string::npos) continue;
    const std::size_t colon = front.find(':');
    one.host = front.substr(0, colon);
    if (colon != std::string::npos) one.port = port_in(front.substr(colon));
    if (!one.host.empty()) out.push_back(one);
  }
  return out;
}

class File {
 public:
  File(const std::string& path, const Part& root, const FileTexts& files, Findings& findings)
      : path_(path), root_(root), services_(root["services"]), files_(files), findings_(findings) {
    for (const auto& [name, service] : services_.members()) {
      names_.push_back(name);
      for (const char* key : {"container_name", "hostname"})
        if (service[key]) names_.push_back(service[key].text());
      for (const auto& [network, value] : service["networks"].members())
        for (const std::string& alias : value["aliases"].texts()) names_.push_back(alias);
      for (const std::string& link : service["links"].texts()) names_.push_back(link.substr(link.find(':') + 1));
    }
  }

  void check() {
    std::map<std::string, std::string> bound;
    if (const std::string project = root_["name"].text();
        !project.empty() && project.find('$') == std::string::npos && project != lower(project))
      refused(root_["name"], fmt::format("the project's name '{}' has capital letters", printable(project)),
              lower(project));
    for (const auto& [name, service] : services_.members()) {
      const Listens at = listens(service);
      check_build(service);
      check_ports(name, service, at, bound);
      check_addresses(name, service, service);
      check_order(name, service);
      check_memory(service);
      check_health(service, at);
      const Container container{service, name, false};
      check_server_words(container, findings_);
    }
    check_host_ports();
    check_variables();
  }

 private:
  void refused(const Part& place, std::string message, std::string help = {}) {
    findings_.add("compose-refused", place, std::move(message), std::move(help));
  }
  void odd(const Part& place, std::string message, std::string help = {}) {
    findings_.add("compose-address", place, std::move(message), std::move(help));
  }

  // The folder and the Dockerfile that an image is built from; what is not in the folder may be in a part that is not
  // here.
  void check_build(const Part& service) {
    const Part build = service["build"], image = service["image"];
    const std::string context = build.is_scalar() ? build.text() : build["context"].text(),
                      name = build["dockerfile"].text();
    const auto folder = resolve(folder_of(path_), context.empty() ? "." : context);
    if (build && folder && context.find_first_of("$:") == std::string::npos && !build["dockerfile_inline"]) {
      const std::string prefix = folder->empty() ? "" : *folder + "/";
      const bool any =
          std::any_of(files_.begin(), files_.end(), [&](const auto& file) { return file.first.starts_with(prefix); });
      const bool beside = files_.count((folder_of(path_).empty() ? "" : folder_of(path_) + "/") + "Dockerfile") != 0;
      if (!any && beside)
        findings_.add("file-missing", first_of(build["context"], build),
                      fmt::format("there is no folder '{}' to build from", printable(context)), "build: .");
      if (any && !name.empty() && name.find('$') == std::string::npos &&
          files_.count(resolve(*folder, name).value_or("")) == 0 && files_.count(prefix + "Dockerfile") != 0)
        findings_.add("file-missing", build["dockerfile"],
                      fmt::format("there is no '{}' in that folder", printable(name)), "dockerfile: Dockerfile");
    }
    const std::string text = image.text(),
                      last = text.substr(std::min(text.rfind('/'), text.size() - (text.empty() ? 0 : 1)));
    if (text.find('$') == std::string::npos &&
        std::count(last.begin(), std::find(last.begin(), last.end(), '@'), ':') > 1)
      findings_.add("wrong-image", image, fmt::format("'{}' has two tags", printable(text)), "NAME:TAG");
    for (const Part& item : service["volumes"].items()) {
      check_mode(item);
    }
  }

  // "ro" of "./a:/a:ro"
  void check_mode(const Part& item) {
    const std::string text = item.text();
    const std::size_t last = text.rfind(':');
    if (last == std::string::npos || text.find(':') == last || text.find('$') != std::string::npos) return;
    for (const std::string_view option : split(std::string_view(text).substr(last + 1), ',')) {
      const std::string near =
          option.starts_with('/')
              ? ""
              : mistyped(option, {"ro", "rw", "z", "Z", "rslave", "rshared", "rprivate", "slave", "shared", "private",
                                  "cached", "delegated", "consistent", "nocopy", "volume-nocopy"});
      if (!near.empty())
        refused(item, fmt::format("a mount has no option '{}'", printable(option)),
                fmt::format("did you mean '{}'?", near));
    }
  }

  // "127.0.0.1:8080:80/tcp"
  void check_ports(const std::string& name, const Part& service, const Listens& at,
                   std::map<std::string, std::string>& bound) {
    const auto ports = service["ports"].items();
    if (!ports.empty() && service["network_mode"].text() == "host")
      return refused(ports[0], fmt::format("'{}' has the network of the host, where no port is published", name),
                     "remove ports");
    for (const Part& port : ports) {
      const std::string all =
          port.is_map() ? fmt::format("{}:{}", port["published"].text(), port["target"].text()) : port.text();
      const std::string text = all.substr(0, all.find('/'));
      if (text.find_first_of("$-") != std::string::npos) continue;
      const auto parts = split(text, ':');
      for (std::size_t i = parts.size() > 1 ? parts.size() - 2 : 0; i < parts.size(); ++i) {
        const auto number = to_integer(parts[i]);
        if (number && (*number < 0 || *number > 65535))
          return refused(port, fmt::format("{} is no port", parts[i]), "1 to 65535");
      }
      const std::string outside = text.substr(0, text.rfind(':')), protocol = all.substr(text.size());
      if (parts.size() > 1 && !outside.empty() && !service["profiles"]) {
        const auto [first, fresh] = bound.emplace(outside + protocol, name);
        if (!fresh && first->second != name)
          refused(port, fmt::format("'{}' publishes the port {} already", first->second, outside), "another port");
      }
      const auto inside = to_integer(parts.back());
      const int own = at.port > 0 ? at.port : exposed(service);
      const bool other = std::any_of(ports.begin(), ports.end(), [&](const Part& one) {
        const std::string target = one.is_map() ? one["target"].text() : one.text();
        return port_in(target.substr(0, target.find('/'))) == own;
      });
      if (inside && own > 0 && *inside != own && !other)
        odd(port, fmt::format("'{}' listens on {}, not on {}", name, own, *inside), fmt::format("HOST_PORT:{}", own));
      if (at.loopback)
        odd(at.place, fmt::format("'{}' listens on its own loopback, which no published port reaches", name),
            "0.0.0.0");
      check_open(port, text);
    }
  }

  // A comment says that this machine alone reaches it.
  void check_open(const Part& port, const std::string& text) {
    const auto found = files_.find(path_);
    const int line = port.yaml()->location().line;
    if (found == files_.end() || std::count(text.begin(), text.end(), ':') != 1 || text.starts_with(':')) return;
    const auto all = lines(found->second);
    for (int i = std::max(0, line - 4); i + 1 < line && i < static_cast<int>(all.size()); ++i) {
      const std::string_view one = trim(all[static_cast<std::size_t>(i)]);
      if (one.starts_with('#') && one.find("this machine alone") != std::string_view::npos)
        odd(port,
            "the port is open to every network of the machine, and the comment says that this machine alone reaches it",
            fmt::format("127.0.0.1:{}", text));
    }
  }

  // What the Dockerfile of a service that is built here starts on.
  int exposed(const Part& service) const {
    const Part build = service["build"];
    if (!build || service["command"] || service["image"]) return 0;
    const std::string context = build.is_scalar() ? build.text() : build["context"].text();
    const auto folder = resolve(folder_of(path_), context.empty() ? "." : context);
    if (!folder) return 0;
    const auto found = files_.find((folder->empty() ? "" : *folder + "/") + "Dockerfile");
    if (found == files_.end()) return 0;
    int out = 0;
    for (const std::string_view line : lines(found->second)) {
      const auto all = words(line);
      if (all.size() == 2 && all[0] == "EXPOSE") {
        if (out != 0) return 0;
        out = port_in(std::string(all[1].substr(0, all[1].find('/'))));
      }
    }
    return out;
  }

  void check_addresses(const std::string& name, const Part& service, const Part& part) {
    for (const auto& [key, value] : part.members())
      if (key != "image" && key != "labels" && key != "build" && key != "healthcheck")
        check_addresses(name, service, value);
    for (const Part& item : part.items()) check_addresses(name, service, item);
    if (!part.is_scalar()) return;
    for (const Address& address : addresses_in(part.text())) check_address(name, service, part, address);
  }

  void check_address(const std::string& name, const Part& service, const Part& place, const Address& address) {
    if (service["network_mode"].text() == "host" || service["network_mode"].text().starts_with("service:")) return;
    const Part other = services_[address.host];
    if (!other) {
      const std::string near = address.host.find('.') == std::string::npos ? nearest(address.host) : "";
      if (!near.empty() && address.host != "localhost")
        odd(place, fmt::format("no service is called '{}'", printable(address.host)),
            fmt::format("did you mean '{}'?", near));
      return;
    }
    const Listens at = listens(other);
    if (at.port > 0 && address.port > 0 && at.port != address.port)
      odd(place, fmt::format("'{}' listens on {}, not on {}", address.host, at.port, address.port),
          fmt::format("{}:{}", address.host, at.port));
    if (at.loopback)
      odd(at.place, fmt::format("'{}' listens on its own loopback, where '{}' asks in vain", address.host, name),
          "0.0.0.0");
    if (!share(service["networks"], other["networks"]))
      odd(first_of(service["networks"], place),
          fmt::format("'{}' asks '{}', and they have no network in common", name, address.host),
          "give both the same network");
    const Part environment = other["environment"];
    const auto same = [&](const char* key, const std::string& value, const char* what) {
      const std::string said = environment[key].text();
      if (!said.empty() && !value.empty() && said != value && said.find('$') == std::string::npos &&
          value.find('$') == std::string::npos)
        odd(place, fmt::format("'{}' has the {} '{}', not '{}'", address.host, what, said, printable(value)),
            "make both the same");
    };
    same("POSTGRES_USER", address.user, "user");
    same("POSTGRES_DB", address.path, "database");
  }

  // A service of another name that is meant: nearly the same, or the beginning of it.
  std::string nearest(const std::string& host) const {
    const std::string near = mistyped(host, names_);
    if (!near.empty() || std::find(names_.begin(), names_.end(), host) != names_.end()) return near;
    if (names_.size() < 2) return {};
    for (const std::string& name : names_) {
      std::size_t same = 0;
      while (same < std::min(host.size(), name.size()) && host[same] == name[same]) ++same;
      if (same >= 3 && host.size() >= 4 &&
          std::abs(static_cast<long>(host.size()) - static_cast<long>(name.size())) < 4)
        return name;
    }
    return {};
  }

  static bool share(const Part& a, const Part& b) {
    const auto names = [](const Part& networks) {
      std::set<std::string> out;
      for (const std::string& name : networks.texts()) out.insert(name);
      for (const auto& [name, value] : networks.members()) out.insert(name);
      if (out.empty()) out.insert("default");
      return out;
    };
    const auto x = names(a), y = names(b);
    return std::any_of(x.begin(), x.end(), [&](const std::string& name) { return y.count(name) != 0; });
  }

  void check_order(const std::string& name, const Part& service) {
    std::set<std::string> seen;
    if (waits_for(name, name, seen))
      refused(service["depends_on"], fmt::format("'{}' waits for itself, by way of what it depends on", name),
              "remove one of the two");
    for (const auto& [other, condition] : service["depends_on"].members()) {
      const Part target = services_[other];
      const std::string restart = target["restart"].text(), wanted = condition["condition"].text();
      if (wanted == "service_completed_successfully" && (restart == "always" || restart == "unless-stopped"))
        findings_.add("compose-dependency", target["restart"],
                      fmt::format("'{}' waits until '{}' has ended, which is started again for ever", name, other),
                      "restart: on-failure");
    }
  }

  bool waits_for(const std::string& from, const std::string& wanted, std::set<std::string>& seen) const {
    const Part depends = services_[from]["depends_on"];
    std::vector<std::string> next = depends.texts();
    for (const auto& [name, value] : depends.members()) next.push_back(name);
    for (const std::string& name : next) {
      if (name == wanted) return true;
      if (seen.insert(name).second && seen.size() < 200 && waits_for(name, wanted, seen)) return true;
    }
    return false;
  }

  static double bytes_of(const std::string& text) {
    const std::string small = lower(text);
    const auto number = to_number(small.substr(0, small.find_first_not_of("0123456789.")));
    double factor = 1;
    for (const char unit : {'k', 'm', 'g', 't'}) {
      factor *= 1024;
      if (small.find(unit) != std::string::npos) return number.value_or(0) * factor;
    }
    return number.value_or(0);
  }

  // What a program may take by its own settings, and what its container has.
  void check_memory(const Part& service) {
    const double limit = bytes_of(first_of(service["mem_limit"], service.at("deploy.resources.limits.memory")).text());
    if (limit <= 0) return;
    if (bytes_of(service["shm_size"].text()) > limit)
      findings_.add("compose-memory", service["shm_size"], "shared memory counts as memory, and is more than all of it",
                    "less than the limit");
    for (const Part& item : service["command"].items()) {
      const std::string text = item.text();
      for (const char* option : {"--maxmemory ", "shared_buffers="}) {
        const std::size_t at = text.find(option);
        if (at != std::string::npos &&
            bytes_of(text.substr(at + std::string(option).size(), text.find(' ', at + std::string(option).size()) - at -
                                                                      std::string(option).size())) >= limit)
          findings_.add(
              "compose-memory", item,
              fmt::format("the program may take as much memory as its container has ({})",
                          first_of(service["mem_limit"], service.at("deploy.resources.limits.memory")).text()),
              "less than the limit");
      }
    }
  }

  void check_health(const Part& service, const Listens& at) {
    for (const Part& item : service.at("healthcheck.test").items()) {
      for (const Address& address : addresses_in(item.text())) {
        if ((address.host == "127.0.0.1" || address.host == "localhost") && at.port > 0 && address.port > 0 &&
            at.port != address.port)
          odd(item,
              fmt::format("the health check asks the port {}, and the program listens on {}", address.port, at.port),
              "the same port");
      }
      for (const auto& [key, option] :
           {std::pair{"POSTGRES_USER", "--username="}, std::pair{"POSTGRES_DB", "--dbname="}}) {
        const std::string said = service["environment"][key].text(), text = item.text();
        if (text.starts_with(option) && !said.empty() && text.find('$') == std::string::npos &&
            text.substr(std::string(option).size()) != said)
          odd(item,
              fmt::format("the health check asks for '{}', {} is '{}'",
                          printable(text.substr(std::string(option).size())), key, said),
              "make both the same");
      }
    }
  }

  // On the host's network all services share the ports.
  void check_host_ports() {
    std::map<int, std::string> bound;
    for (const auto& [name, service] : services_.members()) {
      if (service["network_mode"].text() != "host") continue;
      const Listens at = listens(service);
      if (at.port == 0) continue;
      const auto [first, fresh] = bound.emplace(at.port, name);
      if (!fresh)
        odd(at.place,
            fmt::format("'{}' listens on {}, too, and both have the network of the host", first->second, at.port),
            "another port");
    }
  }

  // "${STORE_PASWORD}": there once, and nearly one that is there more often, or that the README or .env.example makes.
  void check_variables() {
    const auto found = files_.find(path_);
    if (found == files_.end()) return;
    std::map<std::string, int> uses;
    std::map<std::string, int> first;
    int number = 0;
    for (const std::string_view line : lines(found->second)) {
      ++number;
      if (trim(line).starts_with('#')) continue;
      for (std::size_t at = line.find('$'); at != std::string_view::npos; at = line.find('$', at + 1)) {
        if (at + 1 < line.size() && line[at + 1] == '$') {
          ++at;
          continue;
        }
        const bool brace = at + 1 < line.size() && line[at + 1] == '{';
        const std::size_t begin = at + (brace ? 2 : 1),
                          end = std::min(line.find_first_not_of(
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", begin),
                                         line.size());
        if (end == begin) continue;
        const std::string name(line.substr(begin, end - begin));
        if (brace && line.find('}', end) == std::string_view::npos)
          findings_.add("compose-refused", Location{path_, number}, fmt::format("the '${{{}' is not closed", name),
                        "${NAME}");
        const bool defaulted = brace && end < line.size() && line[end] != '}';
        uses[name] += defaulted ? 2 : 1;
        first.emplace(name, number);
        check_own(name, number, brace);
      }
    }
    add_environment_secrets(uses, first);
    const std::set<std::string> made = made_elsewhere();
    for (const auto& [name, count] : uses) {
      if (count > 1 || made.count(name) != 0) continue;
      std::vector<std::string> known(made.begin(), made.end());
      for (const auto& [other, more] : uses)
        if (more > 1) known.push_back(other);
      std::string near = mistyped(name, known);
      if (near.empty() && !made.empty()) {
        for (const std::string& other : made)
          if (name.substr(0, name.find('_') + 1) == other.substr(0, other.find('_') + 1) && uses.count(other) == 0 &&
              name.find('_') != std::string::npos)
            near = other;
      }
      if (!near.empty())
        findings_.add("variable-unset", Location{path_, first.at(name)},
                      fmt::format("nothing here sets '{}'", printable(name)), fmt::format("did you mean '{}'?", near));
    }
  }

  void add_environment_secrets(std::map<std::string, int>& uses, std::map<std::string, int>& first) const {
    const auto found = files_.find(path_);
    int number = 0;
    for (const std::string_view line : lines(found->second)) {
      ++number;
      const std::string_view one = trim(line);
      if (!one.starts_with("environment: ") || one.find('$') != std::string_view::npos) continue;
      const std::string name(trim(one.substr(13)));
      if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos) continue;
      ++uses[name];
      first.emplace(name, number);
    }
  }

  // In a command for the container's own shell a $ is doubled.
  void check_own(const std::string& name, int number, bool brace) {
    if (brace) return;
    for (const auto& [owner, service] : services_.members()) {
      const Part value = service["environment"][name];
      if (!value || value.yaml()->location().line == number) continue;
      const Part test = service.at("healthcheck.test");
      for (const Part& item : test.items()) {
        if (item.yaml()->location().line == number)
          findings_.add(
              "variable-unset", Location{path_, number},
              fmt::format("'${}' is filled in from the environment of docker compose, not of the container", name),
              fmt::format("$${}", name));
      }
    }
  }

  // Names before a = in the README and in .env.example beside the file.
  std::set<std::string> made_elsewhere() const {
    std::set<std::string> out;
    const std::string folder = folder_of(path_).empty() ? "" : folder_of(path_) + "/";
    for (const char* name : {"README.md", ".env.example", ".env", "env.example", ".env.sample"}) {
      const auto found = files_.find(folder + name);
      if (found == files_.end()) continue;
      for (const std::string_view line : lines(found->second)) {
        const bool whole = line.find(".env") != std::string_view::npos || std::string_view(name) != "README.md" ||
                           line.find("echo") != std::string_view::npos ||
                           line.find("for key in") != std::string_view::npos;
        if (!whole) continue;
        std::string word;
        for (const char c : std::string(line) + " ") {
          const bool part = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
          if (part) {
            word += c;
            continue;
          }
          if (word.size() > 3 && word.find('_') != std::string::npos) out.insert(word);
          word.clear();
        }
      }
    }
    return out;
  }

  const std::string& path_;
  Part root_, services_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<std::string> names_;
};

}  // namespace

void check_compose_wiring(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    if (!Part(yaml)["include"]) File(path, yaml, files, findings).check();
  }
  check_compose_paths(manifests, findings);
}

}  // namespace palier
