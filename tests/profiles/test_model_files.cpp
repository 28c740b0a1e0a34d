#include <functional>

#include "base/file.hpp"
#include "profiles/models/config.hpp"
#include "profiles/models/open_model.hpp"
#include "profiles/models/safetensors.hpp"
#include "tests/base/server.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/gguf_file.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const char* const llama_config = R"({"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
  "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
  "max_position_embeddings": 131072, "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";

Model config(const std::string& text) { return read_config(parse_json(text, "config.json"), "config.json"); }

// A safetensors file: the length of the header, the header, a hole.
std::string safetensors(const std::string& header) {
  std::string bytes;
  GgufFile::put<std::uint64_t>(bytes, header.size());
  return bytes + header;
}

struct Written {
  TemporaryDirectory folder;
  std::string path;
  Written(const std::string& name, const std::string& bytes, std::uint64_t hole = 0)
      : path((folder.path() / name).string()) {
    write_file(path, bytes);
    std::filesystem::resize_file(path, bytes.size() + hole);
  }
};

std::string error_in(const std::string& bytes, std::uint64_t hole = 0) {
  const Written file("m.safetensors", bytes, hole);
  return error_of([&] { read_safetensors(*open_bytes(file.path)); });
}

}  // namespace

TEST_CASE("a config.json makes the model that was published") {
  const Model model = config(llama_config);
  CHECK(model.parameters() == Approx(8030261248.0).epsilon(0.0001));
  CHECK(model.type == "BF16");
  CHECK(model.layers[5].kv_heads == 8);
  CHECK(model.context == 131072);
  CHECK_FALSE(model.has_files);
}

TEST_CASE("makers name the same thing differently") {
  const Model moe =
      config(R"({"model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32,
    "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128,
    "num_experts_per_tok": 8, "decoder_sparse_step": 1, "vocab_size": 151936, "tie_word_embeddings": false})");
  CHECK(moe.parameters() == Approx(30.53e9).epsilon(0.001));
  CHECK(moe.active_parameters() == Approx(3.04e9).epsilon(0.01));
  const Model vision =
      config(R"({"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "hidden_size": 2560,
    "num_hidden_layers": 34, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "intermediate_size": 10240,
    "vocab_size": 262208, "sliding_window": 1024, "sliding_window_pattern": 6}})");
  CHECK(vision.layers[0].attention == Attention::sliding);
  CHECK(vision.layers[5].attention == Attention::full);
  CHECK(vision.tied);
  const Model packed =
      config(R"({"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 2, "num_attention_heads": 32,
    "intermediate_size": 11008, "vocab_size": 32000, "quantization_config": {"quant_method": "awq", "bits": 4}})");
  CHECK(packed.type == "INT4");
}

TEST_CASE("a config.json that says nothing, nonsense or what is not known is an error") {
  CHECK(holds(error_of([] { config("{}"); }), "model_type"));
  CHECK(holds(error_of([] { config("[]"); }), "no JSON object"));
  CHECK(holds(error_of([] { config(R"({"model_type": "llama"})"); }), "'hidden_size' is missing"));
  CHECK(holds(error_of([] { config(R"({"model_type": "llama", "hidden_size": -1})"); }), "not a number"));
  CHECK(holds(error_of([] { config(R"({"model_type": "llama", "hidden_size": 1e300})"); }), "not a number"));
  std::string odd = llama_config;
  odd.insert(1, R"("block_configs": [], )");
  CHECK(holds(error_of([&] { config(odd); }), "block_configs"));
}

TEST_CASE("safetensors files are read from their headers") {
  const Written file("m.safetensors", safetensors(R"({"__metadata__": {"format": "pt"},
    "model.layers.0.self_attn.q_proj.weight": {"dtype": "BF16", "shape": [512, 256], "data_offsets": [0, 262144]},
    "model.layers.0.mlp.experts.7.down_proj.weight": {"dtype": "F8_E4M3", "shape": [256, 64], "data_offsets": [262144, 278528]},
    "model.layers.0.mlp.down_proj.qweight": {"dtype": "I32", "shape": [64, 32], "data_offsets": [278528, 286720]},
    "model.layers.0.mlp.down_proj.scales": {"dtype": "F16", "shape": [4, 8], "data_offsets": [286720, 286784]}})"),
                     286784);
  const std::vector<Tensor> tensors = read_safetensors(*open_bytes(file.path));
  REQUIRE(tensors.size() == 4);
  CHECK(tensors[0].role == TensorRole::query);
  CHECK(tensors[0].bytes == 262144);
  CHECK(tensors[1].role == TensorRole::expert_down);
  CHECK(tensors[2].elements() == 64 * 32 * 8);
  CHECK(tensors[3].elements() == 0);
}

