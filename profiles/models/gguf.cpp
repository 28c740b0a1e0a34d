#include "profiles/models/gguf.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

// Vocabularies of half a million words with their merges take some 30 MB; hostile counts end here.
constexpr std::uint64_t header_limit = std::uint64_t{256} << 20;
constexpr std::uint64_t most_entries = 1 << 17;
constexpr std::uint64_t kept_array = 4096;
constexpr std::uint64_t most_kept = std::uint64_t{8} << 20;  // of all keys and values together

enum Kind : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64, kinds };
constexpr std::size_t widths[kinds] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

class Parser {
 public:
  explicit Parser(const ByteSource& source) : source_(source), reader_(source, header_limit) {}

  GgufHeader parse() {
    GgufHeader header;
    header.name = source_.name();
    header.file_size = source_.size();
    if (source_.size() < 24 || reader_.take(4) != "GGUF") fail("it is no GGUF file");
    const auto version = integer<std::uint32_t>();
    if (version != 2 && version != 3) fail(fmt::format("version {} of GGUF is not known", version));
    const auto tensors = integer<std::uint64_t>();
    const auto values = integer<std::uint64_t>();
    if (tensors > most_entries || values > most_entries) fail("no model has so many tensors or keys");
    for (std::uint64_t i = 0; i < values; ++i) read_pair(header);
    std::uint64_t end = 0;
    for (std::uint64_t i = 0; i < tensors; ++i) end = std::max(end, read_tensor(header));
    check_end(header, end);
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = source_.name()}});
  }

  template <class T>
  T integer() {
    T value;
    std::memcpy(&value, reader_.take(sizeof value).data(), sizeof value);
    return value;
  }

  std::string short_text(const char* what) {
    const auto length = integer<std::uint64_t>();
    if (length > 65535) fail(fmt::format("{} has {} bytes", what, length));
    return std::string(reader_.take(length));
  }

  double scalar(std::uint32_t kind) {
    switch (kind) {
      case u8:
      case boolean:
        return integer<std::uint8_t>();
      case i8:
        return integer<std::int8_t>();
      case u16:
        return integer<std::uint16_t>();
      case i16:
        return integer<std::int16_t>();
      case u32:
        return integer<std::uint32_t>();
      case i32:
        return integer<std::int32_t>();
      case u64:
        return static_cast<double>(integer<std::uint64_t>());
      case i64:
        return static_cast<double>(integer<std::int64_t>());
      case f32:
        return integer<float>();
      case f64:
        return integer<double>();
      default:
        fail(fmt::format("type {} of a value is not known", kind));
    }
  }

  // A small file can hold keys that take much more memory here.
  void keep(std::uint64_t bytes) {
    kept_ += bytes + 128;
    if (kept_ > most_kept) fail("it has more keys than any model");
  }

  GgufHeader::Value read_array() {
    const auto kind = integer<std::uint32_t>();
    const auto length = integer<std::uint64_t>();
    if (kind == array || kind >= kinds) fail(fmt::format("type {} of an array is not known", kind));
    if (length > header_limit) fail(fmt::format("an array of {} values", length));
    if (kind == string) {
      for (std::uint64_t i = 0; i < length; ++i) reader_.skip(integer<std::uint64_t>());
    } else if (length > kept_array) {
      reader_.skip(length * widths[kind]);
    } else {
      keep(length * sizeof(double));
      std::vector<double> values;
      for (std::uint64_t i = 0; i < length; ++i) values.push_back(scalar(kind));
      return values;
    }
    return GgufHeader::Skipped{length};
  }

  void read_pair(GgufHeader& header) {
    const std::string key = short_text("a key");
    keep(key.size());
    const auto kind = integer<std::uint32_t>();
    if (kind == array) {
      header.values[key] = read_array();
    } else if (kind == string) {
      const auto length = integer<std::uint64_t>();
      // Chat templates are long and of no use here.
      if (length > 4096) return reader_.skip(length);
      keep(length);
      header.values[key] = std::string(reader_.take(length));
    } else {
      header.values[key] = scalar(kind);
    }
  }

  // Where the tensor's data end, counted from the start of all data.
  std::uint64_t read_tensor(GgufHeader& header) {
    const std::string name = short_text("a tensor's name");
    Tensor tensor = tensor_named(name);
    const auto dimensions = integer<std::uint32_t>();
    if (dimensions < 1 || dimensions > 8)
      fail(fmt::format("tensor '{}' has {} dimensions", printable(name), dimensions));
    tensor.rows = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
      const auto size = integer<std::uint64_t>();
      std::uint64_t& side = i == 0 ? tensor.columns : tensor.rows;
      side = i == 0 ? size : side * size;
      if (size == 0 || size > 1ULL << 40 || tensor.elements() > 1e14) {
        fail(fmt::format("tensor '{}' cannot be so large", printable(name)));
      }
    }
    const auto number = integer<std::uint32_t>();
    const TensorType* type = find_ggml_type(number);
    if (type == nullptr) fail(fmt::format("tensor '{}' has a type that is not known, {}", printable(name), number));
    tensor.type = *type;
    tensor.bytes = tensor_bytes(*type, tensor.columns, tensor.rows);
    const auto offset = integer<std::uint64_t>();
    if (offset > 1ULL << 50) fail(fmt::format("tensor '{}' lies outside the file", printable(name)));
    add_tensor(header.tensors, tensor);
    return offset + tensor.bytes;
  }

  void check_end(const GgufHeader& header, std::uint64_t end) const {
    const std::uint64_t alignment =
        std::max<std::uint64_t>(1, header.number("general.alignment", 1 << 20).value_or(32));
    const std::uint64_t start = (reader_.position() + alignment - 1) / alignment * alignment;
    if (header.tensors.empty() || start + end <= header.file_size) return;
    throw Error(
        {.message = "cannot read the model",
         .reason = fmt::format("the file is cut short: {} of {} bytes are there", header.file_size, start + end),
         .location = {.file = header.name},
         .help = "download it again"});
  }

  const ByteSource& source_;
  ByteReader reader_;
  std::uint64_t kept_ = 0;
};

