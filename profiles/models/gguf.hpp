#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "profiles/models/model.hpp"
#include "profiles/models/source.hpp"

namespace palier {

/// The header of a GGUF file, by the format's specification (versions 2 and 3, little-endian). Long arrays (the
/// vocabulary) are skipped: of them the length alone is kept.
struct GgufHeader {
  struct Skipped {
    std::uint64_t length = 0;
  };
  using Value = std::variant<double, std::string, std::vector<double>, Skipped>;

  std::map<std::string, Value, std::less<>> values;
  std::vector<Tensor> tensors;
  std::uint64_t file_size = 0;

  /// A whole number that is not negative; nullopt where the key is absent. Throws Error where it is something else or
  /// larger than `most`.
  std::optional<std::uint64_t> number(std::string_view key, std::uint64_t most = std::uint64_t{1} << 32) const;
  /// The same for one value or an array with one per layer.
  std::optional<std::vector<std::uint64_t>> numbers(std::string_view key, std::size_t layers,
                                                    std::uint64_t most = std::uint64_t{1} << 32) const;
  std::string text(std::string_view key) const;  ///< empty where absent
  /// Of an array, skipped or not.
  std::optional<std::uint64_t> length(std::string_view key) const;

  std::string name;  ///< for errors
};

/// Throws Error on what is no GGUF file, on one that ends before its tensors do, and on sizes no model has.
GgufHeader read_gguf_header(const ByteSource& source);

/// The model in a header: the keys of its architecture. Throws Error where one that memory depends on is missing.
Model model_from(const GgufHeader& header);

/// The model in a GGUF file, with the other parts of a split one beside it.
Model read_gguf(const ByteSource& source);

}  // namespace palier
