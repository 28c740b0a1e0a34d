#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml.hpp"

namespace palier {

/// A place in somebody's manifest that may be missing, or be something else than expected: asking it never fails.
class Part {
 public:
  Part() = default;
  Part(const Yaml& yaml) : yaml_(&yaml) {}  // NOLINT: every node is a part

  /// True where it is there and not null.
  explicit operator bool() const { return yaml_ != nullptr && !yaml_->is_null(); }

  /// The value of a key.
  Part operator[](std::string_view key) const;
  /// at("spec.template.spec"): the value at the end of a path of keys that have no dot.
  Part at(std::string_view path) const;

  /// Of a list; empty for anything else.
  std::vector<Part> items() const;
  /// Of a map; empty for anything else.
  std::vector<std::pair<std::string, Part>> members() const;
  /// The values of a list of texts.
  std::vector<std::string> texts() const;

  bool is_scalar() const { return yaml_ != nullptr && yaml_->is_scalar(); }
  bool is_list() const { return yaml_ != nullptr && yaml_->is_list(); }
  bool is_map() const { return yaml_ != nullptr && yaml_->is_map(); }
  /// Of a scalar; "" for anything else.
  std::string text() const { return is_scalar() ? yaml_->text() : std::string(); }
  /// A scalar that Kubernetes reads as a text: in quotes, or like no number, boolean or null.
  bool is_text() const;
  std::optional<long long> integer() const;
  long long integer_or(long long fallback) const { return integer().value_or(fallback); }
  bool is_true() const { return text() == "true"; }
  bool is_false() const { return text() == "false"; }
  /// "500m", "16Gi", "2e3"; nullopt for what Kubernetes refuses.
  std::optional<double> quantity() const;

  const Yaml* yaml() const { return yaml_; }

 private:
  const Yaml* yaml_ = nullptr;
};

/// The first of `parts` that is there: where to point at something that is missing in it.
inline Part first_of(Part a, Part b) { return a ? a : b; }

/// Kubernetes' quantities: digits, then m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace palier
