#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// "Type = notify" below "[Service]". Of TOML the value is as it was written, a list over several lines joined to one.
struct LineSetting {
  std::string section, key, value;
  int line = 0;
};

/// Reads "[SECTION]" and "KEY = VALUE" (systemd, ini, TOML); comments begin with # or ;. A line that ends in \ goes on
/// with the next. What is neither is passed over.
std::vector<LineSetting> read_settings(std::string_view text);

/// The line of "[section]"; 1 where there is none.
int section_line(std::string_view text, std::string_view section);

/// The words of a line; what begins with # is a comment, quotes and \ keep blanks.
struct WordLine {
  std::vector<std::string> words;
  int line = 0;
};

/// Reads lines of words (haproxy.cfg, redis.conf, slurm.conf). Empty lines and comments are left out.
std::vector<WordLine> read_words(std::string_view text);

}  // namespace palier
