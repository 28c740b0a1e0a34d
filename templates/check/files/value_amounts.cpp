// Numbers, times and sizes, as configuration files write them.
#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/value_kinds.hpp"

namespace palier {
namespace {

bool is_integer(std::string_view text) { return to_integer(text).has_value(); }
bool is_number(std::string_view text) { return to_number(text).has_value(); }
bool is_port_or_none(std::string_view text) { return is_in_range(text, 0, 65535); }
bool is_forwarded(std::string_view text) { return is_port(text.substr(text.rfind(':') + 1)); }
bool is_prometheus_time(std::string_view text) {
  return text == "0" || (is_amount(text, "ms s m h d w y") && text.find_first_of(" .") == std::string_view::npos);
}
bool is_loki_time(std::string_view text) { return text == "0" || is_amount(text, "ns us ms s m h d w y"); }
bool is_go_time(std::string_view text) { return are_digits(text) || is_amount(text, "ns us ms s m h"); }
bool is_unit_time(std::string_view text) {
  const bool bare = !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0;  // seconds
  return text == "infinity" || is_number(text) ||
         is_amount(std::string(text) + (bare ? "s" : ""),
                   "usec us msec ms seconds second sec s minutes minute min m hours hour hr h days day d weeks week w "
                   "months month M years year y");
}
bool is_short_time(std::string_view text) {
  return text == "off" || text == "-1" || are_digits(text) || is_amount(text, "s m h d w");
}
bool is_seconds(std::string_view text) { return text.ends_with('s') && is_number(text.substr(0, text.size() - 1)); }
bool is_size(std::string_view text, std::string_view units) {
  return are_digits(text) || (is_amount(text, units) && std::count_if(text.begin(), text.end(), [](unsigned char c) {
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
  return are_digits(text) ? text.size() > 6 || text == "0" : is_size(text, "B KB MB GB TB");
}
bool is_percent(std::string_view text) { return text.ends_with('%') && is_number(text.substr(0, text.size() - 1)); }
bool is_unit_memory(std::string_view text) {
  if (text.ends_with('%')) return is_in_range(text.substr(0, text.find_first_of(".%")), 0, 100);
  return text == "infinity" || is_size(text, "B K M G T P E");
}
bool is_unit_tasks(std::string_view text) { return text == "infinity" || are_digits(text) || is_percent(text); }
bool is_sky_size(std::string_view text) {
  if (text.ends_with('+') || text.ends_with('x')) text.remove_suffix(1);
  return is_number(text) || is_size(lower(text), "b k kb m mb g gb t tb");
}
bool is_endless(std::string_view text) {
  return text == "unlimited" || text == "infinite" || text == "none" || text == "-1";
}
bool is_slurm_time(std::string_view text) {
  if (is_endless(lower(text))) return true;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && !are_digits(text.substr(0, dash))) return false;
  const auto parts = split(dash == std::string_view::npos ? text : text.substr(dash + 1), ':');
  return parts.size() < 4 && std::all_of(parts.begin(), parts.end(), are_digits);
}
bool is_slurm_count(std::string_view text) { return are_digits(text) || lower(text) == "unlimited"; }
bool is_count(std::string_view text) { return are_digits(text) || is_size(text, "K M G T P"); }
bool is_date(std::string_view text) {
  return text.size() < 10 || (is_in_range(text.substr(5, 2), 1, 12) && is_in_range(text.substr(8, 2), 1, 31));
}
bool are_run_arguments(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos) return true;
  if (name == "--memory" || name == "--shm-size") return is_docker_size(text.substr(equals + 1));
  return name != "--cpus" || is_number(text.substr(equals + 1));
}

constexpr std::array kinds = std::to_array<ValueKind>({
    {"bytes", is_docker_size, "a number and b, k, m or g: 512m"},
    {"count", is_count, "a whole number"},
    {"date", is_date, "YEAR-MONTH-DAY"},
    {"devsize", is_container_size, "a number and kb, mb, gb or tb: 8gb"},
    {"dstack-time", is_short_time, "a number and s, m, h, d or w: 2h"},
    {"gotime", is_go_time, "a number and its unit: 30s, 1m30s"},
    {"int", is_integer, "a whole number"},
    {"lokisize", is_loki_size, "a number and KB, MB or GB: 256KB"},
    {"lokitime", is_loki_time, "a number and s, m, h, d, w or y: 360h"},
    {"memory", is_unit_memory, "a number and K, M, G or T, a share up to 100%, or infinity"},
    {"number", is_number, "a number"},
    {"percent", is_percent, "a share: 150%"},
    {"port", is_port, "a port: 1 to 65535"},
    {"port-or-host", is_forwarded, "a port (1 to 65535), or HOST:PORT"},
    {"port0", is_port_or_none, "a port, or 0 for none"},
    {"promtime", is_prometheus_time, "a number and ms, s, m, h, d, w or y: 15s, 1h30m"},
    {"redissize", is_redis_size, "a number and kb, mb or gb: 512mb"},
    {"run-args", are_run_arguments, "an option of docker run, with a number and its unit"},
    {"seconds", is_seconds, "seconds with an s: 14400s"},
    {"sky-size", is_sky_size, "a number, with a + for at least: 4+"},
    {"slurmcount", is_slurm_count, "a number, or UNLIMITED"},
    {"slurmtime", is_slurm_time, "minutes, HOURS:MINUTES:SECONDS, DAYS-HOURS or UNLIMITED"},
    {"swapsize", is_swap_size, "bytes, a number and M or G, or auto"},
    {"systime", is_unit_time, "seconds, or a number and ms, s, min, h or d: 5min 20s"},
    {"tasks", is_unit_tasks, "a number, a share or infinity"},
    {"wslsize", is_windows_size, "a number and MB or GB: 8GB"},
});

}  // namespace

std::span<const ValueKind> amount_kinds() { return kinds; }

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_in_range(std::string_view text, long long least, long long most) {
  const auto number = to_integer(text);
  return number && *number >= least && *number <= most;
}

bool is_port(std::string_view text) { return is_in_range(text, 1, 65535); }

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

}  // namespace palier
