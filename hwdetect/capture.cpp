#include "hwdetect/capture.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "hwdetect/anonymize.hpp"
#include "hwdetect/detect.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::optional<std::string> text;
  std::optional<std::string> target;  ///< of a link
  bool folder = false;
  bool unreadable = false;
};

// Keeps the answers of a Root by path.
class Recorder : public RootListener {
 public:
  void file(std::string_view path, const std::optional<std::string>& text) override {
    const std::lock_guard lock(mutex_);
    if (!text) {
      unreadable_.push_back(normal(path));
      return;
    }
    std::optional<std::string>& kept = entries_[normal(path)].text;
    if (!kept || kept->size() < text->size()) kept = *text;  // the longest of several partial reads
  }

  void folder(std::string_view path, const std::vector<std::string>& names) override {
    const std::lock_guard lock(mutex_);
    const std::string folder = normal(path);
    entries_[folder].folder = true;
    for (const std::string& name : names) entries_.try_emplace(normal(fmt::format("{}/{}", folder, name)));
  }

  void link(std::string_view path, std::string_view target) override {
    const std::lock_guard lock(mutex_);
    entries_[normal(path)].target = std::string(target);
  }

  void entry(std::string_view path) override {
    const std::lock_guard lock(mutex_);
    entries_.try_emplace(normal(path));
  }

  /// Everything that was there, by path.
  std::map<std::string, Entry> take() {
    for (const std::string& path : unreadable_) {
      if (const auto found = entries_.find(path); found != entries_.end()) found->second.unreadable = true;
    }
    return std::move(entries_);
  }

 private:
  // "//a/./b" and "/../a/b/" are "/a/b": nothing is ever written outside the folder.
  static std::string normal(std::string_view path) {
    std::string out;
    for (const std::string_view part : split(path, '/')) {
      if (part == "..") {
        out.erase(std::min(out.rfind('/'), out.size()));
      } else if (!part.empty() && part != ".") {
        out += "/" + std::string(part);
      }
    }
    return out.empty() ? "/" : out;
  }

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::vector<std::string> unreadable_;
};

[[noreturn]] void cannot_write(const fs::path& path, int error) {
  throw Error(
      {.message = "cannot write the capture", .reason = system_message(error), .location = {.file = path.string()}});
}

// A folder that takes the place of `target` when all is in it, and goes away otherwise.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& target) : target_(fs::absolute(target).lexically_normal()) {
    if (!target_.has_filename()) target_ = target_.parent_path();
    std::error_code error;
    const bool free = !fs::exists(fs::symlink_status(target_, error)) ||
                      (fs::is_directory(target_, error) && fs::is_empty(target_, error));
    if (!free) {
      throw Error({.message = "cannot write the capture",
                   .reason = "the folder is not empty",
                   .location = {.file = target.string()},
                   .help = "give the name of a new folder"},
                  ExitCode::usage);
    }
    make_directories(target_.parent_path());
    std::string name = (target_.parent_path() / ".palier-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) cannot_write(target_, errno);
    path_ = name;
  }
  ~NewFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const fs::path& path() const { return path_; }

  void keep() {
    std::error_code error;
    fs::permissions(path_, fs::perms(0755), error);
    fs::rename(path_, target_, error);
    if (error) cannot_write(target_, error.value());
    path_.clear();
  }

 private:
  fs::path target_, path_;
};

void write_entry(const fs::path& at, const Entry& entry, bool has_children) {
  std::error_code error;
  fs::create_directories(at.parent_path(), error);
  if (entry.text) {
    std::ofstream file(at, std::ios::binary);
    file << *entry.text << std::flush;
    if (!file) cannot_write(at, errno);
  } else if (has_children || entry.folder || entry.unreadable) {
    fs::create_directories(at, error);
  } else if (entry.target) {
    fs::create_symlink(*entry.target, at, error);
  } else {
    // Present and never looked into: an empty file, which Git keeps and an empty folder is not.
    if (!std::ofstream(at)) cannot_write(at, errno);
  }
  if (error) cannot_write(at, error.value());
}

bool identifies_nobody(const std::string& name) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"",       "root",    "user", "ubuntu", "debian",    "admin",       "ec2-user",  "azureuser",  "docker",
       "jovyan", "vagrant", "pi",   "nvidia", "localhost", "localdomain", "linuxbrew", "lost+found", "studio-lab-user",
       "host",   "vm"});
  return std::ranges::find(names, name) != names.end();
}

void add_name(std::vector<std::string>& names, const std::string& name) {
  if (!identifies_nobody(name) && std::ranges::find(names, name) == names.end()) names.push_back(name);
}

}  // namespace

PersonalNames personal_names() {
  PersonalNames names;
  if (const passwd* entry = ::getpwuid(::getuid()); entry != nullptr) add_name(names.users, entry->pw_name);
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    if (const char* value = std::getenv(variable); value != nullptr) add_name(names.users, value);
  }
  for (const std::string& name : Root().list("/home")) add_name(names.users, name);
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    const std::string name = host.data();
    add_name(names.hosts, name);
    add_name(names.hosts, name.substr(0, name.find('.')));
  }
  return names;
}

Capture capture(const Root& root, const fs::path& folder, const PersonalNames& names) {
  NewFolder target(folder);
  Recorder recorder;
  detect(root.with_listener(recorder));
  const std::map<std::string, Entry> entries = recorder.take();

  Anonymizer anonymizer(names);
  if (const auto mounts = entries.find("/proc/self/mountinfo"); mounts != entries.end() && mounts->second.text) {
    anonymizer.learn_mounts(*mounts->second.text);
  }
  for (const char* path : {"/palier/nvml.json", "/palier/nvidia-smi.csv"}) {
    if (const auto devices = entries.find(path); devices != entries.end() && devices->second.text) {
      anonymizer.learn_uuids(*devices->second.text);
    }
  }
  Capture result;
  for (const auto& [path, value] : entries) {
    Entry shared = value;
    if (shared.text) shared.text = anonymizer.text(path, std::move(*shared.text));
    const std::string name = anonymizer.path(path).substr(1);
    const auto below = entries.lower_bound(path + "/");
    const bool has_children = below != entries.end() && below->first.starts_with(path + "/");
    if (name.empty()) continue;
    write_entry(target.path() / name, shared, has_children);
    if (shared.text) result.files.push_back(name);
  }
  std::ranges::sort(result.files);
  result.machine = detect(Root(target.path()));
  target.keep();
  return result;
}

}  // namespace palier
