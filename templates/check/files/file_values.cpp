// What the values of configuration files may be.
#include "templates/check/files/file_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/python/requirements.hpp"

namespace palier {
namespace {

bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool in_range(std::string_view text, long long least, long long most) {
  const auto number = to_integer(text);
  return number && *number >= least && *number <= most;
}

bool has(std::string_view list, std::string_view word) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), word) != all.end();
}

// True where every one of the words is known, or like nothing that is known.
bool is_spelt(std::string_view text, std::string_view list) {
  const auto known = words(list);
  const std::vector<std::string> candidates(known.begin(), known.end());
  for (std::string_view word : words(text)) {
    if (word.starts_with('~') || word.starts_with('!')) word.remove_prefix(1);
    if (!mistyped(word, candidates).empty()) return false;
  }
  return true;
}

bool is_yes_or_no(std::string_view text) { return has("yes no true false on off 1 0 y n t f", lower(text)); }
bool is_boolean(std::string_view text) { return has("true false yes no on off", lower(text)); }
bool is_integer(std::string_view text) { return to_integer(text).has_value(); }
bool is_number(std::string_view text) { return to_number(text).has_value(); }
bool is_port(std::string_view text) { return in_range(text, 1, 65535); }
bool is_port_or_none(std::string_view text) { return in_range(text, 0, 65535); }
bool is_forwarded(std::string_view text) { return is_port(text.substr(text.rfind(':') + 1)); }

bool is_prometheus_time(std::string_view text) {
  return text == "0" || (is_amount(text, "ms s m h d w y") && text.find_first_of(" .") == std::string_view::npos);
}
bool is_loki_time(std::string_view text) { return text == "0" || is_amount(text, "ns us ms s m h d w y"); }
bool is_go_time(std::string_view text) { return digits(text) || is_amount(text, "ns us ms s m h"); }
bool is_unit_time(std::string_view text) {
  const bool bare = !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0;  // seconds
  return text == "infinity" || is_number(text) ||
         is_amount(std::string(text) + (bare ? "s" : ""),
                   "usec us msec ms seconds second sec s minutes minute min m hours hour hr h days day d weeks week w "
                   "months month M years year y");
}
bool is_short_time(std::string_view text) {
  return text == "off" || text == "-1" || digits(text) || is_amount(text, "s m h d w");
}
bool is_seconds(std::string_view text) { return text.ends_with('s') && is_number(text.substr(0, text.size() - 1)); }

bool is_size(std::string_view text, std::string_view units) {
  return digits(text) || (is_amount(text, units) && std::count_if(text.begin(), text.end(), [](unsigned char c) {
                                                      return std::isalpha(c) != 0;
                                                    }) <= 3);
}
bool is_docker_size(std::string_view text) {
  return is_size(lower(text), "b k kb kib m mb mib g gb gib t tb tib p pb pib");
}
bool is_loki_size(std::string_view text) { return is_size(lower(text), "b kb mb gb tb kib mib gib tib"); }
bool is_redis_size(std::string_view text) { return is_size(lower(text), "b k kb m mb g gb"); }
bool is_swap_size(std::string_view text) { return text == "auto" || is_size(text, "B K KB M MB G GB T TB"); }
bool is_container_size(std::string_view text) { return is_size(text, "kb mb gb tb"); }
bool is_windows_size(std::string_view text) {
  return digits(text) ? text.size() > 6 || text == "0" : is_size(text, "B KB MB GB TB");
}
bool is_percent(std::string_view text) { return text.ends_with('%') && is_number(text.substr(0, text.size() - 1)); }
bool is_unit_memory(std::string_view text) {
  if (text.ends_with('%')) return in_range(text.substr(0, text.find_first_of(".%")), 0, 100);
  return text == "infinity" || is_size(text, "B K M G T P E");
}
bool is_unit_tasks(std::string_view text) { return text == "infinity" || digits(text) || is_percent(text); }

