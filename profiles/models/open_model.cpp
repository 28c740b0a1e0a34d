#include "profiles/models/open_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/http.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "profiles/models/config.hpp"
#include "profiles/models/gguf.hpp"
#include "profiles/models/remote.hpp"
#include "profiles/models/safetensors.hpp"

namespace palier {
namespace {

constexpr std::size_t config_limit = std::size_t{1} << 20;

[[noreturn]] void unknown(const std::string& name, const std::vector<KnownModel>& catalogue) {
  std::vector<std::string> ids;
  ids.reserve(catalogue.size());
  for (const KnownModel& known : catalogue) ids.push_back(known.model.id);
  const std::string near = closest(lower(name), ids);
  throw Error(
      {.message = fmt::format("there is no model '{}'", printable(name)),
       .reason = "it is no file, and models.yaml has no such row",
       .help = (near.empty() ? "" : fmt::format("did you mean '{}'? ", near)) + "palier fit lists what runs here"},
      ExitCode::usage);
}

// A folder of files, here or behind an address.
class Folder {
 public:
  explicit Folder(std::string base) : base_(std::move(base)) {}

  std::string path(const std::string& file) const { return base_ + "/" + file; }
  bool has(const std::string& file) const {
    std::error_code ignored;
    return is_url(base_) ? exists_remote(path(file)) : std::filesystem::is_regular_file(path(file), ignored);
  }
  std::unique_ptr<ByteSource> open(const std::string& file) const { return open_bytes(path(file)); }

  Json config() const {
    const auto source = open("config.json");
    if (source->size() > config_limit) {
      throw Error({.message = "cannot read the model",
                   .reason = "a config.json of so many bytes",
                   .location = {.file = path("config.json")}});
    }
    return parse_json(source->read(0, source->size()), path("config.json"));
  }

  /// The tensors of all safetensors files; none where there are none.
  std::vector<Tensor> tensors() const {
    std::set<std::string> files;
    if (has("model.safetensors.index.json")) {
      files = files_in_index(*open("model.safetensors.index.json"));
    } else if (has("model.safetensors")) {
      files = {"model.safetensors"};
    }
    std::vector<Tensor> all;
    // The index alone, without the weights, is an answer to what they would be.
    if (!files.empty() && !has(*files.begin())) return all;
    for (const std::string& file : files) {
      for (const Tensor& tensor : read_safetensors(*open(file))) add_tensor(all, tensor);
    }
    return all;
  }

 private:
  std::string base_;
};

Model read_folder(const std::string& base) {
  const Folder folder(base);
  Model model = read_config(folder.config(), folder.path("config.json"));
  std::vector<Tensor> tensors = folder.tensors();
  if (!tensors.empty()) {
    model.has_files = true;
    model.tensors = std::move(tensors);
    model.tied =
        std::ranges::none_of(model.tensors, [](const Tensor& each) { return each.role == TensorRole::output; });
  }
  model.origin = base;
  model.id = model.name = std::filesystem::path(base).filename().string();
  return model;
}

// "https://huggingface.co/OWNER/NAME" is a page; its files lie under resolve/main.
std::string files_of(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const std::string host = "https://huggingface.co/";
  if (const std::size_t blob = url.find("/blob/"); blob != url.npos) url.replace(blob, 6, "/resolve/");
  if (!url.starts_with(host) || url.find("/resolve/") != url.npos) return url;
  return std::ranges::count(url.substr(host.size()), '/') == 1 ? url + "/resolve/main" : url;
}

Model read_named(const std::string& name) {
  const std::string path = is_url(name) ? files_of(name) : name;
  const std::size_t slash = path.find_last_of('/');
  const std::string base = slash == path.npos ? "." : path.substr(0, slash);
  std::error_code ignored;
  if (path.ends_with("config.json") || path.ends_with(".safetensors") || path.ends_with(".safetensors.index.json"))
    return read_folder(base);
  const bool is_folder = is_url(path) ? !path.ends_with(".gguf") : std::filesystem::is_directory(path, ignored);
  return is_folder ? read_folder(path) : read_gguf(*open_bytes(path));
}

}  // namespace

Model open_model(const std::string& name, const std::vector<KnownModel>& catalogue) {
  std::error_code ignored;
  if (is_url(name) || std::filesystem::exists(name, ignored)) return read_named(name);
  if (const KnownModel* known = find_model(catalogue, name)) return known->model;
  unknown(name, catalogue);
}

}  // namespace palier
