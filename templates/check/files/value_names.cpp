// Paths, names and addresses, as configuration files write them.
#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "templates/check/files/value_kinds.hpp"
#include "templates/check/python/requirements.hpp"

namespace palier {
namespace {

bool has(std::string_view list, std::string_view word) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), word) != all.end();
}

bool is_mode(std::string_view text) {
  return text.size() >= 3 && text.size() <= 5 && text.find_first_not_of("01234567") == std::string_view::npos;
}
bool is_rooted(std::string_view text) { return text.starts_with('/'); }
bool is_unit_path(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of("-!"), text.size());
  return text.substr(first).starts_with('/') || text.substr(first).starts_with('%');
}
bool is_plain_path(std::string_view text) {
  return !text.starts_with('/') && text.find("..") == std::string_view::npos;
}
bool is_command(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("@-:+!|"), text.size()));
  const std::string_view program = text.substr(0, text.find_first_of(" \t"));
  return program.starts_with('/') || program.find_first_of("/%\"'") == std::string_view::npos ||
         program.find_first_of("%\"'") != std::string_view::npos;
}
bool is_url(std::string_view text) { return text.find("://") != std::string_view::npos; }
bool is_bucket(std::string_view text) { return text.starts_with("gs://"); }
// host:port, and nothing of a URL.
bool is_target(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return false;
  const std::size_t colon = text.rfind(':');
  return colon == std::string_view::npos || text.ends_with(']') || is_port(text.substr(colon + 1));
}
bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }) &&
         !text.starts_with('-') && text.size() < 254;
}
bool is_sudo(std::string_view text) {
  return std::count(text.begin(), text.end(), '(') == std::count(text.begin(), text.end(), ')');
}
bool is_kaggle_boolean(std::string_view text) { return has("true false", lower(text)); }
bool is_kaggle_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.substr(slash + 1).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}
bool is_arn(std::string_view text) {
  const auto parts = split(text, ':');
  return parts.size() > 5 && parts[0] == "arn" && (parts[4].empty() || (are_digits(parts[4]) && parts[4].size() == 12));
}
bool is_python_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
}
bool is_slurm_boolean(std::string_view text) { return has("yes no true false up down 1 0", lower(text)); }
bool is_specifier(std::string_view text) { return wrong_specifier(text).empty(); }
bool is_text(std::string_view text) { return !text.empty(); }
// OWNER/NAME@REF, ./FOLDER or docker://IMAGE; a commit has 40 digits.
bool is_action(std::string_view text) {
  if (text.starts_with("./") || text.starts_with("../") || text.starts_with("docker://")) return true;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.find('/') > at) return false;
  const std::string_view ref = text.substr(at + 1);
  const bool hexadecimal = ref.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return !ref.empty() && (!hexadecimal || ref.size() < 30 || ref.size() == 40 || ref.size() == 64);
}
bool is_yes_or_no(std::string_view text) { return has("yes no true false on off 1 0 y n t f", lower(text)); }
bool is_boolean(std::string_view text) { return has("true false yes no on off", lower(text)); }

constexpr std::array kinds = std::to_array<ValueKind>({
    {"abspath", is_unit_path, "a path from the root"},
    {"action", is_action, "OWNER/NAME@REF; a commit has 40 digits"},
    {"arn", is_arn, "arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME, the account of 12 digits"},
    {"bool", is_boolean, "true or false"},
    {"command", is_command, "the whole path of a program"},
    {"gs-url", is_bucket, "gs://BUCKET/FOLDER"},
    {"hostname", is_host_name, "letters, digits and -"},
    {"httppath", is_rooted, "a path that begins with /"},
    {"kaggle-bool", is_kaggle_boolean, "true or false"},
    {"kaggle-id", is_kaggle_name, "USER/NAME, the name in lower-case letters, digits and -"},
    {"mode", is_mode, "three or four octal digits: 0700"},
    {"plainpath", is_plain_path, "a name below its folder, not a path from the root"},
    {"pyname", is_python_name, "letters, digits, -, _ and ."},
    {"pyversion", is_version, "a version: 0.1.0"},
    {"slurmbool", is_slurm_boolean, "YES or NO"},
    {"specifier", is_specifier, "versions that there can be: >=3.12,<3.13"},
    {"sudo", is_sudo, "a line of sudoers: ALL=(ALL) NOPASSWD:ALL"},
    {"target", is_target, "HOST:PORT, without http:// and a path"},
    {"text", is_text, "a name"},
    {"url", is_url, "a URL: http://HOST:PORT"},
    {"yesno", is_yes_or_no, "yes or no"},
});

}  // namespace

std::span<const ValueKind> name_kinds() { return kinds; }

}  // namespace palier
