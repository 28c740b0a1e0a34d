// The tensors that llama.cpp asks of a GGUF file with these keys: name and shape, one a line. tests/peers/fit builds
// and runs it.
#include <gguf.h>
#include <llama.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

// Exported by libllama, and in none of its headers.
const std::vector<std::pair<std::string, ggml_tensor*>>& llama_internal_get_tensor_map(const llama_model* model);

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  llama_backend_init();
  ggml_context* shapes = nullptr;
  gguf_context* keys = gguf_init_from_file(argv[1], {true, &shapes});
  if (keys == nullptr) return 1;
  ggml_backend_dev_t none[] = {nullptr};
  llama_model_params params = llama_model_default_params();
  params.devices = none;
  params.no_alloc = true;
  params.load_mtp = false;
  const llama_model* model = llama_model_init_from_user(
      keys, [](ggml_tensor*, void*) {}, nullptr, params);
  if (model == nullptr) return 1;
  for (const auto& [name, tensor] : llama_internal_get_tensor_map(model)) {
    std::printf("%s %ld %ld %ld\n", name.c_str(), tensor->ne[0], tensor->ne[1], tensor->ne[2]);
  }
}
