#pragma once
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace palier::testing {

/// Writes the header of a GGUF file, right or wrong.
class GgufFile {
 public:
  explicit GgufFile(std::uint32_t version = 3) : version_(version) {}

  GgufFile& number(const std::string& key, std::uint32_t value) {
    text(values_, key);
    put<std::uint32_t>(values_, 4);
    put(values_, value);
    ++count_;
    return *this;
  }
  GgufFile& word(const std::string& key, const std::string& value) {
    text(values_, key);
    put<std::uint32_t>(values_, 8);
    text(values_, value);
    ++count_;
    return *this;
  }
  GgufFile& numbers(const std::string& key, const std::vector<std::uint32_t>& all) {
    text(values_, key);
    put<std::uint32_t>(values_, 9);
    put<std::uint32_t>(values_, 4);
    put<std::uint64_t>(values_, all.size());
    for (const std::uint32_t value : all) put(values_, value);
    ++count_;
    return *this;
  }
  GgufFile& words(const std::string& key, std::uint64_t count) {
    text(values_, key);
    put<std::uint32_t>(values_, 9);
    put<std::uint32_t>(values_, 8);
    put<std::uint64_t>(values_, count);
    for (std::uint64_t i = 0; i < count; ++i) text(values_, "word");
    ++count_;
    return *this;
  }
  /// `type` 0 is F32, 1 F16, 12 Q4_K; `bytes` is what it takes, for the next one's place.
  GgufFile& tensor(const std::string& name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                   std::uint64_t bytes) {
    text(tensors_, name);
    put<std::uint32_t>(tensors_, static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t side : shape) put(tensors_, side);
    put(tensors_, type);
    put(tensors_, data_);
    data_ += (bytes + 31) / 32 * 32;
    ++tensor_count_;
    return *this;
  }

  std::string header() const {
    std::string bytes = "GGUF";
    put(bytes, version_);
    put<std::uint64_t>(bytes, tensor_count_);
    put<std::uint64_t>(bytes, count_);
    return bytes + values_ + tensors_;
  }
  std::uint64_t size() const { return (header().size() + 31) / 32 * 32 + data_; }

  /// A sparse file: the header and a hole.
  std::filesystem::path write(const std::filesystem::path& path) const { return write(path, size()); }
  std::filesystem::path write(const std::filesystem::path& path, std::uint64_t size) const {
    std::ofstream(path, std::ios::binary) << header();
    std::filesystem::resize_file(path, size);
    return path;
  }

  template <class T>
  static void put(std::string& to, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    to.append(bytes, sizeof value);
  }
  static void text(std::string& to, const std::string& value) {
    put<std::uint64_t>(to, value.size());
    to += value;
  }

 private:
  std::uint32_t version_;
  std::uint64_t count_ = 0, tensor_count_ = 0, data_ = 0;
  std::string values_, tensors_;
};

/// A Llama of two layers: 1024 wide, 8 heads of 128, 2 for keys, 2816 inside, 32000 words, in F16.
inline GgufFile small_llama(const std::string& architecture = "llama") {
  GgufFile file;
  const auto key = [&](const std::string& name) { return architecture + "." + name; };
  file.word("general.architecture", architecture).word("general.name", "Small").number("general.file_type", 1);
  file.number(key("context_length"), 8192).number(key("embedding_length"), 1024).number(key("block_count"), 2);
  file.number(key("feed_forward_length"), 2816).number(key("attention.head_count"), 8);
  file.number(key("attention.head_count_kv"), 2).words("tokenizer.ggml.tokens", 32000);
  const auto matrix = [&](const std::string& name, std::uint64_t columns, std::uint64_t rows) {
    file.tensor(name, {columns, rows}, 1, columns * rows * 2);
  };
  matrix("token_embd.weight", 1024, 32000);
  matrix("output.weight", 1024, 32000);
  for (const std::string layer : {"blk.0.", "blk.1."}) {
    file.tensor(layer + "attn_norm.weight", {1024}, 0, 4096);
    matrix(layer + "attn_q.weight", 1024, 1024);
    matrix(layer + "attn_k.weight", 1024, 256);
    matrix(layer + "attn_v.weight", 1024, 256);
    matrix(layer + "attn_output.weight", 1024, 1024);
    matrix(layer + "ffn_gate.weight", 1024, 2816);
    matrix(layer + "ffn_up.weight", 1024, 2816);
    matrix(layer + "ffn_down.weight", 2816, 1024);
  }
  return file;
}

}  // namespace palier::testing
