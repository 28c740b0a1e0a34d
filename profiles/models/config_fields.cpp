#include "profiles/models/config_fields.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace palier {
namespace {

const Json& text_of(const Json& root) {
  if (!root.is_object()) return root;
  for (const char* key : {"text_config", "llm_config", "language_config"}) {
    const auto found = root.find(key);
    if (found != root.end() && found->is_object() && found->contains("hidden_size")) return *found;
  }
  return root;
}

const Json* kinds_in(const ConfigFields& fields) {
  for (const char* key : {"layer_types", "layers_block_type"}) {
    const Json* kinds = fields.find(key);
    if (kinds != nullptr && kinds->is_array()) return kinds;
  }
  return nullptr;
}

// Nemotron-H's letters.
std::string kind_of(char letter) {
  switch (letter) {
    case 'M':
      return "mamba";
    case '*':
      return "attention";
    case '-':
      return "mlp";
    case 'E':
      return "moe";
    default:
      return std::string(1, letter);
  }
}

}  // namespace

ConfigFields::ConfigFields(const Json& root, std::string name)
    : root_(root), text_(text_of(root)), name_(std::move(name)) {
  if (!root.is_object()) fail("it is no JSON object");
}

void ConfigFields::fail(const std::string& reason, const std::string& help) const {
  throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = name_}, .help = help});
}

const Json* ConfigFields::find(const char* key) const {
  for (const Json* in : {&text_, &root_}) {
    const auto found = in->find(key);
    if (found != in->end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

std::string ConfigFields::word(const char* key) const {
  const Json* found = find(key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::uint64_t> ConfigFields::number(std::initializer_list<const char*> keys, std::uint64_t most) const {
  for (const char* key : keys) {
    const Json* found = find(key);
    if (found == nullptr) continue;
    if (!found->is_number_unsigned() || found->get<std::uint64_t>() > most) {
      fail(fmt::format("'{}' is not a number that a model can have", key));
    }
    return found->get<std::uint64_t>();
  }
  return std::nullopt;
}

std::uint64_t ConfigFields::required(std::initializer_list<const char*> keys, std::uint64_t most) const {
  const auto value = number(keys, most);
  if (!value || *value == 0) fail(fmt::format("'{}' is missing", *keys.begin()));
  return *value;
}

bool ConfigFields::flag(const char* key, bool otherwise) const {
  const Json* found = find(key);
  return found != nullptr && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string ConfigFields::kind(std::size_t layer) const {
  if (const std::string pattern = word("hybrid_override_pattern"); !pattern.empty()) {
    return layer < pattern.size() ? kind_of(pattern[layer]) : "";
  }
  const Json* kinds = kinds_in(*this);
  if (kinds == nullptr || layer >= kinds->size() || !(*kinds)[layer].is_string()) return "";
  return (*kinds)[layer].get<std::string>();
}

bool ConfigFields::are_single() const {
  if (find("hybrid_override_pattern") != nullptr) return true;
  const Json* kinds = kinds_in(*this);
  if (kinds == nullptr) return false;
  for (const Json& kind : *kinds) {
    if (kind == "mlp" || kind == "moe") return true;
  }
  return false;
}

}  // namespace palier
