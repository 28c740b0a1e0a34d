#include "hwdetect/archive.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

// Captures are a megabyte; a bomb of zeros grows a thousandfold.
constexpr std::size_t largest_content = std::size_t{128} << 20;

ProcessResult run_packer(Command command, const char* message, const fs::path& archive) {
  command.environment = {{"LC_ALL", "C"}};
  command.timeout = std::chrono::seconds(60);
  ProcessResult result = run(command);
  if (result.ok()) return result;
  const std::string_view said = trim(result.err);
  const std::vector<std::string_view> complaints = lines(said);
  throw Error({.message = message,
               .reason = complaints.empty() ? describe_end(result, command) : std::string(complaints.front()),
               .location = {.file = archive.string()},
               .help = "a folder works as well, and needs no tar"});
}

// Of a capture only files, folders and links are wanted: to open a device can start something.
void remove_devices(const fs::path& folder) {
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const fs::file_type type = entry.symlink_status().type();
    const bool wanted =
        type == fs::file_type::regular || type == fs::file_type::directory || type == fs::file_type::symlink;
    if (!wanted) others.push_back(entry.path());
  }
  for (const fs::path& other : others) fs::remove(other);
}

// An archive of a folder has that folder on top.
fs::path machine_folder(const fs::path& folder, const fs::path& source) {
  const Root inside(folder);
  for (const char* part : {"/proc", "/sys", "/etc", "/dev", "/palier"}) {
    if (inside.is_directory(part)) return folder;
  }
  const std::vector<std::string> names = inside.list("/");
  const bool nested = names.size() == 1 && inside.is_directory("/" + names.front());
  if (nested) return machine_folder(folder / names.front(), source);
  throw Error({.message = "there is no captured machine",
               .reason = "it has none of the folders proc, sys, etc, dev and palier",
               .location = {.file = source.string()},
               .help = "palier detect --capture DIR makes such a folder from a machine"},
              ExitCode::usage);
}

}  // namespace

bool is_archive_name(const fs::path& path) {
  return path.string().ends_with(".tar.gz") || path.string().ends_with(".tgz");
}

void pack(const fs::path& folder, const fs::path& archive) {
  std::error_code error;
  if (fs::exists(archive, error)) {
    throw Error({.message = "cannot write the capture",
                 .reason = "the file exists",
                 .location = {.file = archive.string()},
                 .help = "give the name of a new file"},
                ExitCode::usage);
  }
  const fs::path part = archive.string() + ".part";
  try {
    run_packer({.argv = {"tar", "--create", "--gzip", "--sort=name", "--owner=0", "--group=0", "--numeric-owner",
                         "--mtime=@0", "--format=gnu", "--file", part.string(), "--directory", folder.string(), "."}},
               "cannot write the capture", archive);
  } catch (...) {
    fs::remove(part, error);
    throw;
  }
  fs::rename(part, archive, error);
  if (error) {
    throw Error(
        {.message = "cannot write the capture", .reason = error.message(), .location = {.file = archive.string()}});
  }
}

void unpack(const fs::path& archive, const fs::path& folder) {
  const char* message = "cannot read the captured machine";
  ProcessResult content = run_packer(
      {.argv = {"gzip", "-dc", "--", archive.string()}, .output_limit = largest_content + 1}, message, archive);
  if (content.out.size() > largest_content) {
    throw Error({.message = message,
                 .reason = "it is larger than 128 MiB when unpacked",
                 .location = {.file = archive.string()}});
  }
  run_packer({.argv = {"tar", "--extract", "--no-same-owner", "--no-same-permissions", "--file", "-", "--directory",
                       folder.string()},
              .input = std::move(content.out)},
             message, archive);
  remove_devices(folder);
}

MachineSource::MachineSource(const fs::path& source) {
  if (source.empty()) return;
  if (!is_archive_name(source)) {
    root_ = Root(machine_folder(source, source));
    return;
  }
  unpack(source, unpacked_.emplace().path());
  root_ = Root(machine_folder(unpacked_->path(), source));
}

}  // namespace palier
