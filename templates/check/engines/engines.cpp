#include "templates/check/engines/engines.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace palier {
namespace {

// The variables of Hugging Face's library, in the order in which it heeds them. Source: huggingface_hub's documentation
// of environment variables, 2026-11-21; Ollama's and llama.cpp's are in their own.
const std::vector<std::pair<std::string, std::string>> hub = {{"HF_HUB_CACHE", ""},
                                                              {"HUGGINGFACE_HUB_CACHE", ""},
                                                              {"HF_HOME", "/hub"},
                                                              {"XDG_CACHE_HOME", "/huggingface"},
                                                              {"HOME", "/.cache/huggingface"}};

// Paths as in the servers' sources, 2026-11-21: vllm/entrypoints, sglang/srt/entrypoints/http_server.py, TGI's
// router/src/server.rs, llama.cpp's tools/server, Ollama's server/routes.go. Ports and caches are those of the images.
const std::vector<ServingEngine>& engines() {
  static const std::vector<ServingEngine> all = {
      {"vLLM",
       "vllm",
       {"vllm/vllm-openai", "vllm/vllm-openai-rocm", "vllm/vllm-openai-cpu"},
       8000,
       {"/health", "/ping", "/load", "/metrics", "/version", "/v1/models", "/server_info", "/is_sleeping",
        "/tokenizer_info", "/docs", "/redoc", "/openapi.json"},
       hub,
       "/root/.cache/huggingface"},
      {"SGLang",
       "sglang",
       {"lmsysorg/sglang"},
       30000,
       {"/health", "/health_generate", "/ping", "/metrics", "/v1/models", "/get_model_info", "/model_info",
        "/get_server_info", "/server_info", "/get_load", "/v1/loads", "/docs", "/redoc", "/openapi.json"},
       hub,
       "/root/.cache/huggingface"},
      {"Text Generation Inference",
       "text-generation",
       {"huggingface/text-generation-inference"},
       80,
       {"/health", "/", "/ping", "/info", "/metrics", "/v1/models", "/docs", "/api-doc/openapi.json"},
       hub,
       "/data"},
      {"llama.cpp",
       "llama",
       {"ggml-org/llama.cpp", "ggerganov/llama.cpp"},
       8080,
       {"/health", "/", "/v1/health", "/metrics", "/props", "/slots", "/models", "/v1/models", "/api/tags",
        "/lora-adapters"},
       {{"LLAMA_CACHE", ""},
        {"HF_HUB_CACHE", ""},
        {"HUGGINGFACE_HUB_CACHE", ""},
        {"HF_HOME", "/hub"},
        {"XDG_CACHE_HOME", ""},
        {"HOME", "/.cache"}},
       "/root/.cache"},
      {"Ollama",
       "ollama",
       {"ollama/ollama"},
       11434,
       {"/", "/api/version", "/api/tags", "/api/ps", "/v1/models"},
       {{"OLLAMA_MODELS", ""}, {"HOME", "/.ollama"}},
       "/root/.ollama"},
  };
  return all;
}

// "docker.io/vllm/vllm-openai:v0.21.0@sha256:..." -> "docker.io/vllm/vllm-openai"
std::string repository_of(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const std::size_t colon = name.find(':', name.rfind('/') == std::string::npos ? 0 : name.rfind('/'));
  return name.substr(0, colon);
}

// A mirror keeps the last parts of the name.
bool is_image(const std::string& repository, const std::string& known) {
  return repository == known || repository.ends_with("/" + known);
}

// What is run; of a shell, the script.
std::string command_of(const Container& container) {
  const auto command = container.part["command"].texts();
  const bool shell = !command.empty() && command.front().ends_with("sh");
  return join(command, " ") + (shell ? " " + join(container.part["args"].texts(), " ") : "");
}

}  // namespace

const ServingEngine* engine_of(const Container& container) {
  if (!container.serves_model()) return nullptr;
  const std::string repository = lower(repository_of(container.part["image"].text()));
  const std::string command = lower(command_of(container));
  for (const ServingEngine& engine : engines()) {
    const bool own = std::any_of(engine.images.begin(), engine.images.end(),
                                 [&](const std::string& image) { return is_image(repository, image); });
    if (own && (command.empty() || command.find(engine.word) != std::string::npos)) return &engine;
  }
  return nullptr;
}

}  // namespace palier