bool is_mode(std::string_view text) {
  return text.size() >= 3 && text.size() <= 5 && text.find_first_not_of("01234567") == std::string_view::npos;
}
bool is_date(std::string_view text) {
  return text.size() < 10 || (in_range(text.substr(5, 2), 1, 12) && in_range(text.substr(8, 2), 1, 31));
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

bool is_family(std::string_view text) {
  return is_spelt(text,
                  "none AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_VSOCK AF_BLUETOOTH AF_ALG AF_CAN AF_TIPC "
                  "AF_QIPCRTR AF_XDP AF_KEY AF_PPPOX AF_LOCAL AF_AX25 AF_SMC AF_ISDN AF_RDS AF_NFC");
}
bool is_signal(std::string_view text) {
  return is_spelt(text,
                  "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE "
                  "SIGALRM SIGTERM SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM "
                  "SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS");
}
bool is_output(std::string_view text) {
  return is_spelt(text, "inherit null tty journal kmsg journal+console kmsg+console socket syslog syslog+console");
}

// "Mon..Fri *-*-* 04:30:00": a word is a time, a date, days of the week, or a time zone.
bool is_calendar(std::string_view text) {
  constexpr std::string_view short_forms =
      "minutely hourly daily weekly monthly quarterly semiannually annually yearly bi-annually biannually anually";
  for (const std::string_view word : words(text)) {
    if (!is_spelt(lower(word), short_forms)) return false;
    const auto parts = split(word, ':');
    for (std::size_t i = 0; parts.size() > 1 && i < parts.size(); ++i) {
      if (digits(parts[i]) && !in_range(parts[i], 0, i == 0 ? 23 : 59)) return false;
    }
  }
  return true;
}

bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }) &&
         !text.starts_with('-') && text.size() < 254;
}
bool is_public_key(std::string_view text) {
  return is_spelt(text.substr(0, text.find(' ')),
                  "ssh-ed25519 ssh-rsa ssh-dss ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521 "
                  "sk-ssh-ed25519@openssh.com sk-ecdsa-sha2-nistp256@openssh.com");
}
bool is_shell(std::string_view text) {
  return text.starts_with('/') && is_spelt(text,
                                           "/bin/bash /bin/sh /bin/dash /bin/zsh /bin/fish /bin/false /bin/ksh "
                                           "/bin/ash /bin/csh /bin/tcsh /usr/bin/bash /usr/bin/zsh /usr/bin/fish "
                                           "/usr/bin/sh /sbin/nologin /usr/sbin/nologin /usr/bin/nologin");
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
bool is_sky_size(std::string_view text) {
  if (text.ends_with('+') || text.ends_with('x')) text.remove_suffix(1);
  return is_number(text) || is_size(lower(text), "b k kb m mb g gb t tb");
}
bool is_arn(std::string_view text) {
  const auto parts = split(text, ':');
  return parts.size() > 5 && parts[0] == "arn" && (parts[4].empty() || (digits(parts[4]) && parts[4].size() == 12));
}

bool is_slurm_time(std::string_view text) {
  if (has("unlimited infinite none -1", lower(text))) return true;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && !digits(text.substr(0, dash))) return false;
  const auto parts = split(dash == std::string_view::npos ? text : text.substr(dash + 1), ':');
  return parts.size() < 4 && std::all_of(parts.begin(), parts.end(), digits);
}
bool is_slurm_boolean(std::string_view text) { return has("yes no true false up down 1 0", lower(text)); }
bool is_slurm_count(std::string_view text) { return digits(text) || lower(text) == "unlimited"; }
bool is_count(std::string_view text) { return digits(text) || is_size(text, "K M G T P"); }
bool are_known(std::string_view text, std::string_view list) {
  const auto all = split(text, ',');
  return std::all_of(all.begin(), all.end(), [&](std::string_view word) { return has(list, lower(trim(word))); });
}
bool are_select_parameters(std::string_view text) {
  return are_known(
      text,
      "cr_cpu cr_cpu_memory cr_core cr_core_memory cr_one_task_per_core cr_core_default_dist_block cr_lln "
      "cr_pack_nodes cr_socket cr_socket_memory cr_memory enforce_binding_gres one_task_per_sharing_gres "
      "other_cons_res other_cons_tres multiple_sharing_gres_pj ll_shared_gres nhc_no nhc_no_steps nhc_absolutely_no");
}
bool are_task_plugins(std::string_view text) {
  return are_known(text, "task/affinity task/cgroup task/none affinity cgroup none");
}

