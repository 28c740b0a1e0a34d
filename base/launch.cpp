#include "base/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.hpp"

namespace palier {
namespace {

// "NAME=value" of the inherited environment with the command's changes.
std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) entries.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) entries.push_back(fmt::format("{}={}", name, value));
  return entries;
}

// As exec wants it: pointers into `strings`, and a null at the end.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& each : strings) result.push_back(each.data());
  result.push_back(nullptr);
  return result;
}

// The two ends of a pipe, ours and the child's; neither is inherited by what another thread starts meanwhile.
struct Ends {
  FileDescriptor read, write;
};

Ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// What a child is to find: its directory, its streams, nothing else of ours open, default signals, and a process group
// of its own, so that its children can be ended with it. Boost's launchers allocate memory between fork and exec, where
// another thread may hold the allocator's lock for ever; posix_spawn does not.
class ChildSetup {
 public:
  ChildSetup(const Command& command, int in, int out, int err) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    if (!command.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&files, command.directory.c_str());
    ::posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM}) ::sigaddset(&signals, signal);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~ChildSetup() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  ChildSetup(const ChildSetup&) = delete;
  ChildSetup& operator=(const ChildSetup&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

std::filesystem::path resolve(const Command& command) {
  if (command.argv.empty())
    throw Error({.message = "no program to run", .reason = "the command is empty"}, ExitCode::usage);
  const std::string& name = command.argv.front();
  if (const auto found = find_program(name)) return *found;
  const bool is_path = name.find('/') != std::string::npos;
  throw Error({.message = fmt::format("cannot run '{}'", name),
               .reason = is_path ? "it is no executable file" : "no executable of that name is on PATH",
               .help = "check the spelling, or give the full path"});
}

pid_t spawn(const Command& command, const std::filesystem::path& program, const ChildSetup& setup) {
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = environment_of(command);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &setup.files, &setup.attributes, pointers(arguments).data(),
                                  pointers(environment).data());
  if (error != 0) throw std::system_error(error, std::system_category());
  return pid;
}

}  // namespace

Launched launch(const Command& command) {
  const std::filesystem::path program = resolve(command);
  try {
    Ends in = make_pipe(), out = make_pipe(), err = make_pipe();
    const pid_t pid = spawn(command, program, ChildSetup(command, in.read.get(), out.write.get(), err.write.get()));
    return {pid, std::move(in.write), std::move(out.read), std::move(err.read)};
  } catch (const std::system_error& error) {
    throw Error({.message = fmt::format("cannot run '{}'", command.argv.front()),
                 .reason = system_message(error.code().value()),
                 .location = {.file = program.string()}});
  }
}

}  // namespace palier
