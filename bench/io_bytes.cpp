#include "bench/io_bytes.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace palier {

IoBytes& IoBytes::operator+=(const IoBytes& other) {
  read += other.read;
  written += other.written;
  from_disk += other.from_disk;
  to_disk += other.to_disk;
  return *this;
}

IoBytes& IoBytes::operator*=(double factor) {
  for (double* bytes : {&read, &written, &from_disk, &to_disk}) *bytes *= factor;
  return *this;
}

IoBytes operator-(const IoBytes& after, const IoBytes& before) {
  IoBytes negative = before;
  negative *= -1;
  return negative += after;
}

std::optional<IoBytes> parse_io(std::string_view text) {
  IoBytes io;
  const auto members = std::to_array<std::pair<std::string_view, double*>>(
      {{"rchar:", &io.read}, {"wchar:", &io.written}, {"read_bytes:", &io.from_disk}, {"write_bytes:", &io.to_disk}});
  std::size_t found = 0;
  for (const std::string_view line : lines(text)) {
    const auto fields = words(line);
    for (const auto& [name, member] : members) {
      if (fields.size() != 2 || fields[0] != name) continue;
      const std::optional<long long> bytes = to_integer(fields[1]);
      if (!bytes || *bytes < 0) return std::nullopt;
      *member = static_cast<double>(*bytes);
      ++found;
    }
  }
  return found == members.size() ? std::optional(io) : std::nullopt;
}

std::optional<IoBytes> io_of(const Root& root, pid_t process) {
  const std::string text = root.read("/proc/" + (process == 0 ? "self" : std::to_string(process)) + "/io").value_or("");
  return parse_io(text);
}

}  // namespace palier
