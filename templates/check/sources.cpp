#include "templates/check/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "templates/check/findings.hpp"
#include "templates/folder.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 20000;
constexpr std::uintmax_t most_bytes = std::uintmax_t{256} << 20;
constexpr std::uintmax_t largest_script = std::uintmax_t{1} << 20;  ///< of a file whose name says nothing
constexpr int deepest = 48;

bool is_passed_over(const std::string& name) {
  constexpr std::array<std::string_view, 10> names = {
      ".git",  ".hg",         ".svn",       "node_modules",       ".palier",
      ".venv", "__pycache__", ".terraform", ".ipynb_checkpoints", ".tox"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_configuration(const std::string& name) {
  constexpr std::array<std::string_view, 6> endings = {".yaml", ".yml", ".json", ".ipynb", ".tf", ".jsonnet"};
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

class Walk {
 public:
  explicit Walk(Sources& out) : out_(out), folder_(out.folder), root_(fs::weakly_canonical(out.folder)) {}

  void into(const std::string& relative, int depth) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    fs::directory_iterator at(out_.folder / relative, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      entries.push_back(*at);
      if (entries.size() > most_files) break;
    }
    if (error) return not_checked(relative, "the folder cannot be read: " + error.message());
    std::sort(entries.begin(), entries.end());
    for (const fs::directory_entry& entry : entries) {
      if (full_) return;
      check_interrupt();
      const std::string name = entry.path().filename().string();
      one(entry, fmt::format("{}{}{}", relative, relative.empty() ? "" : "/", name), depth);
    }
  }

  void file(const std::string& relative, std::uintmax_t size) {
    const bool configuration = is_configuration(relative);
    if (!configuration && size > largest_script) return;
    bytes_ += size;
    if (out_.files.size() >= most_files || bytes_ > most_bytes) {
      full_ = true;
      return not_checked(relative, fmt::format("more than {} files or 256 MiB: the rest was left out", most_files));
    }
    Entry entry = folder_.read(relative);
    const bool binary = entry.text.find('\0') != std::string::npos;
    if (entry.kind != Entry::Kind::file) return not_checked(relative, entry.why);
    if (binary && configuration) return not_checked(relative, "it is no text");
    if (!binary) out_.files.emplace(relative, std::move(entry.text));
  }

 private:
  void one(const fs::directory_entry& entry, const std::string& relative, int depth) {
    std::error_code error;
    if (entry.is_symlink(error)) return link(entry.path(), relative);
    if (entry.is_directory(error)) {
      if (is_passed_over(entry.path().filename().string())) return;
      if (depth >= deepest) return not_checked(relative, "folders are nested too deep");
      return into(relative, depth + 1);
    }
    if (!entry.is_regular_file(error)) return;
    const std::uintmax_t size = entry.file_size(error);
    if (!error) file(relative, size);
  }

  // What a link inside leads to is read under its own name.
  void link(const fs::path& path, const std::string& relative) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(path, error);
    const auto ends = std::mismatch(root_.begin(), root_.end(), target.begin(), target.end());
    if (!error && ends.first == root_.end()) return;
    findings_.add("symbolic-link", Location{relative}, "the link leads out of the folder");
    out_.findings = findings_.rows();
  }

  void not_checked(const std::string& relative, std::string why) {
    findings_.add("not-checked", Location{relative.empty() ? "." : relative}, std::move(why));
    out_.findings = findings_.rows();
  }

  Sources& out_;
  Folder folder_;
  fs::path root_;
  Findings findings_;
  std::uintmax_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace

Sources read_sources(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::is_directory(status) && !fs::is_regular_file(status)) {
    throw Error({.message = "cannot check what is not there",
                 .reason = error                ? error.message()
                           : fs::exists(status) ? "it is neither a folder nor a file"
                                                : "no such file or folder",
                 .location = {.file = path.string()}});
  }
  Sources out;
  if (fs::is_directory(status)) {
    out.folder = path;
    Walk(out).into("", 0);
  } else {
    out.folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    Walk(out).file(path.filename().string(), fs::file_size(path, error));
  }
  return out;
}

}  // namespace palier
