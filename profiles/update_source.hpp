#pragma once
#include <string>

#include "base/http.hpp"

namespace palier {

/// Who says which day a source of data is of.
enum class DayFrom { user, file, server, clock };

/// In words: "the day of the file".
std::string_view to_string(DayFrom from);

/// A text and the day it is of, such as 2026-11-20.
struct UpdateSource {
  std::string name, text, day;
  DayFrom from = DayFrom::clock;
};

/// Reads a file or an address (`request`, whose url it is). The day is `day` where it is not empty, else a file's own,
/// an address's Last-Modified, or today. Throws Error where it cannot be read, or `day` is none or in the future.
UpdateSource open_source(const std::string& name, const HttpRequest& request, const std::string& day);

}  // namespace palier