// A list of TOML, or a text of it, without what is around it.
std::vector<std::string_view> toml_items(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = text.find('"'); at != std::string_view::npos;) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string_view::npos) break;
    out.push_back(text.substr(at + 1, end - at - 1));
    at = text.find('"', end + 1);
  }
  return out;
}
bool are_platforms(std::string_view text) {
  const auto all = toml_items(text);
  return std::all_of(all.begin(), all.end(), [](std::string_view word) {
    return has(
        "noarch linux-32 linux-64 linux-aarch64 linux-armv6l linux-armv7l linux-ppc linux-ppc64 linux-ppc64le "
        "linux-s390x linux-riscv32 linux-riscv64 linux-loongarch64 freebsd-64 osx-64 osx-arm64 win-32 win-64 win-arm64 "
        "emscripten-wasm32 wasi-wasm32 zos-z unknown",
        word);
  });
}
bool is_python_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
}
bool is_specifier(std::string_view text) { return wrong_specifier(text).empty(); }
bool are_pytest_options(std::string_view text) {
  return is_spelt(text,
                  "--strict-markers --strict-config --strict --verbose --quiet --maxfail --cov --cov-report "
                  "--import-mode --durations --doctest-modules --ignore --capture --color --exitfirst --junitxml "
                  "--disable-warnings --tb --showlocals --asyncio-mode --numprocesses --timeout --reruns --pyargs");
}
bool are_run_arguments(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos) return true;
  if (name == "--memory" || name == "--shm-size") return is_docker_size(text.substr(equals + 1));
  return name != "--cpus" || is_number(text.substr(equals + 1));
}
bool is_text(std::string_view text) { return !text.empty(); }

// "${PORT}", "{{ port }}", "<port>", systemd's "%i"
bool is_filled_in_later(std::string_view text) {
  if (text.find('$') != std::string_view::npos || text.find("{{") != std::string_view::npos) return true;
  if (text.starts_with('<') && text.ends_with('>')) return true;
  const std::size_t percent = text.find('%');
  return percent + 1 < text.size() && percent != std::string_view::npos &&
         std::isalpha(static_cast<unsigned char>(text[percent + 1])) != 0;
}

// OWNER/NAME@REF, ./FOLDER or docker://IMAGE; a commit has 40 digits.
bool is_action(std::string_view text) {
  if (text.starts_with("./") || text.starts_with("../") || text.starts_with("docker://")) return true;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.find('/') > at) return false;
  const std::string_view ref = text.substr(at + 1);
  const bool hexadecimal = ref.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return !ref.empty() && (!hexadecimal || ref.size() < 30 || ref.size() == 40 || ref.size() == 64);
}

struct Kind {
  std::string_view name;
  bool (*takes)(std::string_view);
  std::string_view what;
};

