// Patches over manifests; what they bring keeps the place where it was written.
#include <algorithm>

#include "base/text.hpp"
#include "templates/check/kustomize/kustomize.hpp"

namespace palier {
namespace {

// The keys by which Kubernetes tells the items of its lists apart.
constexpr std::array<std::string_view, 6> identities = {"name", "mountPath", "containerPort", "port", "key", "ip"};

std::string_view identity_of(const Yaml& list) {
  for (const std::string_view key : identities) {
    const auto has = [key](const Yaml& item) { return Part(item)[key].is_scalar(); };
    if (!list.items().empty() && std::all_of(list.items().begin(), list.items().end(), has)) return key;
  }
  return {};
}

bool is_removal(const Yaml& patch) { return patch.is_null() || Part(patch)["$patch"].text() == "delete"; }

void merge_lists(Yaml& target, const Yaml& patch) {
  const std::string_view key = identity_of(patch);
  if (key.empty() || !target.is_list()) {
    target = patch;
    return;
  }
  for (const Yaml& item : patch.items()) {
    const std::string wanted = Part(item)[key].text();
    const auto is_it = [&](const Yaml& other) { return Part(other)[key].text() == wanted; };
    auto& items = target.items();
    const auto found = std::find_if(items.begin(), items.end(), is_it);
    if (is_removal(item)) {
      std::erase_if(items, is_it);
    } else if (found != items.end()) {
      merge_patch(*found, item);
    } else {
      items.push_back(item);
    }
  }
}

// One step of a JSON pointer; nullptr where it leads nowhere.
Yaml* step(Yaml& at, const std::string& name) {
  if (at.is_map()) return at.find(name);
  const auto index = to_integer(name);
  if (!at.is_list() || !index || *index < 0 || *index >= static_cast<long long>(at.items().size())) return nullptr;
  return &at.items()[static_cast<std::size_t>(*index)];
}

std::string unescaped(std::string name) {
  for (const auto& [code, text] : {std::pair("~1", "/"), std::pair("~0", "~")}) {
    for (std::size_t at = name.find(code); at != std::string::npos; at = name.find(code, at + 1))
      name.replace(at, 2, text);
  }
  return name;
}

bool apply_to_list(Yaml& list, const std::string& name, const std::string& op, const Part& value) {
  auto& items = list.items();
  const auto index = name == "-" ? static_cast<long long>(items.size()) : to_integer(name).value_or(-1);
  const auto size = static_cast<long long>(items.size());
  if (index < 0 || index > size || (index == size && op != "add")) return false;
  const auto at = items.begin() + index;
  if (op == "remove") {
    items.erase(at);
  } else if (op == "add") {
    items.insert(at, *value.yaml());
  } else {
    *at = *value.yaml();
  }
  return true;
}

bool apply_operation(Yaml& target, const Part& operation) {
  const std::string op = operation["op"].text();
  const Part value = operation["value"];
  if (op != "add" && op != "replace" && op != "remove") return op == "test";
  if (op != "remove" && value.yaml() == nullptr) return false;
  const std::string pointer = operation["path"].text();
  Yaml* at = &target;
  std::vector<std::string_view> names = split(pointer, '/');
  if (names.size() < 2) return false;
  for (std::size_t i = 1; i + 1 < names.size() && at != nullptr; ++i) at = step(*at, unescaped(std::string(names[i])));
  if (at == nullptr) return false;
  const std::string last = unescaped(std::string(names.back()));
  if (at->is_list()) return apply_to_list(*at, last, op, value);
  if (!at->is_map() || (op != "add" && at->find(last) == nullptr)) return false;
  if (op == "remove") {
    at->erase(last);
  } else {
    at->set(Yaml::scalar(last, *operation.yaml()), *value.yaml());
  }
  return true;
}

}  // namespace

void merge_patch(Yaml& target, const Yaml& patch) {
  if (patch.is_list()) return merge_lists(target, patch);
  if (!patch.is_map() || !target.is_map()) {
    target = patch;
    return;
  }
  if (Part(patch)["$patch"].text() == "replace") target = Yaml::map(patch);
  for (const auto& [key, value] : patch.members()) {
    if (key.text() == "$patch") continue;
    Yaml* found = target.find(key.text());
    if (is_removal(value)) {
      target.erase(key.text());
    } else if (found != nullptr) {
      merge_patch(*found, value);
    } else {
      target.set(key, value);
    }
  }
}

bool json_patch(Yaml& target, const Part& operations) {
  bool all = true;
  for (const Part& operation : operations.items()) all = apply_operation(target, operation) && all;
  return all;
}

}  // namespace palier
