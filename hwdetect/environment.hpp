#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/root.hpp"

namespace palier {

/// The environment variables that say where this process runs and what it may use, and no others: an environment holds
/// secrets. Of those that only mark a platform the name is kept without the value.
class Environment {
 public:
  explicit Environment(const Root& root);

  bool has(std::string_view name) const { return variables_.contains(name); }
  std::optional<std::string> value(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace palier
