#pragma once
#include <initializer_list>
#include <optional>
#include <string>

#include "base/json.hpp"

namespace palier {

/// The widest that anything in a config.json is taken to be.
constexpr std::uint64_t most_config_width = 1 << 24;

/// The members of a Hugging Face config.json, of the part that speaks before those around it. Refers to the document.
class ConfigFields {
 public:
  ConfigFields(const Json& root, std::string name);

  /// Throws Error, with `help` where there is some.
  [[noreturn]] void fail(const std::string& reason, const std::string& help = {}) const;

  /// nullptr where it is absent or null.
  const Json* find(const char* key) const;
  /// Empty where it is no text.
  std::string word(const char* key) const;
  /// The first of these names that is there. Throws Error where it is no whole number up to `most`.
  std::optional<std::uint64_t> number(std::initializer_list<const char*> keys, std::uint64_t most) const;
  /// Throws Error where it is missing or 0 as well.
  std::uint64_t required(std::initializer_list<const char*> keys, std::uint64_t most) const;
  bool flag(const char* key, bool otherwise) const;

  /// What is written of a layer: "sliding_attention", "full_attention", "linear_attention", "conv", "mamba",
  /// "attention", "mlp", "moe"; empty where nothing is.
  std::string kind(std::size_t layer) const;
  /// Layers are one thing each: attention, recurrence, feed-forward part or experts (Nemotron-H).
  bool are_single() const;

  const std::string& name() const { return name_; }

 private:
  const Json& root_;
  const Json& text_;
  std::string name_;
};

}  // namespace palier
