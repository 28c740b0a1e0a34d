#include "tests/fuzz/machine_files.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/file.hpp"
#include "base/text.hpp"

namespace palier::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "==> ";
constexpr std::size_t most_files = 400, longest_path = 200;

// One folder for the whole run, emptied each time.
const fs::path& empty_folder() {
  static const TemporaryDirectory folder;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) fs::remove_all(entry.path(), error);
  return folder.path();
}

// Where a path of the input lies in the folder; empty where it is none.
fs::path inside(const fs::path& folder, std::string_view path) {
  fs::path place = folder;
  for (const std::string_view part : split(path.substr(0, longest_path), '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." || part.find('\0') != part.npos) return {};
    place /= part;
  }
  return place == folder ? fs::path() : place;
}

// What cannot be written (a file where a folder is wanted) is left out.
void write(const fs::path& place, std::string_view bytes) {
  if (place.empty()) return;
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  std::ofstream(place, std::ios::binary) << bytes;
}

}  // namespace

Root machine_with(const std::string& path, std::string_view bytes) {
  const fs::path& folder = empty_folder();
  write(inside(folder, path), bytes);
  return Root(folder);
}

Root machine_of(std::string_view text) {
  const fs::path& folder = empty_folder();
  for (std::size_t at = text.starts_with(mark) ? 0 : text.find("\n==> "), files = 0;
       at != text.npos && files < most_files; ++files) {
    text.remove_prefix(at + (text[at] == '\n' ? 1 : 0) + mark.size());
    at = text.find("\n==> ");
    const std::string_view section = text.substr(0, at == text.npos ? at : at + 1);
    const std::size_t end = section.find('\n');
    if (end != section.npos) write(inside(folder, section.substr(0, end)), section.substr(end + 1));
  }
  return Root(folder);
}

}  // namespace palier::fuzz
