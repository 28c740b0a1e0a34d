#include "profiles/models/safetensors.hpp"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

// The largest published headers have 10 MB.
constexpr std::uint64_t header_limit = std::uint64_t{16} << 20;
// A picture in the metadata has some 100 KB.
constexpr std::size_t longest_text = std::size_t{1} << 20;
constexpr std::size_t longest_name = 4096;

[[noreturn]] void fail(const ByteSource& source, const std::string& reason) {
  throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = source.name()}});
}

// The parser holds a text several times while it reads it.
void refuse_long_texts(const ByteSource& source, std::string_view json) {
  std::size_t last = 0;
  for (std::size_t at = json.find('"'); at != json.npos && at - last <= longest_text; at = json.find('"', last)) {
    last = at + 1;
  }
  if (json.size() - last > longest_text) fail(source, "a text in its header is longer than any model's");
}

// Reads JSON as it goes by, so that a large document takes no more memory than its text.
class Listener : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Listener(const ByteSource& source) : source_(source) {}
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { fail(source_, "a size is negative"); }
  bool number_unsigned(number_unsigned_t value) override { return whole(value); }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& value) override { return word(value); }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (++depth_ > 8) fail(source_, "it is nested too deep");
    return true;
  }
  bool end_object() override {
    --depth_;
    return closed();
  }
  bool start_array(std::size_t) override {
    if (++depth_ > 8) fail(source_, "it is nested too deep");
    return opened();
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool key(string_t& value) override { return named(value); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    fail(source_, fmt::format("it is no JSON at byte {}", position));
  }

 protected:
  virtual bool whole(std::uint64_t) { return true; }
  virtual bool word(const std::string&) { return true; }
  virtual bool named(const std::string&) { return true; }
  virtual bool opened() { return true; }
  virtual bool closed() { return true; }

  const ByteSource& source_;
  int depth_ = 0;
};

class TensorListener : public Listener {
 public:
  TensorListener(const ByteSource& source, std::uint64_t room) : Listener(source), room_(room) {}
  std::vector<Tensor> tensors;

 private:
  bool named(const std::string& key) override {
    if (depth_ == 1) {
      if (key.size() > longest_name) fail(source_, "a tensor's name is longer than any model's");
      name_ = key;
      shape_.clear();
      offsets_.clear();
      type_.clear();
    } else {
      member_ = key;
    }
    return true;
  }
  bool word(const std::string& value) override {
    if (depth_ == 2 && member_ == "dtype") type_ = value;
    return true;
  }
  bool whole(std::uint64_t value) override {
    if (depth_ != 3) return true;
    std::vector<std::uint64_t>& list = member_ == "shape" ? shape_ : offsets_;
    if (list.size() > 8) fail(source_, fmt::format("tensor '{}' has too many dimensions", printable(name_)));
    list.push_back(value);
    return true;
  }
  bool closed() override {
    if (depth_ == 1 && name_ != "__metadata__") add();
    return true;
  }

  void add() {
    Tensor tensor = tensor_named(name_);
    const TensorType* type = find_plain_type(type_);
    if (type == nullptr)
      fail(source_, fmt::format("tensor '{}' has a type that is not known, '{}'", printable(name_), printable(type_)));
    if (offsets_.size() != 2 || offsets_[1] < offsets_[0])
      fail(source_, fmt::format("tensor '{}' has no place", printable(name_)));
    if (offsets_[1] > room_)
      fail(source_, fmt::format("the file is cut short: tensor '{}' lies behind its end", printable(name_)));
    tensor.type = *type;
    tensor.bytes = offsets_[1] - offsets_[0];
    count_numbers(tensor);
    add_tensor(tensors, tensor);
  }

  void count_numbers(Tensor& tensor) const {
    const bool is_help = name_.ends_with("scales") || name_.ends_with("qzeros") || name_.ends_with("g_idx") ||
                         name_.ends_with("weight_scale") || name_.ends_with("weight_scale_inv") ||
                         name_.ends_with("absmax") || name_.ends_with("input_scale");
    if (is_help || shape_.empty()) return;
    tensor.columns = shape_.back();
    tensor.rows = 1;
    for (std::size_t i = 0; i + 1 < shape_.size(); ++i) {
      if (static_cast<double>(tensor.rows) * static_cast<double>(shape_[i]) > 1e14)
        fail(source_, "a tensor cannot be so large");
      tensor.rows *= shape_[i];
    }
    if (tensor.columns > 1ULL << 40 || tensor.elements() > 1e14) fail(source_, "a tensor cannot be so large");
    if (name_.ends_with("qweight") && tensor.type.name == "I32") tensor.columns *= 8;  // eight of four bits in each
    if (name_.ends_with("_blocks") && tensor.type.name == "U8") tensor.columns *= 2;
  }

  std::uint64_t room_;
  std::string name_, member_, type_;
  std::vector<std::uint64_t> shape_, offsets_;
};

class IndexListener : public Listener {
 public:
  using Listener::Listener;
  std::set<std::string> files;

 private:
  bool named(const std::string& key) override {
    if (depth_ == 1) section_ = key;
    return true;
  }
  bool word(const std::string& value) override {
    if (depth_ != 2 || section_ != "weight_map") return true;
    if (value.size() > longest_name || value.empty() || value.front() == '.' || value.find('/') != std::string::npos) {
      fail(source_, fmt::format("'{}' is no name of a file beside it", printable(shorten(value, 60))));
    }
    if (files.insert(value).second && files.size() > 1000) fail(source_, "it names more than 1000 files");
    return true;
  }
  std::string section_;
};

}  // namespace

std::vector<Tensor> read_safetensors(const ByteSource& source) {
  ByteReader reader(source, header_limit + 8);
  if (source.size() < 8) fail(source, "it is no safetensors file");
  std::uint64_t length = 0;
  std::memcpy(&length, reader.take(8).data(), 8);
  if (length < 2 || length > source.size() - 8) fail(source, "it is no safetensors file, or cut short in its header");
  if (length > header_limit) fail(source, fmt::format("a header of {} bytes", length));
  const std::string_view header = reader.take(length);
  refuse_long_texts(source, header);
  TensorListener listener(source, source.size() - 8 - length);
  nlohmann::json::sax_parse(header.begin(), header.end(), &listener);
  return std::move(listener.tensors);
}

std::set<std::string> files_in_index(const ByteSource& source) {
  if (source.size() > header_limit) fail(source, "an index of so many bytes");
  const std::string text = source.read(0, source.size());
  refuse_long_texts(source, text);
  IndexListener listener(source);
  nlohmann::json::sax_parse(text, &listener);
  if (listener.files.empty()) fail(source, "it names no file");
  return std::move(listener.files);
}

}  // namespace palier
