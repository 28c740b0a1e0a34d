#include "hwdetect/anonymize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/virtualization.hpp"

namespace palier {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Every occurrence of `name` that is no part of a longer word.
void replace_word(std::string& text, std::string_view name, std::string_view stand_in) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) {
    const std::size_t end = at + name.size();
    const bool whole = (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
    if (whole) text.replace(at, name.size(), stand_in);
    at += whole ? stand_in.size() : name.size();
  }
}

// Texts that hold paths and addresses that people chose. The others are the kernel's and the maker's own words, where a
// host called "debian" must not change the name of the system.
bool holds_chosen_names(std::string_view path) {
  static constexpr auto files = std::to_array<std::string_view>(
      {"/proc/self/mountinfo", "/proc/mounts", "/proc/self/cgroup", "/palier/tools", "/palier/statvfs"});
  return std::ranges::find(files, path) != files.end();
}

bool is_chosen_path(std::string_view path) {
  if (path.starts_with("/sys/fs/cgroup/")) return true;
  static constexpr auto kernel = std::to_array<std::string_view>({"/sys/", "/proc/", "/dev/", "/etc/", "/palier/"});
  return std::ranges::none_of(kernel, [&](std::string_view prefix) { return path.starts_with(prefix); });
}

// The server of a network mount: "nas.example.org:/export", "//nas/share", "[fe80::1]:/export".
std::string_view server_of(std::string_view device) {
  if (device.starts_with("//")) return device.substr(2, device.find('/', 2) - 2);
  const std::size_t end = device.find(":/");
  return end == std::string_view::npos ? std::string_view() : device.substr(0, end);
}

std::string only_container_variable(std::string_view environment) {
  std::string kept;
  for (const std::string_view variable : split(environment, '\0')) {
    if (variable.starts_with("container=")) kept += std::string(variable) + '\0';
  }
  return kept;
}

// Mount options of network filesystems hold addresses, account names and more.
std::string without_network_options(std::string_view mounts) {
  std::string out;
  for (const std::string_view line : lines(mounts)) {
    const std::vector<std::string_view> fields = words(line);
    const auto dash = std::ranges::find(fields, "-");
    const bool network = fields.end() - dash == 4 && !server_of(dash[2]).empty();
    out += std::string(network ? line.substr(0, line.rfind(' ')) : line) + (network ? " rw\n" : "\n");
  }
  return out;
}

}  // namespace

Anonymizer::Anonymizer(const PersonalNames& names) {
  for (std::size_t i = 0; i < names.users.size(); ++i) add(names.users[i], fmt::format("user{}", i + 1));
  for (std::size_t i = 0; i < names.hosts.size(); ++i) add(names.hosts[i], fmt::format("host{}", i + 1));
}

void Anonymizer::add(const std::string& name, const std::string& stand_in) {
  if (!name.empty()) names_.emplace(name, stand_in);
}

// All of `path` that comes after its first `kept` characters, as the tables write it and as it is.
void Anonymizer::add_folder(std::string_view path, std::size_t kept) {
  if (path.size() <= kept || names_.contains(path)) return;
  const std::string stand_in = fmt::format("{}folder{}", path.substr(0, kept), ++folders_);
  add(std::string(path), stand_in);
  add(unescaped(path), stand_in);
}

void Anonymizer::learn_mounts(std::string_view mountinfo) {
  for (const std::string_view line : lines(mountinfo)) {
    const std::vector<std::string_view> fields = words(line);
    const auto dash = std::ranges::find(fields, "-");
    if (dash - fields.begin() < 6 || fields.end() - dash < 3) continue;
    for (const std::string_view place : {"/media/", "/run/media/", "/mnt/", "/net/", "/srv/", "/Volumes/"}) {
      if (fields[4].starts_with(place)) add_folder(fields[4], place.size());
    }
    const std::string server(server_of(dash[2]));
    if (server.empty()) continue;
    if (!names_.contains(server)) add(server, fmt::format("server{}", ++servers_));
    const std::string_view exported = dash[2].substr(dash[2].find(server) + server.size());
    const std::size_t begin = exported.find('/'), second = exported.find('/', begin + 1);
    if (second != std::string_view::npos) add_folder(exported.substr(begin), second - begin + 1);
  }
}

std::string Anonymizer::text(std::string_view path, std::string text) {
  if (path == "/proc/1/environ") return only_container_variable(text);
  if (path.ends_with("/chassis_asset_tag") && !is_cloud_asset_tag(text)) return "";
  if (path == "/proc/self/mountinfo") text = without_network_options(text);
  if (path == "/palier/environment") text = with_whole_uuids(text);
  if (holds_chosen_names(path)) text = without_names(std::move(text));
  return without_uuids(text);
}

std::string Anonymizer::path(std::string path) {
  if (is_chosen_path(path)) path = without_names(std::move(path));
  return without_uuids(path);
}

std::string Anonymizer::without_names(std::string text) const {
  // Longer names first: "alice-laptop" before "alice".
  std::vector<const std::pair<const std::string, std::string>*> order;
  for (const auto& entry : names_) order.push_back(&entry);
  std::ranges::stable_sort(order, [](const auto* a, const auto* b) { return a->first.size() > b->first.size(); });
  for (const auto* entry : order) replace_word(text, entry->first, entry->second);
  return text;
}

void Anonymizer::learn_uuids(const std::string& text) { without_uuids(text); }

// CUDA_VISIBLE_DEVICES takes the start of a UUID for the whole: "GPU-8932f937".
std::string Anonymizer::with_whole_uuids(const std::string& text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(",=\n", at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t dash = part.find('-') + 1;
    const auto known = std::ranges::find_if(uuids_, [&](const auto& entry) {
      return (part.starts_with("GPU-") || part.starts_with("MIG-")) && entry.first.starts_with(part.substr(dash));
    });
    out += known == uuids_.end() ? part : part.substr(0, dash) + known->first;
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

std::string Anonymizer::without_uuids(const std::string& text) {
  constexpr std::string_view shape = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  const auto fits = [&](std::size_t at) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const char c = text[at + i];
      // systemd writes '_' for '-' in the names of its units.
      const bool good = shape[i] == 'h' ? std::isxdigit(static_cast<unsigned char>(c)) != 0 : c == '-' || c == '_';
      if (!good) return false;
    }
    return true;
  };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (at + shape.size() > text.size() || !fits(at)) {
      out += text[at++];
      continue;
    }
    const std::string uuid = text.substr(at, shape.size());
    const auto [entry, unused] =
        uuids_.emplace(uuid, fmt::format("{:08}-0000-0000-0000-000000000000", uuids_.size() + 1));
    out += entry->second;
    at += shape.size();
  }
  return out;
}

}  // namespace palier
