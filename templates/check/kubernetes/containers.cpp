// Containers by themselves: names, images, variables.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

void check_image(const Part& image, Findings& findings) {
  const std::string text = image.text();
  const std::size_t at = text.find("@sha256:");
  if (at == std::string::npos) return;
  const std::string digest = text.substr(at + 8);
  if (digest.size() == 64 && std::all_of(digest.begin(), digest.end(), is_hex)) return;
  findings.add("wrong-image", image, fmt::format("the digest of '{}' is not 64 hexadecimal digits", text));
}

// "registry/name" of "registry/name:tag@digest", and the tag; "" for the tag of one without.
std::pair<std::string, std::string> name_and_tag(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || name.find('/', colon) != std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

void check_image_versions(const PodTemplate& pods, Findings& findings) {
  std::map<std::string, std::string> tags;
  for (const Container& container : pods.containers) {
    const auto [name, tag] = name_and_tag(container.part["image"].text());
    if (tag.empty() || tag.find('$') != std::string::npos) continue;
    const auto [first, added] = tags.emplace(name, tag);
    if (!added && first->second != tag)
      findings.add("image-versions", container.part["image"],
                   fmt::format("{} has {} of {}, another container {}", title_of(container, pods), shorten(tag, 40),
                               shorten(name, 60), shorten(first->second, 40)));
  }
}

void check_port_names(const Container& container, Findings& findings) {
  for (const Part& port : container.part["ports"].items()) {
    const std::string name = port["name"].text();
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (name.size() > 15 || !std::all_of(name.begin(), name.end(), good))
      findings.add("port-name", port["name"], fmt::format("'{}' is no name of a port", name));
  }
}

// Where it declares ports, the one that its server is told to listen on must be among them.
void check_listening(const Container& container, const PodTemplate& pods, Findings& findings) {
  const auto ports = container.part["ports"].items();
  const auto port = to_integer(container.argument({"--port"}));
  const auto is_it = [&](const Part& one) { return one["containerPort"].integer() == port; };
  if (container.init || !port || ports.empty() || std::any_of(ports.begin(), ports.end(), is_it)) return;
  // The one of both that is not what the server listens on by itself is the odd one.
  const ServingEngine* engine = engine_of(container);
  const bool usual = engine != nullptr && ports.front()["containerPort"].integer() == engine->port;
  findings.add("server-port",
               first_of(usual ? option_place(container, {"--port"}) : Part(), ports.front()["containerPort"]),
               fmt::format("{} is told to listen on {}, and declares {}", title_of(container, pods), *port,
                           ports.front()["containerPort"].text()));
}

void check_variables(const Container& container, const PodTemplate& pods, Findings& findings) {
  std::set<std::string> seen;
  for (const Part& item : container.part["env"].items()) {
    const std::string name = item["name"].text();
    const Part key = item.at("valueFrom.secretKeyRef.key");
    if (!mistyped(key.text(), {name}).empty())
      findings.add("missing-key", key,
                   fmt::format("{} takes {} from the key '{}'", title_of(container, pods), name, key.text()),
                   fmt::format("did you mean '{}'?", name));
    if (!name.empty() && !seen.insert(name).second)
      findings.add("duplicate-variable", item["name"],
                   fmt::format("{} sets {} twice", title_of(container, pods), name));
  }
}

}  // namespace

Part option_place(const Container& container, const std::vector<std::string>& options) {
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) {
      const std::string text = item.text();
      const std::string name = text.substr(0, text.find('='));
      if (std::find(options.begin(), options.end(), name) != options.end()) return item;
    }
  }
  return {};
}

std::optional<double> parse_duration(std::string_view text) {
  int parts = 0;
  double seconds = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto value = to_number(std::string(text.substr(0, digits)));
    text.remove_prefix(digits);
    const auto unit = [&](std::string_view name, double length) {
      if (!text.starts_with(name)) return false;
      text.remove_prefix(name.size());
      seconds += value.value_or(0) * length;
      return true;
    };
    const bool known = unit("ms", 0.001) || unit("h", 3600) || unit("m", 60) || unit("s", 1);
    if (digits == 0 || digits > 5 || !known || ++parts > 4) return std::nullopt;
  }
  return parts > 0 ? std::optional(seconds) : std::nullopt;
}

void check_containers(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_image_versions(pods, findings);
    for (const Container& container : pods.containers) {
      check_image(container.part["image"], findings);
      check_port_names(container, findings);
      check_variables(container, pods, findings);
      check_listening(container, pods, findings);
    }
  }
  for (const Object* route : bundle.of_kind("HTTPRoute")) {
    for (const Part& rule : route->root().at("spec.rules").items()) {
      for (const auto& [name, value] : rule["timeouts"].members()) {
        if (!parse_duration(value.text()))
          findings.add("wrong-duration", value, fmt::format("'{}' is no duration", value.text()));
      }
    }
  }
}

}  // namespace palier
