#include "hwdetect/version_cache.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <ctime>

#include "base/root.hpp"
#include "base/text.hpp"
#include "hwdetect/cache_file.hpp"
#include "hwdetect/tool_versions.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_entries = 200;

bool is_compiled(const fs::path& program) {
  return Root().read(program.string(), 4) ==
         "\x7f"
         "ELF";
}

// Changes with the program, and daily where it told no version; empty where there is no program.
std::string stamp_of(const fs::path& program, bool silent) {
  struct stat status {};
  if (::stat(program.c_str(), &status) != 0) return "";
  const std::string day = silent ? fmt::format(" {}", std::time(nullptr) / 86400) : "";
  return fmt::format("{} {} {} {}{}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     day);
}

}  // namespace

VersionCache::VersionCache() : file_(cache_file("tool-versions")) {
  if (file_.empty()) return;
  const std::string text = Root().read(file_.string()).value_or("");
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() == 3) known_[std::string(fields[0])] = {std::string(fields[1]), std::string(fields[2])};
  }
}

std::optional<std::string> VersionCache::find(const fs::path& program) const {
  const auto entry = known_.find(program.string());
  if (entry == known_.end()) return std::nullopt;
  const auto& [stamp, version] = entry->second;
  if (stamp != stamp_of(program, version.empty())) return std::nullopt;
  return version.empty() ? version : version_in(version);
}

void VersionCache::keep(const fs::path& program, const std::string& version) {
  const std::string stamp = stamp_of(program, version.empty());
  if (stamp.empty() || !is_compiled(program)) return;
  if (known_.size() >= most_entries) known_.clear();
  known_[program.string()] = {stamp, version};
  changed_ = true;
}

void VersionCache::save() const {
  if (file_.empty() || !changed_) return;
  std::string text;
  for (const auto& [path, entry] : known_) text += path + "\t" + entry.stamp + "\t" + entry.version + "\n";
  write_cache(file_, text);
}

}  // namespace palier
