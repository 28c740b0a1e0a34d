// cloud-init: commands, users and the files that it writes.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

class UserData {
 public:
  UserData(const Part& root, Findings& findings) : root_(root), findings_(findings) {}

  void check() {
    check_files();
    check_commands();
    check_users();
  }

 private:
  void odd(const Part& place, std::string message, std::string help) {
    findings_.add("cloud-init-odd", place, std::move(message), std::move(help));
  }

  void check_files() {
    std::set<std::string> seen;
    for (const Part& file : root_["write_files"].items()) {
      const Part path = file["path"];
      if (!path) odd(file, "a file has no path", "path: /etc/...");
      if (path && !seen.insert(path.text()).second && !file["append"].is_true())
        findings_.add("duplicate-name", path,
                      fmt::format("'{}' is written twice: the last one counts", printable(path.text())));
      const std::string content = file["content"].text();
      if (path.text().ends_with(".json")) {
        try {
          parse_json(content, path.text());
        } catch (const Error& error) {
          findings_.add("json-syntax", file["content"], fmt::format("'{}': {}", path.text(), error.text().reason));
        }
      }
      if (path.text().find("/sshd_config") != std::string::npos) check_sshd(file["content"]);
    }
  }

  // Source: sshd_config(5) of OpenSSH 9.2, 2026-11-22.
  void check_sshd(const Part& content) {
    const std::vector<std::string> known = {"PasswordAuthentication",
                                            "KbdInteractiveAuthentication",
                                            "PermitRootLogin",
                                            "X11Forwarding",
                                            "MaxAuthTries",
                                            "PubkeyAuthentication",
                                            "AllowUsers",
                                            "AllowGroups",
                                            "PermitEmptyPasswords",
                                            "ChallengeResponseAuthentication",
                                            "UsePAM",
                                            "Port",
                                            "ListenAddress",
                                            "LoginGraceTime",
                                            "ClientAliveInterval",
                                            "ClientAliveCountMax",
                                            "AllowTcpForwarding",
                                            "AllowAgentForwarding",
                                            "MaxSessions",
                                            "AuthorizedKeysFile",
                                            "AuthenticationMethods",
                                            "DenyUsers",
                                            "DenyGroups",
                                            "Banner",
                                            "LogLevel",
                                            "MaxStartups",
                                            "PermitTunnel",
                                            "PrintMotd",
                                            "StrictModes",
                                            "TCPKeepAlive",
                                            "UseDNS",
                                            "Ciphers",
                                            "MACs",
                                            "KexAlgorithms",
                                            "HostKey",
                                            "Subsystem",
                                            "Match",
                                            "Include",
                                            "AcceptEnv",
                                            "PermitUserEnvironment",
                                            "Compression",
                                            "GatewayPorts",
                                            "IgnoreRhosts",
                                            "HostbasedAuthentication",
                                            "SyslogFacility"};
    const std::string text = content.text();
    for (const std::string_view line : lines(text)) {
      const auto all = words(line);
      if (all.size() < 2 || all[0].starts_with('#')) continue;
      if (const std::string near = mistyped(all[0], known); !near.empty())
        findings_.add("cloud-init-odd", content,
                      fmt::format("sshd knows no '{}', and does not start", printable(all[0])),
                      fmt::format("did you mean '{}'?", near));
      const bool flag = all[0].ends_with("Authentication") || all[0] == "X11Forwarding" ||
                        all[0] == "PermitEmptyPasswords" || all[0] == "UsePAM" || all[0] == "PermitRootLogin";
      const std::vector<std::string> values = {"yes", "no", "prohibit-password", "without-password",
                                               "forced-commands-only"};
      if (flag && std::find(values.begin(), values.end(), lower(all[1])) == values.end())
        findings_.add("cloud-init-odd", content,
                      fmt::format("'{}' is nothing that {} takes: sshd does not start", printable(all[1]), all[0]),
                      "yes or no");
    }
  }

  void check_commands() {
    bool allowed = false;
    const auto packages = root_["packages"].texts();
    const bool update = root_["package_update"].is_true();
    for (const Part& command : root_["runcmd"].items()) {
      const auto parts = command.is_list() ? command.texts() : std::vector<std::string>();
      std::vector<std::string> all = parts;
      const std::string line = command.text();
      for (const std::string_view word : words(line)) all.emplace_back(word);
      if (all.empty()) continue;
      if (all[0] == "ufw") {
        const bool ssh = std::any_of(all.begin(), all.end(), [](const std::string& word) {
          return word == "22/tcp" || word == "22" || word == "ssh" || word == "OpenSSH" || word == "limit";
        });
        allowed = allowed || (all.size() > 1 && (all[1] == "allow" || all[1] == "limit") && (ssh || custom_port(all)));
        if (std::find(all.begin(), all.end(), "enable") != all.end() && !allowed)
          odd(command.is_list() && !command.items().empty() ? command.items().back() : command,
              "the firewall is closed before ssh is let in: nobody gets in again", "ufw allow 22/tcp first");
      }
      require_package(command, all, packages, update);
      check_script(command, all[0]);
      if (command.is_scalar() && line == all[0] && root_["runcmd"].items().size() > 1 &&
          (line == "ufw" || line == "systemctl" || line == "apt-get"))
        odd(command, fmt::format("'{}' is a command by itself here", line),
            "a list for each command: - [ufw, allow, 22/tcp]");
    }
  }

