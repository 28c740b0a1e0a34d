#include "base/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/process.hpp>
#include <cstdlib>
#include <functional>
#include <utility>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/launch.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
using boost::system::error_code;

// Reads a pipe to its end, keeping the first `limit` bytes; a program that prints without end cannot fill our memory.
class Collector {
 public:
  Collector(asio::io_context& io, std::string& into, std::size_t limit) : pipe(io), into_(into), limit_(limit) {}

  void start(std::function<void()> on_end) {
    on_end_ = std::move(on_end);
    next();
  }

  bool ended() const { return ended_; }

  asio::readable_pipe pipe;

 private:
  std::string& into_;
  std::size_t limit_;
  void next() {
    pipe.async_read_some(asio::buffer(buffer_), [this](error_code error, std::size_t size) {
      into_.append(buffer_.data(), std::min(size, limit_ - into_.size()));
      if (!error) return next();
      ended_ = true;
      on_end_();
    });
  }

  std::function<void()> on_end_;
  bool ended_ = false;
  std::array<char, 16384> buffer_;
};

// One run: the process, its three pipes and the clock, on one event loop.
class Run {
 public:
  Run(const Command& command, ProcessResult& result)
      : command_(command),
        result_(result),
        input_(io_),
        out_(io_, result.out, command.output_limit),
        err_(io_, result.err, command.output_limit),
        deadline_(io_),
        tick_(io_) {}

  void operator()() {
    start();
    if (command_.input.empty()) {
      input_.close();
    } else {
      asio::async_write(input_, asio::buffer(command_.input), [this](error_code, std::size_t) { close(input_); });
    }
    const auto at_end = [this] {
      if (exited_ && out_.ended() && err_.ended()) deadline_.cancel();
    };
    out_.start(at_end);
    err_.start(at_end);
    deadline_.expires_after(command_.timeout);
    deadline_.async_wait([this](error_code error) {
      if (error || exited_) return;
      result_.timed_out = true;
      kill_group();
    });
    watch();
    child_->async_wait([this](error_code, int) { on_exit(); });
    io_.run();
    finish();
    if (stopped_by_user_) throw Interrupted();
  }

 private:
  void start() {
    Launched launched = launch(command_);
    group_ = launched.pid;
    try {
      child_.emplace(io_.get_executor(), group_);
      input_.assign(launched.in.release());
      out_.pipe.assign(launched.out.release());
      err_.pipe.assign(launched.err.release());
    } catch (const boost::system::system_error&) {
      kill_group();
      throw;
    }
  }

  // Ctrl-C reaches only our own group: pass it on.
  void watch() {
    tick_.expires_after(std::chrono::milliseconds(50));
    tick_.async_wait([this](error_code error) {
      if (error || exited_) return;  // cancel() does not take back a tick that is already due
      if (interrupted()) {
        stopped_by_user_ = true;
        kill_group();
      }
      watch();
    });
  }

  void kill_group() const { ::kill(-group_, SIGKILL); }

  // A grandchild that holds our pipes would keep us waiting for their end: give it a moment to flush, then end the
  // group.
  void on_exit() {
    exited_ = true;
    deadline_.cancel();
    tick_.cancel();
    const bool output_is_open = !out_.ended() || !err_.ended();
    if (output_is_open && !result_.timed_out && !stopped_by_user_) {
      deadline_.expires_after(std::chrono::milliseconds(20));
      deadline_.async_wait([this](error_code) { close_pipes(); });
    } else {
      close_pipes();
    }
  }

  void close_pipes() {
    kill_group();
    close(input_);
    drain(out_.pipe, result_.out);
    drain(err_.pipe, result_.err);
    close(out_.pipe);
    close(err_.pipe);
  }

  // What the program had written when it ended is its output, however little time we gave the loop to read it.
  void drain(asio::readable_pipe& pipe, std::string& into) const {
    if (!pipe.is_open()) return;
    const int fd = pipe.native_handle();
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    std::array<char, 16384> buffer;
    for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
      into.append(buffer.data(), std::min(static_cast<std::size_t>(size), command_.output_limit - into.size()));
    }
  }

  template <class Pipe>
  static void close(Pipe& pipe) {
    error_code ignored;
    if (pipe.is_open()) pipe.close(ignored);
  }

  // native_exit_code() is the wait status: the handler's own number cannot tell "exit 9" from "kill -9".
  void finish() {
    const int status = static_cast<int>(child_->native_exit_code());
    if (WIFSIGNALED(status)) {
      result_.signal = WTERMSIG(status);
    } else {
      result_.exit_code = WEXITSTATUS(status);
    }
  }

  const Command& command_;
  ProcessResult& result_;
  asio::io_context io_;
  asio::writable_pipe input_;
  Collector out_, err_;
  asio::steady_timer deadline_, tick_;
  std::optional<process::process> child_;
  pid_t group_ = 0;
  bool exited_ = false;
  bool stopped_by_user_ = false;
};

}  // namespace

// A kernel that refuses event loops is no bug of ours.
ProcessResult run(const Command& command) try {
  ProcessResult result;
  Run(command, result)();
  return result;
} catch (const boost::system::system_error& e) {
  throw Error({.message = fmt::format("cannot run '{}'", command.argv.front()), .reason = e.code().message()});
}

std::optional<std::filesystem::path> find_program(const std::string& name, const std::optional<std::string>& path) {
  const auto executable = [](const std::string& file) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(file.c_str(), X_OK) == 0;
  };
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) {
    if (executable(name)) return std::filesystem::absolute(name);
    return std::nullopt;
  }
  const char* inherited = std::getenv("PATH");
  const std::string folders = path ? *path : inherited != nullptr ? inherited : "/usr/local/bin:/usr/bin:/bin";
  std::string file;  // one for all: fifteen programs are looked for in each of a dozen folders
  for (const std::string_view folder : split(folders, ':')) {
    file.assign(folder.empty() ? "." : folder).append(folder.ends_with('/') ? "" : "/").append(name);
    if (executable(file)) return file;
  }
  return std::nullopt;
}

std::string describe_end(const ProcessResult& result, const Command& command) {
  if (result.timed_out) {
    return fmt::format("it took longer than {}",
                       format_seconds(std::chrono::duration<double>(command.timeout).count()));
  }
  if (result.signal) return fmt::format("it was ended by signal {}", *result.signal);
  return fmt::format("it ended with exit code {}", result.exit_code.value_or(-1));
}

}  // namespace palier
