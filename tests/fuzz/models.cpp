#include <cmath>

#include "profiles/fit/answer.hpp"
#include "profiles/models/config.hpp"
#include "profiles/models/gguf.hpp"
#include "profiles/models/safetensors.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

// A file whose end is a hole, as a header's is when the weights are not there.
class Bytes : public ByteSource {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return std::uint64_t{1} << 50; }
  const std::string& name() const override { return name_; }
  std::string read(std::uint64_t offset, std::size_t length) const override {
    std::string read(std::min<std::size_t>(length, 1 << 16), '\0');
    if (offset < bytes_.size()) bytes_.copy(read.data(), std::min(read.size(), bytes_.size() - offset), offset);
    return read;
  }

 private:
  std::string_view bytes_;
  std::string name_ = "input";
};

FitTarget target() {
  FitTarget target;
  target.gpus = {{.name = "GPU", .total = 24000000000, .free = 23000000000, .bandwidth = Range::exactly(9e11)}};
  target.host = {.name = "memory", .total = 64000000000, .free = 60000000000, .bandwidth = Range::exactly(5e10)};
  target.cpus = 8;
  return target;
}

// Whatever a file says of a model, the answer is in numbers.
void ask(const Model& model) {
  static const EngineFacts facts = read_engines(Sheet::load(DataPath(std::nullopt, embedded::data()), engine_format()));
  static const FitTarget machine = target();
  const FitAnswer found = answer(model, {.context = {}, .serving = {}, .type = {}}, Fitter(machine, facts));
  hold(std::isfinite(found.placement.margin()), "what is left is a number");
  for (const Share& share : found.placement.shares) hold(share.needed() >= 0, "nothing needs less than nothing");
  hold(found.largest_context <= (std::uint64_t{1} << 32), "a context has bounds");
  to_text(to_document(found));
  render(found, {.width = 60});
}

}  // namespace

void gguf(std::string_view bytes) { ask(model_from(read_gguf_header(Bytes(bytes)))); }

void safetensors(std::string_view bytes) {
  const Bytes source(bytes);
  if (bytes.starts_with('{')) {
    for (const std::string& file : files_in_index(source)) hold(file.find('/') == file.npos, "a file lies beside it");
  } else {
    for (const Tensor& tensor : read_safetensors(source)) hold(tensor.elements() >= 0, "a tensor has a size");
  }
}

void model_config(std::string_view bytes) { ask(read_config(parse_json(bytes, "input"), "input")); }

}  // namespace palier::fuzz
