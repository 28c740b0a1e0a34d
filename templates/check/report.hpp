#pragma once
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "templates/check/finding.hpp"
#include "templates/check/validators/validators.hpp"

namespace palier {

/// What `palier check` found.
struct CheckReport {
  std::string checked;  ///< the folder or file, as it was named
  std::size_t files = 0;
  std::vector<Finding> findings;
  std::vector<ValidatorRun> validators;
};

/// The findings as people read them, and a line that counts them.
std::string render(const CheckReport& report, const Terminal& terminal);

/// One table row for each finding, without the count.
std::string render(const std::vector<Finding>& findings, const Terminal& terminal);

/// Document schema "palier.check/1".
Json to_document(const CheckReport& report);

}  // namespace palier
