// Kueue: queues that name each other, and what they have room for.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// `name` must be an object of this kind, where the files hold any of the kind.
void need(const Bundle& bundle, const char* kind, const Part& name, const std::string& space, const std::string& who,
          Findings& findings) {
  Names names;
  for (const Object* one : bundle.anywhere(kind)) {
    if (same_space(one->space, space)) names.push_back(one->name);
  }
  if (!name || names.empty() || !bundle.complete || std::find(names.begin(), names.end(), name.text()) != names.end())
    return;
  findings.add("queue-reference", name,
               fmt::format("{} names {} '{}', which is not here", who, kind, printable(shorten(name.text(), 60))),
               suggestion(name.text(), names));
}

// Kueue refuses a group whose flavors do not say an amount of just what it covers.
void check_covered(const Part& group, Findings& findings) {
  const Names covered = group["coveredResources"].texts();
  for (const Part& flavor : group["flavors"].items()) {
    Names said;
    for (const Part& resource : flavor["resources"].items()) {
      const Part name = resource["name"];
      said.push_back(name.text());
      if (std::find(covered.begin(), covered.end(), name.text()) == covered.end())
        findings.add("queue-resources", name ? name : resource,
                     fmt::format("'{}' is not among coveredResources", printable(shorten(name.text(), 60))));
    }
    for (const Part& name : group["coveredResources"].items()) {
      if (std::find(said.begin(), said.end(), name.text()) == said.end())
        findings.add("queue-resources", name,
                     fmt::format("the flavor '{}' says no amount of '{}'", printable(flavor["name"].text()),
                                 printable(shorten(name.text(), 60))));
    }
  }
}

void check_cluster_queue(const Bundle& bundle, const Object& queue, Findings& findings) {
  const Part spec = queue.root()["spec"];
  for (const Part& group : spec["resourceGroups"].items()) {
    check_covered(group, findings);
    for (const Part& flavor : group["flavors"].items())
      need(bundle, "ResourceFlavor", flavor["name"], "", queue.title(), findings);
  }
  const Part selector = spec["namespaceSelector"];
  for (const Object* local : bundle.of_kind("LocalQueue")) {
    if (local->root().at("spec.clusterQueue").text() != queue.name || !selector || local->space.empty()) continue;
    if (!may_select_space(bundle, selector, local->space))
      findings.add("queue-reference", label_of(selector),
                   fmt::format("{} takes nothing from the namespace '{}', where {} is", queue.title(), local->space,
                               local->title()),
                   "select that namespace, or any: namespaceSelector: {}");
  }
}

// Amounts by resource.
using Amounts = std::map<std::string, double>;

void add_pod(const Part& pod, double times, Amounts& out) {
  for (const Part& container : pod["containers"].items()) {
    const Part resources = container["resources"];
    Amounts said;
    for (const char* kind : {"limits", "requests"}) {  // a request wins
      for (const auto& [name, value] : resources[kind].members()) said[name] = value.quantity().value_or(0);
    }
    for (const auto& [name, value] : said) out[name] += times * value;
  }
}

// What must be free at once before Kueue lets it start.
Amounts needed(const Object& object) {
  Amounts out;
  const Part spec = object.root()["spec"];
  if (object.kind == "Job")
    add_pod(spec.at("template.spec"), static_cast<double>(spec["parallelism"].integer_or(1)), out);
  const Part ray = object.kind == "RayJob" ? spec["rayClusterSpec"] : object.kind == "RayCluster" ? spec : Part();
  add_pod(ray.at("headGroupSpec.template.spec"), 1, out);
  for (const Part& group : ray["workerGroupSpecs"].items())
    add_pod(group.at("template.spec"), static_cast<double>(group["replicas"].integer_or(1)), out);
  return out;
}

// The amounts of a resource that a queue's flavors have together, and where the first of them is said.
std::pair<double, Part> quota_of(const Object& queue, const std::string& resource) {
  std::pair<double, Part> out = {0, {}};
  for (const Part& group : queue.root().at("spec.resourceGroups").items()) {
    for (const Part& flavor : group["flavors"].items()) {
      for (const Part& one : flavor["resources"].items()) {
        if (one["name"].text() != resource) continue;
        out.first += one["nominalQuota"].quantity().value_or(0);
        out.second = first_of(out.second, one["nominalQuota"]);
      }
    }
  }
  return out;
}

void check_room(const Object& object, const Object& queue, Findings& findings) {
  if (queue.root().at("spec.cohort") || queue.root().at("spec.cohortName")) return;  // others lend to it
  for (const auto& [resource, amount] : needed(object)) {
    const auto [quota, place] = quota_of(queue, resource);
    if (place && quota < amount)
      findings.add("queue-too-small", place,
                   fmt::format("{} needs {:g} of {} at once, {} has {:g}: it waits for ever", object.title(), amount,
                               resource, queue.title(), quota));
  }
}

void check_queued(const Bundle& bundle, const Object& object, Findings& findings) {
  const Part name = object.root().at("metadata.labels")["kueue.x-k8s.io/queue-name"];
  if (!name) return;
  need(bundle, "LocalQueue", name, object.space, object.title(), findings);
  const Object* local = bundle.find_anywhere("LocalQueue", name.text(), object.space);
  const Object* queue = local == nullptr
                            ? nullptr
                            : bundle.find_anywhere("ClusterQueue", local->root().at("spec.clusterQueue").text(), "");
  if (queue != nullptr) check_room(object, *queue, findings);
}

}  // namespace

void check_queues(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    check_queued(bundle, object, findings);
    if (object.api.starts_with("kueue.x-k8s.io/") && object.kind == "LocalQueue")
      need(bundle, "ClusterQueue", object.root().at("spec.clusterQueue"), "", object.title(), findings);
    if (object.api.starts_with("kueue.x-k8s.io/") && object.kind == "ClusterQueue")
      check_cluster_queue(bundle, object, findings);
  }
}

}  // namespace palier
