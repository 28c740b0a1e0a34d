#include <algorithm>

#include "base/text.hpp"
#include "templates/check/finding.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

// Files one after the other, each below a line "==> path".
FileTexts files_of(std::string_view bytes) {
  constexpr std::string_view mark = "==> ";
  FileTexts out;
  std::string* text = nullptr;
  for (const std::string_view line : lines(bytes)) {
    if (line.starts_with(mark)) {
      text = &out[std::string(line.substr(mark.size()))];
    } else if (text != nullptr) {
      *text += line;
      *text += '\n';
    }
  }
  return out;
}

}  // namespace

void lint(std::string_view bytes) {
  const FileTexts files = files_of(bytes);
  for (const Finding& finding : palier::lint(files)) {
    hold(files.count(finding.place.file) != 0, "a finding is in a file that was read");
    hold(!finding.message.empty() && !finding.help.empty(), "a finding says what is wrong, and what to do");
    hold(printable(finding.message) == finding.message, "a finding can be shown");
  }
}

}  // namespace palier::fuzz
