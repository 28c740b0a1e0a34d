#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "hwdetect/gpus.hpp"

namespace palier {
namespace {

// One line per device file that this user may not open; its mode alone does not tell (groups, access lists).
std::optional<std::string> ask_denied() {
  std::vector<std::string> devices = {"/dev/kfd"};
  for (const std::string& name : Root().list("/dev/dri")) {
    if (name.starts_with("renderD")) devices.push_back("/dev/dri/" + name);
  }
  std::string denied;
  for (const std::string& device : devices) {
    if (::access(device.c_str(), R_OK | W_OK) != 0 && errno == EACCES) denied += device + "\n";
  }
  return denied;
}

}  // namespace

bool may_open(const Root& root, const std::string& device) {
  const std::string denied = root.answer("denied-devices", ask_denied).value_or("");
  return std::ranges::count(lines(denied), device) == 0;
}

}  // namespace palier
