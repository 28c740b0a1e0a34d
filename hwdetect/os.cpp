#include "base/text.hpp"
#include "hwdetect/probe.hpp"

namespace palier {
namespace {

// os-release values follow the shell's quoting.
std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

void probe_os(const Root& root, Machine& machine) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const std::optional<std::string> release = root.read(path);
    if (!release) continue;
    for_each_pair(*release, '=', [&](std::string_view key, std::string_view value) {
      const auto keep = [&](std::optional<std::string>& member, const char* pointer) {
        if (!value.empty()) set(machine, member, unquoted(value), pointer, {path, std::string(value)});
      };
      if (key == "ID") keep(machine.os.id, "/os/id");
      if (key == "VERSION_ID") keep(machine.os.version, "/os/version");
      if (key == "PRETTY_NAME") keep(machine.os.name, "/os/name");
    });
    break;
  }
  const std::string kernel = "/proc/sys/kernel/osrelease";
  if (const auto release = root.read_line(kernel); release && !release->empty()) {
    set(machine, machine.os.kernel, *release, "/os/kernel", {kernel, *release});
  }
}

}  // namespace palier