constexpr std::array kinds = std::to_array<Kind>({
    {"abspath", is_unit_path, "a path from the root"},
    {"action", is_action, "OWNER/NAME@REF; a commit has 40 digits"},
    {"arn", is_arn, "arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME, the account of 12 digits"},
    {"bool", is_boolean, "true or false"},
    {"bytes", is_docker_size, "a number and b, k, m or g: 512m"},
    {"calendar", is_calendar, "daily, or DAYS YEAR-MONTH-DAY HOUR:MINUTE:SECOND: *-*-* 04:30:00"},
    {"command", is_command, "the whole path of a program"},
    {"count", is_count, "a whole number"},
    {"date", is_date, "YEAR-MONTH-DAY"},
    {"devsize", is_container_size, "a number and kb, mb, gb or tb: 8gb"},
    {"dstack-time", is_short_time, "a number and s, m, h, d or w: 2h"},
    {"families", is_family, "AF_UNIX AF_INET AF_INET6 AF_NETLINK and the like"},
    {"gotime", is_go_time, "a number and its unit: 30s, 1m30s"},
    {"gs-url", is_bucket, "gs://BUCKET/FOLDER"},
    {"hostname", is_host_name, "letters, digits and -"},
    {"httppath", is_rooted, "a path that begins with /"},
    {"int", is_integer, "a whole number"},
    {"kaggle-bool", is_kaggle_boolean, "true or false"},
    {"kaggle-id", is_kaggle_name, "USER/NAME, the name in lower-case letters, digits and -"},
    {"lokisize", is_loki_size, "a number and KB, MB or GB: 256KB"},
    {"lokitime", is_loki_time, "a number and s, m, h, d, w or y: 360h"},
    {"memory", is_unit_memory, "a number and K, M, G or T, a share up to 100%, or infinity"},
    {"mode", is_mode, "three or four octal digits: 0700"},
    {"number", is_number, "a number"},
    {"output", is_output, "journal, null, inherit, file:PATH and the like"},
    {"percent", is_percent, "a share: 150%"},
    {"plainpath", is_plain_path, "a name below its folder, not a path from the root"},
    {"platforms", are_platforms, "linux-64, linux-aarch64, osx-arm64, win-64 and the like"},
    {"port", is_port, "a port: 1 to 65535"},
    {"port-or-host", is_forwarded, "a port (1 to 65535), or HOST:PORT"},
    {"port0", is_port_or_none, "a port, or 0 for none"},
    {"promtime", is_prometheus_time, "a number and ms, s, m, h, d, w or y: 15s, 1h30m"},
    {"pyname", is_python_name, "letters, digits, -, _ and ."},
    {"pytest-options", are_pytest_options, "options of pytest"},
    {"pyversion", is_version, "a version: 0.1.0"},
    {"redissize", is_redis_size, "a number and kb, mb or gb: 512mb"},
    {"run-args", are_run_arguments, "an option of docker run, with a number and its unit"},
    {"seconds", is_seconds, "seconds with an s: 14400s"},
    {"selectparameters", are_select_parameters, "CR_Core_Memory, CR_CPU_Memory and the like"},
    {"shell", is_shell, "the whole path of a shell: /bin/bash"},
    {"signal", is_signal, "a signal: SIGTERM"},
    {"sky-size", is_sky_size, "a number, with a + for at least: 4+"},
    {"slurmbool", is_slurm_boolean, "YES or NO"},
    {"slurmcount", is_slurm_count, "a number, or UNLIMITED"},
    {"slurmtime", is_slurm_time, "minutes, HOURS:MINUTES:SECONDS, DAYS-HOURS or UNLIMITED"},
    {"specifier", is_specifier, "versions that there can be: >=3.12,<3.13"},
    {"sshkey", is_public_key, "a public key: ssh-ed25519 AAAA..."},
    {"sudo", is_sudo, "a line of sudoers: ALL=(ALL) NOPASSWD:ALL"},
    {"swapsize", is_swap_size, "bytes, a number and M or G, or auto"},
    {"systime", is_unit_time, "seconds, or a number and ms, s, min, h or d: 5min 20s"},
    {"target", is_target, "HOST:PORT, without http:// and a path"},
    {"taskplugins", are_task_plugins, "task/affinity,task/cgroup"},
    {"tasks", is_unit_tasks, "a number, a share or infinity"},
    {"text", is_text, "a name"},
    {"url", is_url, "a URL: http://HOST:PORT"},
    {"wslsize", is_windows_size, "a number and MB or GB: 8GB"},
    {"yesno", is_yes_or_no, "yes or no"},
});

std::string wrong_word(std::string_view list, std::string_view text) {
  const bool open = list.starts_with('~');
  std::vector<std::string> known;
  for (const std::string_view word : split(list.substr(open ? 1 : 0), '|')) {
    if (word == text || (word == "yesno" && is_yes_or_no(text))) return {};
    known.emplace_back(word == "yesno" ? "yes" : word);
    if (word == "yesno") known.emplace_back("no");
  }
  if (!open) return suggestion(text, known);
  const std::string near = mistyped(text, known);
  return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

}  // namespace

bool is_amount(std::string_view text, std::string_view units) {
  const auto known = words(units);
  bool any = false;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const std::size_t number = std::min(text.find_first_not_of("0123456789."), text.size());
    if (number == 0) return false;
    text = trim(text.substr(number));
    const std::size_t end = std::min(text.find_first_of("0123456789. "), text.size());
    if (std::find(known.begin(), known.end(), text.substr(0, end)) == known.end()) return false;
    text.remove_prefix(end);
    any = true;
  }
  return any;
}

std::string wrong_value(std::string_view kind, std::string_view text) {
  constexpr std::size_t longest = 4000;
  if ((text.empty() && kind != "text") || text.size() > longest || is_filled_in_later(text)) return {};
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.name == kind; });
  if (found == kinds.end()) return wrong_word(kind, text);
  return found->takes(text) ? std::string() : std::string(found->what);
}

}  // namespace palier
