// Pods that two things take for theirs.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool owns_by_selector(const PodTemplate& pods) {
  return pods.is("Deployment") || pods.is("StatefulSet") || pods.is("ReplicaSet") || pods.is("DaemonSet");
}

Part selector_of(const PodTemplate& pods) { return pods.object->root().at("spec.selector"); }

bool takes(const PodTemplate& owner, const PodTemplate& pods) {
  const Part selector = selector_of(owner);
  return !labels_from(selector["matchLabels"]).empty() && selects(selector, pods.labels);
}

// The part of a selector that differs from what its own object is labelled with; else its first label.
Part odd_label(const PodTemplate& pods) {
  const Labels own = labels_from(pods.object->root().at("metadata.labels"));
  for (const auto& [key, value] : selector_of(pods)["matchLabels"].members()) {
    const auto found = own.find(key);
    if (found != own.end() && found->second != value.text()) return value;
  }
  return {};
}

// Of two that take each other's pods, the one that is labelled otherwise than it selects was not meant to.
void check_pair(const PodTemplate& one, const PodTemplate& other, Findings& findings) {
  const bool first = takes(one, other), second = takes(other, one);
  if (!first && !second) return;
  const bool both = first && second;
  const PodTemplate& wide = both ? (odd_label(one) ? one : other) : first ? one : other;
  const PodTemplate& victim = &wide == &one ? other : one;
  findings.add("selector-overlap", first_of(odd_label(wide), label_of(selector_of(wide))),
               fmt::format("{} selects the pods of {}, too", wide.object->title(), victim.object->title()));
}

void check_selectors(const Bundle& bundle, Findings& findings) {
  for (std::size_t i = 0; i < bundle.pods.size(); ++i) {
    for (std::size_t j = i + 1; j < bundle.pods.size(); ++j) {
      const PodTemplate &one = bundle.pods[i], &other = bundle.pods[j];
      const bool same_kind = one.object->kind == other.object->kind && owns_by_selector(one);
      const bool there = one.object->space == other.object->space && one.object->full_name != other.object->full_name;
      const bool together = bundle.kustomized || one.object->file() == other.object->file();
      if (same_kind && there && together) check_pair(one, other, findings);
    }
  }
}

bool has_port(const PodTemplate& pods, const Part& target) {
  const auto number = target.integer();
  return number ? pods.declares_port(*number) : pods.port_names().count(target.text()) != 0;
}

// A Service whose selector is wider than the program that it is for.
void check_service(const Bundle& bundle, const Object& service, Findings& findings) {
  const Part selector = service.root().at("spec.selector");
  const Labels wanted = labels_from(selector);
  if (wanted.empty()) return;
  const auto all = bundle.selected(wanted, service.space);
  for (const Part& item : service.root().at("spec.ports").items()) {
    const Part target = first_of(item["targetPort"], item["port"]);
    // the files of a folder may be alternatives, and a port need not be declared
    const auto serves = [&](const PodTemplate* pods) {
      return has_port(*pods, target) || (!bundle.kustomized && !pods->declares_ports());
    };
    const auto without = std::find_if_not(all.begin(), all.end(), serves);
    if (without == all.end() || std::none_of(all.begin(), all.end(), serves)) continue;
    findings.add("service-mixed", label_of(selector),
                 fmt::format("{} selects {} as well, which has no port '{}'", service.title(),
                             (*without)->object->title(), target.text()));
    return;
  }
}

// DNS gives the pods of a StatefulSet their names by a Service without an address of its own.
void check_governing(const Bundle& bundle, const Object& set, Findings& findings) {
  const Part name = set.root().at("spec.serviceName");
  const Object* service = bundle.find("Service", name.text(), set.space);
  if (service == nullptr || name.text().empty()) return;
  const Part address = service->root().at("spec.clusterIP");
  if (address.text() == "None") return;
  findings.add(
      "service-not-headless", first_of(address, service->name_part()),
      fmt::format("{} has an address of its own: the pods of {} get no names by it", service->title(), set.title()));
}

}  // namespace

void check_overlaps(const Bundle& bundle, Findings& findings) {
  check_selectors(bundle, findings);
  for (const Object* service : bundle.of_kind("Service")) check_service(bundle, *service, findings);
  for (const Object* set : bundle.of_kind("StatefulSet")) check_governing(bundle, *set, findings);
}

}  // namespace palier
