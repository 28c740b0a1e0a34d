#include <sys/resource.h>

#include <random>

#include "base/file.hpp"
#include "profiles/models/gguf.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/gguf_file.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

Model read(const std::filesystem::path& path) { return read_gguf(*open_bytes(path.string())); }

// A file of these bytes, and of this size where it is larger.
std::string error_in(const std::string& bytes, std::uint64_t size = 0) {
  const TemporaryDirectory folder;
  const std::filesystem::path path = folder.path() / "m.gguf";
  write_file(path, bytes);
  if (size > bytes.size()) std::filesystem::resize_file(path, size);
  return error_of([&] { read(path); });
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string head(std::uint64_t tensors, std::uint64_t values) {
  std::string bytes = "GGUF";
  GgufFile::put<std::uint32_t>(bytes, 3);
  GgufFile::put(bytes, tensors);
  GgufFile::put(bytes, values);
  return bytes;
}

}  // namespace

TEST_CASE("a GGUF file is read from its header") {
  const TemporaryDirectory folder;
  const Model model = read(small_llama().write(folder.path() / "small.gguf"));
  CHECK(model.name == "Small");
  CHECK(model.type == "F16");
  CHECK(model.layers.size() == 2);
  CHECK(model.layers[1].kv_heads == 2);
  CHECK(model.layers[1].key_size == 128);
  CHECK(model.vocabulary == 32000);
  CHECK_FALSE(model.tied);
  CHECK(model.parameters() == 2 * 32000 * 1024 + 2 * (1024 + 2 * 1024 * 1024 + 2 * 256 * 1024 + 3 * 2816 * 1024));
  CHECK(model.weight_bytes() == 2 * static_cast<std::uint64_t>(model.parameters() - 2048) + 2 * 4096);
}

TEST_CASE("which layers have a window follows from the architecture or the file's own list") {
  const TemporaryDirectory folder;
  GgufFile gemma = small_llama("gemma3");
  const Model by_name = read(gemma.number("gemma3.attention.sliding_window", 512).write(folder.path() / "a.gguf"));
  CHECK(by_name.layers[0].attention == Attention::sliding);
  CHECK(by_name.layers[0].window == 512);
  GgufFile other = small_llama("novel");
  other.number("novel.attention.sliding_window", 512).numbers("novel.attention.sliding_window_pattern", {0, 1});
  const Model by_list = read(other.write(folder.path() / "b.gguf"));
  CHECK(by_list.layers[0].attention == Attention::full);
  CHECK(by_list.layers[1].attention == Attention::sliding);
  GgufFile unknown = small_llama("unheard");
  const Model kept = read(unknown.number("unheard.attention.sliding_window", 512).write(folder.path() / "c.gguf"));
  CHECK(kept.layers[0].attention == Attention::full);
}

TEST_CASE("the parts of a split model are added up") {
  const TemporaryDirectory folder;
  GgufFile first = small_llama();
  first.number("split.count", 2);
  GgufFile second;
  second.number("split.no", 1).tensor("blk.1.ffn_norm.weight", {1024}, 0, 4096);
  const auto path = first.write(folder.path() / "m-00001-of-00002.gguf");
  CHECK(holds(error_of([&] { read(path); }), "m-00002-of-00002.gguf"));
  second.write(folder.path() / "m-00002-of-00002.gguf");
  const TemporaryDirectory alone;
  const Model whole = read(small_llama().write(alone.path() / "w.gguf"));
  CHECK(read(path).weight_bytes() == whole.weight_bytes() + 4096);
  CHECK(holds(error_of([&] { read(first.write(folder.path() / "other.gguf")); }), "not the first"));
}

