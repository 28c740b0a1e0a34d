#include "hwdetect/cache_file.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/file.hpp"

namespace palier {

namespace fs = std::filesystem;

fs::path cache_file(const std::string& name) {
  const auto folder = [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && fs::path(value).is_absolute() ? fs::path(value) : fs::path();
  };
  const fs::path cache = folder("XDG_CACHE_HOME"), home = folder("HOME");
  if (!cache.empty()) return cache / "palier" / name;
  return home.empty() ? fs::path() : home / ".cache" / "palier" / name;
}

void write_cache(const fs::path& file, const std::string& text) {
  try {
    write_file(file, text);
  } catch (const Error&) {
    return;
  }
}

}  // namespace palier
