#include "hwdetect/hwloc_environment.hpp"

#include <cstdlib>

namespace palier {
namespace {

void put(const char* name, const std::optional<std::string>& value) {
  if (value) {
    ::setenv(name, value->c_str(), 1);
  } else {
    ::unsetenv(name);
  }
}

}  // namespace

HwlocEnvironment::HwlocEnvironment(const std::filesystem::path& fsroot) {
  for (const char* name : {"HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_CPUID_PATH", "HWLOC_COMPONENTS", "HWLOC_FSROOT",
                           "HWLOC_THISSYSTEM"}) {
    if (std::getenv(name) != nullptr) set(name, std::nullopt);
  }
  if (!fsroot.empty()) set("HWLOC_FSROOT", fsroot.string());
  set("HWLOC_LIBXML", "0");  // its own reader of XML, which is there in every build of it
  set("HWLOC_HIDE_ERRORS", "2");
  set("HWLOC_ALLOW", "all");
}

HwlocEnvironment::~HwlocEnvironment() {
  for (auto entry = before_.rbegin(); entry != before_.rend(); ++entry) put(entry->first, entry->second);
}

void HwlocEnvironment::set(const char* name, const std::optional<std::string>& value) {
  const char* now = std::getenv(name);
  before_.emplace_back(name, now == nullptr ? std::nullopt : std::optional<std::string>(now));
  put(name, value);
}

}  // namespace palier
