// Clients of the model servers in a bundle: the model that they ask for.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// The names under which a vLLM or SGLang server answers; empty where they are not to be known.
Names served_by(const Container& container) {
  Names all;
  for (const char* key : {"command", "args"}) {
    for (const std::string& text : container.part[key].texts()) all.push_back(text);
  }
  const ServingEngine* engine = engine_of(container);
  const bool scripted = !all.empty() && all[0].ends_with("sh");
  if (engine == nullptr || (engine->name != "vLLM" && engine->name != "SGLang") || scripted) return {};
  Names out;
  const std::string option = "--served-model-name";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].starts_with(option + "=")) out.push_back(all[i].substr(option.size() + 1));
    if (all[i] != option) continue;
    for (++i; i < all.size() && !all[i].starts_with("--"); ++i) out.push_back(all[i]);
  }
  if (out.empty() && !container.model().empty()) out.push_back(container.model());
  const bool filled_in = std::any_of(all.begin(), all.end(), [](const std::string& text) {
    return text.find('$') != std::string::npos || text.starts_with("--lora-modules");
  });
  return filled_in ? Names() : out;
}

// The Service that an address names: "http://chat.llm.svc:80/v1", "http://chat/v1".
const Object* service_of(const Bundle& bundle, const std::string& url, const std::string& space) {
  const std::size_t start = url.find("://");
  if (start == std::string::npos) return nullptr;
  const std::string host = url.substr(start + 3, url.find_first_of(":/", start + 3) - start - 3);
  const auto parts = split(host, '.');
  if (parts.size() > 1 && (parts.size() < 3 || parts[2] != "svc")) return nullptr;
  return bundle.find_anywhere("Service", std::string(parts[0]), parts.size() > 1 ? std::string(parts[1]) : space);
}

Names served_behind(const Bundle& bundle, const Object& service) {
  const Labels wanted = labels_from(service.root().at("spec.selector"));
  std::vector<const PodTemplate*> pods = bundle.selected(wanted, service.space);
  for (const PodTemplate* one : bundle.around->pods) {
    if (same_space(one->object->space, service.space) && selects_all(wanted, one->labels)) pods.push_back(one);
  }
  Names out;
  for (const PodTemplate* one : pods) {
    for (const Container& container : one->containers) {
      if (!container.serves_model() || container.init) continue;
      const Names served = served_by(container);
      if (served.empty()) return {};
      out.insert(out.end(), served.begin(), served.end());
    }
  }
  return wanted.empty() ? Names() : out;
}

bool is_model_variable(const std::string& name) {
  const bool other = name.find("EMBED") != std::string::npos || name.find("RERANK") != std::string::npos;
  return !other && (name == "MODEL" || name.ends_with("_MODEL") || name.ends_with("MODEL_NAME"));
}

void check_client(const Bundle& bundle, const Container& container, const std::string& space, Findings& findings) {
  const Object* service = nullptr;
  for (const Part& item : container.part["env"].items()) {
    const Object* found = service_of(bundle, item["value"].text(), space);
    if (found == nullptr || found == service) continue;
    if (service != nullptr) return;  // whose model is whose is not to be seen
    service = found;
  }
  const Names served = service == nullptr ? Names() : served_behind(bundle, *service);
  if (served.empty()) return;
  for (const Part& item : container.part["env"].items()) {
    const std::string model = item["value"].text();
    if (!is_model_variable(item["name"].text()) || model.empty() || model.find('$') != std::string::npos) continue;
    if (std::find(served.begin(), served.end(), model) != served.end()) continue;
    findings.add("client-model", item["value"],
                 fmt::format("'{}' is no model that {} serves", shorten(model, 60), service->title()),
                 "it serves " + shorten(join(served, ", "), 120));
  }
}

}  // namespace

void check_clients(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      if (!container.serves_model()) check_client(bundle, container, pods.object->space, findings);
    }
  }
}

}  // namespace palier
