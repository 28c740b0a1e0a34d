// What the rules for Compose files ask of them.
#include "templates/check/docker/compose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {

ComposeFile::ComposeFile(const std::string& its_path, const Part& its_root, const Manifests& all,
                         const FileTexts& texts)
    : path(its_path), folder(folder_of(its_path)), root(its_root), manifests(all), files(texts) {
  for (const auto& [name, service] : root["services"].members()) services.emplace(name, service);
  for (const auto& [other, yaml] : manifests.compose) {
    if (folder_of(other) != folder) continue;
    if (Part(yaml)["include"]) complete = false;
    for (const char* kind : {"services", "volumes", "networks", "secrets", "configs"}) {
      for (const auto& [name, value] : Part(yaml)[kind].members()) defined[kind].insert(name);
    }
  }
}

Part ComposeFile::service(const std::string& name) const {
  const auto found = services.find(name);
  return found == services.end() ? Part() : found->second;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder || (!folder.empty() && path.starts_with(folder) &&
                            (folder.ends_with('/') || path.substr(folder.size()).starts_with('/')));
}

namespace {

ComposeMount volume_of(const Part& item) {
  if (item.is_map()) return {item["source"].text(), item["target"].text(), item};
  const std::string text = item.text();
  const auto parts = split(text, ':');
  if (parts.size() == 1) return {"", text, item};
  if (text.find('$') != std::string::npos) return {};  // which may hold a colon
  return {std::string(parts[0]), std::string(parts[1]), item};
}

// Where Compose puts a secret or a config that does not say it.
ComposeMount granted_of(const Part& item, const std::string& folder) {
  const std::string name = item.is_map() ? first_of(item["target"], item["source"]).text() : item.text();
  return {"", name.starts_with('/') ? name : folder + name, item};
}

}  // namespace

std::vector<ComposeMount> mounts_of(const Part& service) {
  std::vector<ComposeMount> out;
  for (const Part& item : service["volumes"].items()) out.push_back(volume_of(item));
  for (const Part& item : service["secrets"].items()) out.push_back(granted_of(item, "/run/secrets/"));
  for (const Part& item : service["configs"].items()) out.push_back(granted_of(item, "/"));
  const Part memory = service["tmpfs"];
  for (const Part& item : memory.is_list() ? memory.items() : std::vector<Part>{memory}) {
    const std::string text = item.text();
    out.push_back({"", text.substr(0, text.find(':')), item});
  }
  std::erase_if(out, [](const ComposeMount& mount) { return mount.target.empty(); });
  return out;
}

std::map<std::string, Part> networks_of(const Part& service) {
  std::map<std::string, Part> out;
  const Part networks = service["networks"];
  for (const Part& item : networks.items()) out.emplace(item.text(), Part());
  for (const auto& [name, value] : networks.members()) out.emplace(name, value);
  if (out.empty()) out.emplace("default", Part());
  return out;
}

std::map<std::string, std::string> environment_of(const Part& service) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : service["environment"].members()) out[name] = value.text();
  for (const std::string& text : service["environment"].texts()) {
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

bool read_published(const Part& port, Published& out) {
  const std::string all = port.text(), text = all.substr(0, all.find('/'));
  if (text.empty() || text.find_first_of("$-") != std::string::npos) return false;
  const std::size_t colon = text.rfind(':');
  out.outside = colon == std::string::npos ? "" : text.substr(0, colon);
  out.inside = colon == std::string::npos ? text : text.substr(colon + 1);
  out.protocol = all.size() == text.size() ? "tcp" : all.substr(text.size() + 1);
  return true;
}

std::vector<Url> urls_in(const std::string& text) {
  std::vector<Url> out;
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const std::string all = text.substr(at + 3, text.find_first_of(" \"',)", at + 3) - at - 3);
    const std::size_t slash = std::min(all.find('/'), all.size());
    std::string front = all.substr(0, slash);
    Url url;
    if (slash < all.size()) url.path = all.substr(slash + 1, all.find_first_of("?#", slash) - slash - 1);
    if (const std::size_t sign = front.rfind('@'); sign != std::string::npos) {
      url.user = front.substr(0, front.find_first_of(":@"));
      front = front.substr(sign + 1);
    }
    const std::size_t colon = front.find(':');
    url.host = front.substr(0, colon);
    if (colon != std::string::npos) url.port = port_in(front.substr(colon));
    if (!url.host.empty() && front.find('$') == std::string::npos) out.push_back(url);
  }
  return out;
}

// Docker's mb are 1024 x 1024, too.
double docker_bytes(std::string_view size) {
  std::string text = lower(size);
  if (text.ends_with("kb") || text.ends_with("mb") || text.ends_with("gb") || text.ends_with("tb")) text.pop_back();
  return static_cast<double>(parse_bytes(text).value_or(0));
}

std::string slip_of(std::string_view word, std::vector<std::string> candidates) {
  constexpr std::size_t most = 2000;  // keeps hostile input cheap
  if (candidates.size() > most || std::find(candidates.begin(), candidates.end(), word) != candidates.end()) return {};
  const auto without_digits = [](std::string_view text) {
    std::string out(text);
    std::erase_if(out, [](char c) { return c >= '0' && c <= '9'; });
    return out;
  };
  const std::string name = without_digits(word);
  std::erase_if(candidates, [&](const std::string& other) { return without_digits(other) == name; });
  return mistyped(word, candidates);
}

std::string did_you_mean(std::string_view near) { return fmt::format("did you mean '{}'?", near); }

}  // namespace palier
