#pragma once
#include <exception>
#include <string>

namespace palier {

/// What the program ends with. Scripts rely on these numbers.
enum class ExitCode : int {
  done = 0,
  failed = 1,         ///< it could not be done
  usage = 2,          ///< it was asked wrongly
  no = 3,             ///< it was done, and the answer is no (does not fit, regression, check failed)
  interrupted = 130,  ///< Ctrl-C, as shells count it
};

/// A place in a file; line and column count from 1, and 0 means "not known".
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
};

/// "file", "file:line" or "file:line:column".
std::string to_string(const Location& location);

/// The one way in which palier fails. Every part but `message` may be empty.
struct ErrorText {
  std::string message;     ///< what could not be done, in the user's words: "cannot read machine document"
  std::string reason;      ///< why, with the offending value
  Location location = {};  ///< where
  std::string help = {};   ///< what to do next
};

class Error : public std::exception {
 public:
  explicit Error(ErrorText text, ExitCode code = ExitCode::failed);
  const char* what() const noexcept override { return text_.message.c_str(); }
  const ErrorText& text() const noexcept { return text_; }
  ExitCode code() const noexcept { return code_; }

 private:
  ErrorText text_;
  ExitCode code_;
};

/// The error as people read it, ending in a newline:
///   palier: error: MESSAGE
///     reason: REASON
///     --> FILE:LINE:COLUMN
///     help: HELP
std::string render(const Error& error);

/// The text of an errno value, the same on every thread.
std::string system_message(int errno_value);

}  // namespace palier
