// cloud-init: users, and the files that it writes.
#include "templates/check/host/cloud_init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr const char* rule = "cloud-init-odd";

void check_written(const Part& root, Findings& findings) {
  std::set<std::string> seen;
  for (const Part& file : root["write_files"].items()) {
    const Part path = file["path"], content = file["content"];
    if (path && !seen.insert(path.text()).second && !file["append"].is_true())
      findings.add("duplicate-name", path,
                   fmt::format("'{}' is written twice: the last one counts", printable(path.text())));
    if (path.text().ends_with(".json") && !file["encoding"]) {
      try {
        parse_json(content.text(), path.text());
      } catch (const Error& error) {
        findings.add("json-syntax", content, fmt::format("'{}': {}", printable(path.text()), error.text().reason));
      }
    }
    if (path.text().find("/sshd_config") != std::string::npos && !file["encoding"]) check_sshd(content, findings);
  }
}

void check_user(const Part& user, Findings& findings) {
  static const std::vector<std::string> groups = {
      "sudo",    "docker",  "adm",    "video",    "render", "wheel",  "users", "systemd-journal",
      "dialout", "plugdev", "netdev", "www-data", "kvm",    "libvirt"};
  const Part locked = user["lock_passwd"];
  if (locked.is_false() && !user["passwd"] && !user["hashed_passwd"] && !user["plain_text_passwd"])
    findings.add(rule, locked, "the password is unlocked, and there is none: whoever is at the console logs in without",
                 "lock_passwd: true");
  for (const Part& group : user["groups"].items())
    if (const std::string near = mistyped(group.text(), groups); !near.empty())
      findings.add(rule, group, fmt::format("there is hardly a group '{}'", printable(group.text())),
                   fmt::format("did you mean '{}'?", near));
}

bool has_key(const Part& part) { return part["ssh_authorized_keys"] || part["ssh_import_id"]; }

void check_users(const Part& root, Findings& findings) {
  bool way_in = has_key(root);
  Part first;
  for (const Part& user : root["users"].items()) {
    check_user(user, findings);
    way_in = way_in || has_key(user) || user.text() == "default" || user["passwd"] || user["hashed_passwd"];
    if (!first && user.is_map()) first = user;
  }
  if (first && !way_in && (root["ssh_pwauth"].is_false() || root["disable_root"].is_true()))
    findings.add(rule, first_of(first["name"], first), "nobody can log in: there are neither keys nor passwords",
                 "ssh_authorized_keys: [...]");
}

void check_cloud_config(const Part& root, Findings& findings) {
  check_written(root, findings);
  check_users(root, findings);
  check_cloud_commands(root, findings);
}

// "# cloud-config" is a comment, and the file is passed over.
void check_first_line(const std::string& path, const std::string& text, const Part& root, Findings& findings) {
  const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
  if (first == "#cloud-config" || !first.starts_with('#')) return;
  std::string word = lower(first);
  word.erase(std::remove(word.begin(), word.end(), ' '), word.end());
  const bool meant = word == "#cloud-config" || !mistyped(word, {"#cloud-config"}).empty();
  if (meant && (root["users"] || root["packages"] || root["runcmd"] || root["autoinstall"]))
    findings.add(rule, Location{path, 1},
                 fmt::format("cloud-init passes the file over: it begins with '{}'", printable(first)),
                 "#cloud-config");
}

}  // namespace

void check_cloud_init(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const std::string& text = files.at(path);
    const Part root(document), install = root["autoinstall"];
    check_first_line(path, text, root, findings);
    if (!text.starts_with("#cloud-config")) continue;
    check_cloud_config(root, findings);
    if (install && !install["version"])
      findings.add(rule, install, "autoinstall has no version: the installer refuses it", "version: 1");
    if (const Part inner = install["user-data"]) check_cloud_config(inner, findings);
  }
}

}  // namespace palier
