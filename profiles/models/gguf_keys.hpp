#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/models/gguf.hpp"

namespace palier {

/// The keys of one architecture in a GGUF header: "context_length" of "llama" is the file's "llama.context_length".
class GgufKeys {
 public:
  static constexpr std::uint64_t most_layers = 1024;
  static constexpr std::uint64_t most_width = 1 << 24;
  static constexpr std::uint64_t most_heads = 1 << 16;

  explicit GgufKeys(const GgufHeader& header) : header_(header), prefix_(header.text("general.architecture") + ".") {}

  const GgufHeader& header() const { return header_; }
  std::string architecture() const { return prefix_.substr(0, prefix_.size() - 1); }
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }

  /// nullopt where the key is absent; throws Error where it is no whole number up to `most`.
  std::optional<std::uint64_t> optional(std::string_view name, std::uint64_t most) const {
    return header_.number(key(name), most);
  }
  /// The same for one value or an array with one per layer.
  std::optional<std::vector<std::uint64_t>> list(std::string_view name, std::size_t layers, std::uint64_t most) const {
    return header_.numbers(key(name), layers, most);
  }
  /// Throws Error also where it is absent or zero.
  std::uint64_t required(std::string_view name, std::uint64_t most) const;

  [[noreturn]] void fail(const std::string& reason) const;

 private:
  const GgufHeader& header_;
  std::string prefix_;
};

/// The layers of `model`, whose tensors and own figures are there already, as llama.cpp reads them.
void read_gguf_layers(const GgufKeys& keys, Model& model);

}  // namespace palier
