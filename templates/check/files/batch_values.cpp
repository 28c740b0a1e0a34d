// Values of sbatch's options: times, memory, GPUs, counts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct Form {
  std::string_view options;  ///< between blanks; one letter each for the short ones
  const char* pattern;
  std::string_view help;
};

// Source: sbatch's manual page of Slurm 24.11, 2026-11-22.
constexpr std::array<Form, 6> forms = {{
    {" time time-min t ", R"((\d+-\d+(:\d+){0,2}|\d+(:\d+){0,2}|UNLIMITED|INFINITE))",
     "minutes, HOURS:MINUTES:SECONDS or DAYS-HOURS:MINUTES:SECONDS"},
    {" mem mem-per-cpu mem-per-gpu tmp ", R"(\d+([KMGT]B?)?)", "a number of megabytes, or one with K, M, G or T: 64G"},
    {" gres ",
     R"((gres[:/])?(?!gpus\b)[a-z_]\w*(:[a-z_][\w.-]*)?(:\d+[KMGTP]?)?(,(gres[:/])?(?!gpus\b)[a-z_]\w*(:[a-z_][\w.-]*)?(:\d+[KMGTP]?)?)*)",
     "NAME:TYPE:COUNT, the type may be left out: gpu:a100:2, gpu:2"},
    {" gpus gpus-per-node gpus-per-task gpus-per-socket G ",
     R"((?!gpus?:)([a-z_][\w.-]*:)?\d+(,([a-z_][\w.-]*:)?\d+)*)", "COUNT or TYPE:COUNT: 2, a100:2"},
    {" nodes N ", R"(\d+[km]?(-\d+[km]?)?(:\d+)?(,\d+(-\d+)?(:\d+)?)*)", "COUNT or LEAST-MOST"},
    {" ntasks ntasks-per-node ntasks-per-core ntasks-per-socket ntasks-per-gpu cpus-per-task cpus-per-gpu n c ",
     R"(\d+[km]?)", "a whole number"},
}};

const Form* form_of(std::string_view option) {
  const std::string word = fmt::format(" {} ", option);
  const auto found = std::find_if(forms.begin(), forms.end(),
                                  [&](const Form& form) { return form.options.find(word) != std::string_view::npos; });
  return found == forms.end() ? nullptr : &*found;
}

void check_value(const Location& place, std::string_view option, std::string_view value, Findings& findings) {
  constexpr std::size_t longest = 200;  // a pattern takes its time
  const Form* form = form_of(option);
  if (form == nullptr || value.empty() || value.size() > longest ||
      value.find_first_of("$%{") != std::string_view::npos)
    return;
  if (std::regex_match(std::string(value), std::regex(form->pattern, std::regex::icase))) return;
  findings.add("sbatch-value", place,
               fmt::format("'{}' is nothing that {}{} takes", printable(shorten(std::string(value), 60)),
                           option.size() == 1 ? "-" : "--", option),
               std::string(form->help));
}

}  // namespace

// --option=value, --option value, -o value, -ovalue
void check_batch_values(const Location& place, std::string_view line, Findings& findings) {
  const auto all = words(line);
  for (std::size_t i = 1; i < all.size() && !all[i].starts_with('#'); ++i) {
    const std::string_view word = all[i];
    const std::string_view next = i + 1 < all.size() && !all[i + 1].starts_with('-') ? all[i + 1] : std::string_view();
    const auto unquoted = [](std::string_view text) {
      const bool quoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
      return quoted ? text.substr(1, text.size() - 2) : text;
    };
    const std::size_t equals = std::min(word.find('='), word.size());
    if (word.starts_with("--")) {
      const bool joined = equals < word.size();
      check_value(place, word.substr(2, equals - 2), unquoted(joined ? word.substr(equals + 1) : next), findings);
    } else if (word.size() > 1 && word[0] == '-') {
      check_value(place, word.substr(1, 1), unquoted(word.size() > 2 ? word.substr(2) : next), findings);
    }
  }
}

}  // namespace palier