  // sshd may be told another port here.
  bool custom_port(const std::vector<std::string>& command) const {
    for (const Part& file : root_["write_files"].items()) {
      const std::string content = file["content"].text();
      const std::size_t at = content.find("\nPort ");
      if (at == std::string::npos && !content.starts_with("Port ")) continue;
      const std::string port(words(content.substr(content.find("Port ") + 5))[0]);
      if (std::any_of(command.begin(), command.end(), [&](const std::string& word) { return word.starts_with(port); }))
        return true;
    }
    return false;
  }

  // Commands that a server has only from a package of the list.
  void require_package(const Part& command, const std::vector<std::string>& all,
                       const std::vector<std::string>& packages, bool update) {
    if (packages.empty() || !update) return;
    const auto has = [&](std::string_view name) {
      return std::any_of(packages.begin(), packages.end(),
                         [&](const std::string& one) { return one.starts_with(name); });
    };
    const Part place = command.is_list() && !command.items().empty() ? command.items().front() : command;
    if (all[0] == "ufw" && !has("ufw")) odd(place, "ufw is not among the packages: Debian has none by itself", "- ufw");
    if (all[0] != "systemctl") return;
    for (std::size_t i = 2; i < all.size(); ++i) {
      const Part item = command.is_list() && i < command.items().size() ? command.items()[i] : place;
      if ((all[i] == "fail2ban" || all[i] == "nginx" || all[i] == "redis-server" || all[i] == "haproxy") &&
          !has(all[i]))
        odd(item, fmt::format("'{}' is restarted, and is not among the packages", all[i]), fmt::format("- {}", all[i]));
      if (all[i] == "docker" && !has("docker") && !has("moby"))
        odd(item, "Docker is restarted, and is not among the packages", "- docker.io");
    }
  }

  // A script below /usr/local or /opt is there only where it is written.
  void check_script(const Part& command, const std::string& program) {
    if (!program.starts_with("/usr/local/") && !program.starts_with("/opt/") && !program.starts_with("/root/")) return;
    for (const Part& file : root_["write_files"].items())
      if (file["path"].text() == program) return;
    std::vector<std::string> paths;
    for (const Part& file : root_["write_files"].items()) paths.push_back(file["path"].text());
    if (!paths.empty() && mentions(program) < 2)
      odd(command.is_list() ? command.items().front() : command,
          fmt::format("nothing here writes '{}'", printable(program)),
          mistyped(program, paths).empty() ? "write_files: [{path: ..., content: ...}]"
                                           : fmt::format("did you mean '{}'?", mistyped(program, paths)));
  }

  // How many commands name a path: one of them may make it.
  int mentions(const std::string& path) const {
    int out = 0;
    for (const Part& command : root_["runcmd"].items()) {
      std::string all = command.text();
      for (const std::string& word : command.texts()) all += " " + word;
      out += all.find(path) != std::string::npos                              ? 1
             : all.find(path.substr(0, path.rfind('/'))) != std::string::npos ? 1
                                                                              : 0;
    }
    return out;
  }

  void check_users() {
    bool key = root_["ssh_authorized_keys"] || root_["ssh_import_id"];
    Part first;
    for (const Part& user : root_["users"].items()) {
      key = key || user["ssh_authorized_keys"] || user["ssh_import_id"] || user.text() == "default" || user["passwd"] ||
            user["hashed_passwd"];
      if (!first && user.is_map()) first = user;
      const Part locked = user["lock_passwd"];
      if (locked && locked.is_false() && !user["passwd"] && !user["hashed_passwd"] && !user["plain_text_passwd"])
        odd(locked, "the password is unlocked, and there is none: whoever is at the console logs in without",
            "lock_passwd: true");
      for (const Part& group : user["groups"].items()) {
        const std::string near =
            mistyped(group.text(), {"sudo", "docker", "adm", "video", "render", "wheel", "users", "systemd-journal",
                                    "dialout", "plugdev", "netdev", "www-data", "kvm", "libvirt"});
        if (!near.empty())
          odd(group, fmt::format("there is hardly a group '{}'", printable(group.text())),
              fmt::format("did you mean '{}'?", near));
      }
    }
    if (first && !key && (root_["ssh_pwauth"].is_false() || root_["disable_root"].is_true()))
      odd(first_of(first["name"], first), "nobody can log in: there are neither keys nor passwords",
          "ssh_authorized_keys: [...]");
  }

  Part root_;
  Findings& findings_;
};

// "# cloud-config" is a comment, and the file is passed over.
void check_first_line(const std::string& path, const std::string& text, const Part& root, Findings& findings) {
  const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
  if (first == "#cloud-config" || !first.starts_with('#')) return;
  std::string word = lower(first);
  word.erase(std::remove(word.begin(), word.end(), ' '), word.end());
  const bool meant = word == "#cloud-config" || !mistyped(word, {"#cloud-config"}).empty();
  if (meant && (root["users"] || root["packages"] || root["runcmd"] || root["autoinstall"]))
    findings.add("cloud-init-odd", Location{path, 1},
                 fmt::format("cloud-init passes the file over: it begins with '{}'", printable(first)),
                 "#cloud-config");
}

}  // namespace

void check_cloud_init(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const std::string& text = files.at(path);
    const Part root(document);
    check_first_line(path, text, root, findings);
    if (!text.starts_with("#cloud-config")) continue;
    UserData(root, findings).check();
    if (root["autoinstall"] && !root.at("autoinstall.version"))
      findings.add("cloud-init-odd", root["autoinstall"], "autoinstall has no version: the installer refuses it",
                   "version: 1");
    if (root.at("autoinstall.user-data")) UserData(root.at("autoinstall.user-data"), findings).check();
  }
}

}  // namespace palier
