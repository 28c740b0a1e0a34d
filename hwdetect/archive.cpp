#include "hwdetect/archive.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

namespace fs = std::filesystem;

void run_tar(std::vector<std::string> arguments, const char* message, const fs::path& archive) {
  Command command{.argv = {"tar"}, .environment = {{"LC_ALL", "C"}}, .timeout = std::chrono::seconds(60)};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  const ProcessResult result = run(command);
  if (result.ok()) return;
  const std::vector<std::string_view> complaints = lines(result.err);
  throw Error({.message = message,
               .reason = complaints.empty() ? describe_end(result, command) : std::string(complaints.front()),
               .location = {.file = archive.string()},
               .help = "a folder works as well, and needs no tar"});
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
    run_tar({"--create", "--gzip", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0",
             "--format=gnu", "--file", part.string(), "--directory", folder.string(), "."},
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
  run_tar({"--extract", "--gzip", "--no-same-owner", "--no-same-permissions", "--file", archive.string(), "--directory",
           folder.string()},
          "cannot read the captured machine", archive);
}

}  // namespace palier