[[noreturn]] void wrong(const GgufHeader& header, std::string_view key) {
  throw Error({.message = "cannot read the model",
               .reason = fmt::format("'{}' is not a number that a model can have", key),
               .location = {.file = header.name}});
}

std::uint64_t whole(const GgufHeader& header, std::string_view key, double value, std::uint64_t most) {
  if (!(value >= 0) || value > static_cast<double>(most) || value != std::floor(value)) wrong(header, key);
  return static_cast<std::uint64_t>(value);
}

}  // namespace

std::optional<std::uint64_t> GgufHeader::number(std::string_view key, std::uint64_t most) const {
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  const double* value = std::get_if<double>(&found->second);
  if (value == nullptr) wrong(*this, key);
  return whole(*this, key, *value, most);
}

std::optional<std::vector<std::uint64_t>> GgufHeader::numbers(std::string_view key, std::size_t layers,
                                                              std::uint64_t most) const {
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  const auto* several = std::get_if<std::vector<double>>(&found->second);
  if (several == nullptr) return std::vector<std::uint64_t>(layers, number(key, most).value_or(0));
  if (several->size() < layers) wrong(*this, key);
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < layers; ++i) all.push_back(whole(*this, key, (*several)[i], most));
  return all;
}

std::string GgufHeader::text(std::string_view key) const {
  const auto found = values.find(key);
  const std::string* value = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
  return value == nullptr ? std::string() : *value;
}

std::optional<std::uint64_t> GgufHeader::length(std::string_view key) const {
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  if (const auto* skipped = std::get_if<Skipped>(&found->second)) return skipped->length;
  const auto* several = std::get_if<std::vector<double>>(&found->second);
  return several == nullptr ? std::nullopt : std::optional<std::uint64_t>(several->size());
}

GgufHeader read_gguf_header(const ByteSource& source) { return Parser(source).parse(); }

}  // namespace palier
