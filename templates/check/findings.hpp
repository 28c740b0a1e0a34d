#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/finding.hpp"
#include "templates/check/part.hpp"

namespace palier {

/// What the rules found so far.
class Findings {
 public:
  /// `rule` is an id of the table; `help` takes the place of the rule's own where it knows better.
  void add(std::string_view rule, const Location& place, std::string message, std::string help = {});
  void add(std::string_view rule, const Part& part, std::string message, std::string help = {});

  std::vector<Finding> take() { return std::move(rows_); }
  const std::vector<Finding>& rows() const { return rows_; }

 private:
  std::vector<Finding> rows_;
};

}  // namespace palier
