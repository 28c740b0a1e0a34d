#include "base/document.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/http.hpp"

namespace palier {
namespace {

std::string read_standard_input() {
  if (::isatty(STDIN_FILENO) == 1) {
    throw Error({.message = "nothing to read",
                 .reason = "standard input is a terminal",
                 .help = "pipe a document in, e.g. palier detect --json | palier advise --machine - --goal learn"},
                ExitCode::usage);
  }
  return read_file("/dev/stdin");
}

}  // namespace

std::string document_name(const std::string& source) { return source == "-" ? "standard input" : source; }

Json read_document(const std::string& source) {
  const std::string text = source == "-"    ? read_standard_input()
                           : is_url(source) ? http_download({.url = source}).body
                                            : read_file(source);
  return parse_json(text, document_name(source));
}

}  // namespace palier