TEST_CASE("what is no GGUF file, or one that cannot be right, is an error") {
  CHECK(holds(error_in(""), "no GGUF file"));
  CHECK(holds(error_in("not a model at all, but longer than a header"), "no GGUF file"));
  CHECK(holds(error_in(head(1ULL << 40, 1)), "no model has so many"));
  CHECK(holds(error_in(head(1, 1ULL << 60)), "no model has so many"));
  CHECK(holds(error_in(head(0, 1000)), "ends in its header"));
  std::string version = head(0, 0);
  version[4] = 9;
  CHECK(holds(error_in(version), "version 9"));
  std::string key = head(0, 1);
  GgufFile::put<std::uint64_t>(key, ~std::uint64_t{0});
  CHECK(holds(error_in(key), "a key has"));
  std::string nested = head(0, 1);
  GgufFile::text(nested, "k");
  for (int i = 0; i < 3; ++i) GgufFile::put<std::uint32_t>(nested, 9);
  GgufFile::put<std::uint64_t>(nested, 1);
  CHECK(holds(error_in(nested), "type 9 of an array"));
  std::string array = head(0, 1);
  GgufFile::text(array, "k");
  GgufFile::put<std::uint32_t>(array, 9);
  GgufFile::put<std::uint32_t>(array, 8);
  GgufFile::put<std::uint64_t>(array, 1ULL << 62);
  CHECK(holds(error_in(array), "an array of"));
  CHECK(holds(error_in(head(0, 0)), "names no architecture"));
}

TEST_CASE("sizes that no tensor has are an error") {
  const auto with = [](const std::vector<std::uint64_t>& shape, std::uint32_t type) {
    GgufFile file = small_llama();
    file.tensor("blk.0.odd.weight", shape, type, 0);
    return error_in(file.header(), file.size());
  };
  CHECK(holds(with({1ULL << 63, 2}, 0), "cannot be so large"));
  CHECK(holds(with({1ULL << 39, 1ULL << 39}, 0), "cannot be so large"));
  CHECK(holds(with({0, 1}, 0), "cannot be so large"));
  CHECK(holds(with({1}, 77), "a type that is not known, 77"));
  CHECK(holds(with(std::vector<std::uint64_t>(9, 1), 0), "9 dimensions"));
}

TEST_CASE("a file that was cut short is an error, a whole one of 200 GB is answered from its header") {
  const TemporaryDirectory folder;
  const GgufFile file = small_llama();
  CHECK(holds(error_of([&] { read(file.write(folder.path() / "cut.gguf", file.size() - 1)); }), "cut short"));
  GgufFile large = small_llama();
  large.tensor("blk.1.huge.weight", {1ULL << 20, 100000}, 1, 2ULL * (1ULL << 20) * 100000);
  const Model model = read(large.write(folder.path() / "large.gguf"));
  CHECK(model.weight_bytes() > 200'000'000'000);
}

TEST_CASE("numbers that a model cannot have are an error") {
  const auto with = [](const std::string& key, std::uint32_t value) {
    GgufFile file = small_llama();
    file.number(key, value);
    return error_in(file.header(), file.size());
  };
  CHECK(holds(with("llama.block_count", 0), "'llama.block_count' is missing"));
  CHECK(holds(with("llama.block_count", 4000000000U), "not a number that a model can have"));
  CHECK(holds(with("llama.attention.head_count", 4000000000U), "not a number that a model can have"));
  CHECK(holds(with("llama.embedding_length", 0), "is missing"));
}

TEST_CASE("a header cut or changed anywhere is a model or an error, and takes little memory") {
  const GgufFile file = small_llama();
  const std::string whole = file.header();
  std::mt19937 random(1);
  const TemporaryDirectory folder;
  const auto path = folder.path() / "m.gguf";
  for (int i = 0; i < 400; ++i) {
    std::string bytes = whole.substr(0, i % 2 == 0 ? whole.size() : random() % whole.size());
    // Past the vocabulary's first words every place is alike.
    for (int change = 0; change < 4 && !bytes.empty(); ++change) {
      const std::size_t at =
          random() % 3 == 0 ? random() % bytes.size() : random() % std::min<std::size_t>(bytes.size(), 700);
      bytes[at] = static_cast<char>(random());
    }
    write_file(path, bytes);
    std::filesystem::resize_file(path, file.size());
    error_of([&] { read(path); });
  }
#ifndef PALIER_SANITIZED  // their own memory would be counted
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  CHECK(usage.ru_maxrss < 128 * 1024);  // kilobytes, of the whole test program
#endif
}
