// sshd_config: line_fields.txt has its keywords, in lower case.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/host/cloud_init.hpp"

namespace palier {

void check_sshd(const Part& content, Findings& findings) {
  static const FieldTable table(check_data("line_fields.txt"));
  const FieldTable::Fields& fields = *table.fields_of("sshd");
  for (const WordLine& line : read_words(content.text())) {
    if (line.words.size() < 2) continue;
    const std::string name = lower(line.words[0]), value = lower(line.words[1]);
    const auto field = fields.find(name);
    if (field == fields.end()) {
      if (const std::string near = mistyped(name, table.names_of("sshd")); !near.empty())
        findings.add("cloud-init-odd", content,
                     fmt::format("sshd knows no '{}', and does not start", printable(line.words[0])),
                     fmt::format("did you mean '{}'?", near));
    } else if (!field->second.empty()) {
      if (const std::string wrong = wrong_value(field->second.substr(1), value); !wrong.empty())
        findings.add("cloud-init-odd", content, not_taken(line.words[1], line.words[0]) + ": sshd does not start",
                     wrong);
    }
  }
}

}  // namespace palier