TEST_CASE("what is no safetensors file, or one that cannot be right, is an error") {
  CHECK(holds(error_in(""), "no safetensors file"));
  CHECK(holds(error_in("12345678"), "no safetensors file"));
  CHECK(holds(error_in(safetensors("{ not json }")), "no JSON at byte"));
  std::string huge;
  GgufFile::put<std::uint64_t>(huge, 1ULL << 30);
  CHECK(holds(error_in(huge, 1ULL << 31), "a header of"));
  const auto tensor = [](const std::string& body) { return safetensors(R"({"a.weight": {)" + body + "}}"); };
  CHECK(holds(error_in(tensor(R"("dtype": "F16", "shape": [8], "data_offsets": [0, 16])")), "cut short"));
  CHECK(holds(error_in(tensor(R"("dtype": "F16", "shape": [8], "data_offsets": [16, 0])"), 64), "has no place"));
  CHECK(holds(error_in(tensor(R"("dtype": "F99", "shape": [8], "data_offsets": [0, 16])"), 64), "not known, 'F99'"));
  CHECK(holds(error_in(tensor(R"("dtype": "F16", "shape": [-8], "data_offsets": [0, 16])"), 64), "negative"));
  CHECK(holds(
      error_in(
          tensor(R"("dtype": "F16", "shape": [4611686018427387904, 4611686018427387904], "data_offsets": [0, 16])"),
          64),
      "cannot be so large"));
  CHECK(holds(error_in(safetensors(std::string(5000, '['))), "nested too deep"));
}

TEST_CASE("an index names files beside it, and none elsewhere") {
  const Written file(
      "i.json",
      R"({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}})");
  CHECK(files_in_index(*open_bytes(file.path)).size() == 2);
  const Written elsewhere("i.json", R"({"weight_map": {"a": "../../etc/passwd"}})");
  CHECK(holds(error_of([&] { files_in_index(*open_bytes(elsewhere.path)); }), "no name of a file"));
}

TEST_CASE("a folder is its config.json and its weights") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "config.json", llama_config);
  const Model shaped = open_model(folder.path().string(), {});
  CHECK(shaped.parameters() == Approx(8.03e9).epsilon(0.001));
  const std::string header =
      R"({"model.embed_tokens.weight": {"dtype": "BF16", "shape": [1000, 64], "data_offsets": [0, 128000]}})";
  write_file(folder.path() / "model.safetensors", safetensors(header) + std::string(128000, '\0'));
  const Model model = open_model(folder.path().string(), {});
  CHECK(model.has_files);
  CHECK(model.weight_bytes() == 128000);
  CHECK(model.tied);
}

TEST_CASE("nothing but regular files is read") {
  CHECK(holds(error_of([] { open_bytes("/dev/zero"); }), "no regular file"));
  CHECK(holds(error_of([] { open_bytes("/no/such/file.gguf"); }), "No such file"));
}

TEST_CASE("a file behind an address is read by ranges") {
  const GgufFile file = small_llama();
  const std::string header = file.header();
  std::size_t sent = 0;
  const Server server([&](const std::string& request) {
    const std::size_t at = request.find("ange: bytes=");
    if (at == std::string::npos) return std::string("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    const auto first = std::stoull(request.substr(at + 12));
    const auto last = std::min<std::uint64_t>(std::stoull(request.substr(request.find('-', at) + 1)), file.size() - 1);
    std::string body(last - first + 1, '\0');
    for (std::size_t i = 0; i < body.size() && first + i < header.size(); ++i) body[i] = header[first + i];
    sent += body.size();
    return "HTTP/1.1 206 Partial Content\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
           std::to_string(file.size()) + "\r\n\r\n" + body;
  });
  const Model model = open_model(server.url("/small.gguf"), {});
  CHECK(model.layers.size() == 2);
  CHECK(sent < 3 << 20);
  CHECK(model.weight_bytes() > 150'000'000);
}

TEST_CASE("a server that knows no ranges, or refuses, is an error") {
  const Server whole([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + std::string(900000, 'x');
  });
  CHECK(holds(error_of([&] { open_model(whole.url("/m.gguf"), {}); }), "larger than"));
  const Server refuses(
      [](const std::string&) { return std::string("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"); });
  const std::string error = error_of([&] { open_model(refuses.url("/m.gguf"), {}); });
  CHECK(holds(error, "status 401"));
  CHECK(holds(error, "HF_TOKEN"));
}
