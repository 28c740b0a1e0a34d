#include "templates/check/files/shell_variables.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"

namespace palier {
namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

struct Variables {
  struct Use {
    int count = 0, line = 0;
  };
  std::set<std::string> set;  // every word that is not read: it may be assigned, or be filled by a program
  std::map<std::string, Use> read;

  void add(std::string_view line, int number) {
    for (std::size_t i = 0; i < line.size();) {
      std::size_t end = i + 1;
      if (is_letter(line[i])) {
        while (end < line.size() && is_letter(line[end])) ++end;
        add_word(line, i, end, number);
      }
      i = end;
    }
  }

 private:
  // $NAME, ${NAME...} and ${#NAME}
  void add_word(std::string_view line, std::size_t begin, std::size_t end, int number) {
    const std::string name(line.substr(begin, end - begin));
    const std::string_view before = line.substr(0, begin);
    const bool braces = before.ends_with("${") || before.ends_with("${#");
    if (!braces && !before.ends_with('$')) {
      set.insert(name);
      return;
    }
    Use& use = read[name];
    ++use.count;
    use.line = number;
    if (braces && end < line.size() && line[end] != '}') set.insert(name);  // it may be unset
  }
};

bool has_small(const std::string& name) {
  return std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// GPU_0 and GPU_1, Name and NAME are two variables.
bool are_kin(const std::string& a, const std::string& b) {
  const auto digits = [](const std::string& text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](unsigned char c) { return std::isdigit(c) != 0; });
    return out;
  };
  return digits(a) != digits(b) || has_small(a) != has_small(b) || lower(a) == lower(b);
}

}  // namespace

std::vector<MisreadVariable> misread_variables(std::string_view script, const std::vector<std::string>& given) {
  constexpr std::size_t shortest = 4, most = 2000;
  Variables variables;
  int number = 0;
  for (const std::string_view line : lines(script)) {
    ++number;
    if (!trim(line).starts_with('#')) variables.add(line, number);
  }
  std::vector<std::string> known(given);
  known.insert(known.end(), variables.set.begin(), variables.set.end());
  std::vector<MisreadVariable> out;
  if (known.size() > most || variables.read.size() > most) return out;
  const std::vector<std::string> usual = value_words("shell-variables"), slurm = value_words("slurm-variables");
  for (const auto& [name, use] : variables.read) {
    const bool there = std::find(known.begin(), known.end(), name) != known.end() ||
                       std::find(usual.begin(), usual.end(), name) != usual.end();
    if (there || name.size() < shortest) continue;
    std::string near = use.count == 1 ? mistyped(name, known) : "";
    if (near.empty() && name.starts_with("SLURM")) near = mistyped(name, slurm);
    if (!near.empty() && !are_kin(name, near)) out.push_back({name, near, use.line});
  }
  return out;
}

}  // namespace palier
