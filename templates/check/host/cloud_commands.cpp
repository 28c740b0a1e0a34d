// Commands that cloud-init runs at the first start: what they need, and whom they shut out.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/host/cloud_init.hpp"

namespace palier {
namespace {

constexpr const char* rule = "cloud-init-odd";

// Of a list its items, of a text what is between its blanks.
std::vector<std::string> words_of(const Part& command) {
  if (command.is_list()) return command.texts();
  const std::string text = command.text();
  const auto all = words(text);
  return {all.begin(), all.end()};
}

// Where to point at a word of a command.
Part word_at(const Part& command, std::size_t index) {
  const auto items = command.items();
  return index < items.size() ? items[index] : command;
}

bool has(const std::vector<std::string>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

// The port that a file gives sshd; "" where none does.
std::string sshd_port(const Part& root) {
  for (const Part& file : root["write_files"].items())
    for (const WordLine& line : read_words(file["content"].text()))
      if (file["path"].text().find("/sshd_config") != std::string::npos && line.words.size() > 1 &&
          lower(line.words[0]) == "port")
        return line.words[1];
  return {};
}

bool lets_ssh_in(const std::vector<std::string>& ufw, const std::string& port) {
  if (!has(ufw, "allow") && !has(ufw, "limit")) return false;
  return std::any_of(ufw.begin(), ufw.end(), [&](const std::string& word) {
    return word == "22/tcp" || word == "22" || lower(word) == "ssh" || word == "OpenSSH" ||
           (!port.empty() && (word == port || word == port + "/tcp"));
  });
}

void check_firewall(const Part& root, Findings& findings) {
  const std::string port = sshd_port(root);
  bool open = false;
  for (const Part& command : root["runcmd"].items()) {
    const auto all = words_of(command);
    if (all.empty() || all[0] != "ufw") continue;
    open = open || lets_ssh_in(all, port);
    if (has(all, "enable") && !open)
      findings.add(rule, word_at(command, all.size() - 1),
                   "the firewall is closed before ssh is let in: nobody gets in again",
                   fmt::format("ufw allow {}/tcp first", port.empty() ? "22" : port));
  }
}

// A program, the beginning of the packages' names that bring it, and one of them.
struct Needed {
  std::string_view program, package, help;
};

// Those that Debian and Ubuntu have no server with.
constexpr auto needed = std::to_array<Needed>({
    {"docker", "docker", "- docker.io"},
    {"docker", "moby", "- docker.io"},
    {"fail2ban", "fail2ban", "- fail2ban"},
    {"haproxy", "haproxy", "- haproxy"},
    {"nginx", "nginx", "- nginx"},
    {"redis-server", "redis", "- redis-server"},
    {"ufw", "ufw", "- ufw"},
});

void require_package(const Part& place, const std::string& program, const std::vector<std::string>& packages,
                     Findings& findings) {
  const Needed* found = nullptr;
  for (const Needed& one : needed) {
    if (one.program != program) continue;
    found = &one;
    for (const std::string& name : packages)
      if (name.starts_with(one.package)) return;
  }
  if (found != nullptr)
    findings.add(rule, place, fmt::format("'{}' is not among the packages", program), std::string(found->help));
}

void check_packages(const Part& root, Findings& findings) {
  const auto packages = root["packages"].texts();
  if (packages.empty()) return;
  for (const Part& command : root["runcmd"].items()) {
    const auto all = words_of(command);
    if (all.empty()) continue;
    if (all[0] == "ufw") require_package(word_at(command, 0), all[0], packages, findings);
    for (std::size_t i = 2; all[0] == "systemctl" && i < all.size(); ++i)
      require_package(word_at(command, i), all[i], packages, findings);
  }
}

// A command that is nearly a file that is written here.
void check_scripts(const Part& root, Findings& findings) {
  std::vector<std::string> paths;
  for (const Part& file : root["write_files"].items()) paths.push_back(file["path"].text());
  for (const Part& command : root["runcmd"].items()) {
    const auto all = words_of(command);
    if (all.empty() || !all[0].starts_with('/')) continue;
    if (const std::string near = mistyped(all[0], paths); !near.empty())
      findings.add(rule, word_at(command, 0), fmt::format("nothing here writes '{}'", printable(all[0])),
                   fmt::format("did you mean '{}'?", near));
  }
}

// "- ufw" beside lists: the items of one command, each taken for a command.
void check_flat(const Part& root, Findings& findings) {
  const auto commands = root["runcmd"].items();
  for (const Part& command : commands)
    if (commands.size() > 1 && has({"ufw", "systemctl", "apt-get"}, command.text()))
      findings.add(rule, command, fmt::format("'{}' is a command by itself here", command.text()),
                   "a list for each command: - [ufw, allow, 22/tcp]");
}

}  // namespace

void check_cloud_commands(const Part& root, Findings& findings) {
  check_firewall(root, findings);
  check_packages(root, findings);
  check_scripts(root, findings);
  check_flat(root, findings);
}

}  // namespace palier
