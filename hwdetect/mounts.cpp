#include "hwdetect/mounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t longest_table = std::size_t{8} << 20;

// "36 35 98:0 /root /point options [tags...] - type device super-options"
std::optional<Mount> mountinfo_line(std::string_view line) {
  const std::vector<std::string_view> fields = words(line);
  const auto dash = std::ranges::find(fields, "-");
  const auto before = dash - fields.begin(), after = fields.end() - dash;
  if (before < 6 || after < 3) return std::nullopt;
  return Mount{.device_number = std::string(fields[2]),
               .root = unescaped(fields[3]),
               .point = unescaped(fields[4]),
               .type = std::string(dash[1]),
               .device = unescaped(dash[2]),
               .super_options = after > 3 ? std::string(dash[3]) : ""};
}

// "device point type options 0 0"
std::optional<Mount> mounts_line(std::string_view line) {
  const std::vector<std::string_view> fields = words(line);
  if (fields.size() < 4) return std::nullopt;
  return Mount{.device_number = {},
               .root = "/",
               .point = unescaped(fields[1]),
               .type = std::string(fields[2]),
               .device = unescaped(fields[0]),
               .super_options = std::string(fields[3])};
}

}  // namespace

std::string unescaped(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return std::string(text);
  const auto octal = [](char c, char most) { return c >= '0' && c <= most; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1], '3') && octal(text[i + 2], '7') &&
                        octal(text[i + 3], '7');
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool special = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == '\\';
    out += special ? fmt::format("\\{:03o}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

bool has_option(std::string_view options, std::string_view option) {
  return std::ranges::count(split(options, ','), option) > 0;
}

std::vector<Mount> read_mounts(const Root& root) {
  const std::optional<std::string> mountinfo = root.read("/proc/self/mountinfo", longest_table);
  const std::string other = mountinfo ? "" : root.read("/proc/mounts", longest_table).value_or("");
  std::vector<Mount> mounts;
  for (const std::string_view line : lines(mountinfo ? *mountinfo : other)) {
    if (auto mount = mountinfo ? mountinfo_line(line) : mounts_line(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

}  // namespace palier
