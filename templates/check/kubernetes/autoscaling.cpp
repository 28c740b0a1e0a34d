// Autoscalers and disruption budgets: who sets the number of pods, by what, and when a node may be drained.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

Part most_of(const Object& autoscaler) {
  const Part spec = autoscaler.root()["spec"];
  return autoscaler.kind == "ScaledObject" ? spec["maxReplicaCount"] : spec["maxReplicas"];
}

std::string target_kind(const Part& target) { return target["kind"] ? target["kind"].text() : "Deployment"; }

void check_target(const Bundle& bundle, const Object& autoscaler, Findings& findings) {
  const Part target = autoscaler.root().at("spec.scaleTargetRef");
  const std::string kind = target_kind(target);
  const Object* object = bundle.find(kind, target["name"].text(), autoscaler.space);
  if (object != nullptr) {
    if (target["apiVersion"] && target["apiVersion"].text() != object->api)
      findings.add("autoscaler-target", target["apiVersion"],
                   fmt::format("{} looks for {} '{}' in {}, it is in {}", autoscaler.title(), kind, object->name,
                               target["apiVersion"].text(), object->api));
    return;
  }
  if (!target || bundle.selected(Labels(), autoscaler.space).empty() ||
      bundle.may_have(kind, target["name"].text(), autoscaler.space))
    return;
  const bool wrong_kind = !mistyped(kind, {"Deployment", "StatefulSet", "ReplicaSet"}).empty();
  findings.add("autoscaler-target", first_of(target[wrong_kind ? "kind" : "name"], target),
               fmt::format("{} scales {} '{}', which is not here", autoscaler.title(), kind, target["name"].text()));
}

void check_range(const Object& autoscaler, Findings& findings) {
  const Part least = least_of(autoscaler), most = most_of(autoscaler);
  const Part fallback = autoscaler.root().at("spec.fallback.replicas");
  if (most.integer() && fallback.integer_or(0) > *most.integer())
    findings.add(
        "autoscaler-range", fallback,
        fmt::format("{} falls back to {} pods, and may have {}", autoscaler.title(), fallback.text(), most.text()));
  if (!least.integer() || !most.integer() || *least.integer() <= *most.integer()) return;
  findings.add("autoscaler-range", least,
               fmt::format("{} scales from {} to {}", autoscaler.title(), least.text(), most.text()));
}

// A metric that is a share of what the containers request.
void check_utilization(const Object& autoscaler, const PodTemplate& pods, Findings& findings) {
  const auto check = [&](const std::string& resource, const Part& place) {
    for (const Container& container : pods.containers) {
      if (container.init || container.request(resource)) continue;
      findings.add("autoscaler-without-request", place,
                   fmt::format("{} scales on a share of the requested {}, {} requests none", autoscaler.title(),
                               resource, title_of(container, pods)));
    }
    const bool on_gpu = std::any_of(pods.containers.begin(), pods.containers.end(), [](const Container& container) {
      return container.serves_model() && container.gpus() > 0;
    });
    if (on_gpu)
      findings.add("autoscaler-on-cpu", place,
                   fmt::format("{} scales a model server on its {}", autoscaler.title(), resource));
  };
  const Part spec = autoscaler.root()["spec"];
  if (spec["targetCPUUtilizationPercentage"]) check("cpu", spec["targetCPUUtilizationPercentage"]);
  for (const Part& metric : spec["metrics"].items()) {
    const Part resource = metric["resource"];
    const bool share = resource.at("target.type").text() == "Utilization" || resource["targetAverageUtilization"];
    if (metric["type"].text() == "Resource" && share)
      check(resource["name"].text(), first_of(resource["name"], metric));
  }
  for (const Part& trigger : spec["triggers"].items()) {
    const std::string type = trigger["type"].text();
    if ((type == "cpu" || type == "memory") && trigger["metricType"].text() != "AverageValue")
      check(type, trigger["type"]);
  }
}

void check_owners(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (is_autoscaler(object) || !object.root()["spec"]) continue;
    const auto owners = autoscalers_of(bundle, object);
    if (owners.empty()) continue;
    if (owners.size() > 1) {
      findings.add("two-autoscalers", owners[1]->root().at("spec.scaleTargetRef.name"),
                   fmt::format("{} and {} both scale {}", owners[0]->title(), owners[1]->title(), object.title()));
    }
    if (const Part replicas = object.root().at("spec.replicas"); replicas) {
      findings.add("replicas-and-autoscaler", replicas,
                   fmt::format("{} says how many pods it wants, and so does {}", object.title(), owners[0]->title()));
    }
  }
}

void check_budget(const Bundle& bundle, const Object& budget, Findings& findings) {
  const Part selector = budget.root().at("spec.selector");
  const Labels wanted = labels_from(selector["matchLabels"]);
  const auto pods = bundle.selected(selector, budget.space);
  if (pods.empty()) {
    if (!wanted.empty() && !bundle.pods.empty() && !bundle.may_be_elsewhere(wanted))
      findings.add("budget-without-pods", label_of(selector),
                   fmt::format("{} selects no pods of the bundle", budget.title()));
    return;
  }
  double least = 0;
  for (const PodTemplate* one : pods) least += static_cast<double>(replicas_of(bundle, *one).least);
  const Part minimum = budget.root().at("spec.minAvailable"), maximum = budget.root().at("spec.maxUnavailable");
  const auto kept = count_of(minimum, least), away = count_of(maximum, least);
  const bool one_of_one = minimum.text().ends_with("%") && least <= 1 && kept && *kept > 0;  // rounded up
  if (kept && least > 0 && (*kept >= least || one_of_one)) {
    findings.add(
        "budget-blocks-drain", minimum,
        fmt::format("{} keeps {} of {:g} pods: none may ever be moved", budget.title(), minimum.text(), least));
  } else if (away && *away <= 0) {
    findings.add("budget-blocks-drain", maximum,
                 fmt::format("{} lets {} pods go: none may ever be moved", budget.title(), maximum.text()));
  }
}

}  // namespace

std::optional<double> count_of(const Part& part, double of) {
  const std::string text = part.text();
  if (text.ends_with("%")) {
    const auto share = to_number(text.substr(0, text.size() - 1));
    return share ? std::optional(*share / 100 * of) : std::nullopt;
  }
  return to_number(text);
}

bool is_autoscaler(const Object& object) {
  return object.kind == "HorizontalPodAutoscaler" || object.kind == "ScaledObject";
}

Part least_of(const Object& autoscaler) {
  const Part spec = autoscaler.root()["spec"];
  return autoscaler.kind == "ScaledObject" ? spec["minReplicaCount"] : spec["minReplicas"];
}

std::vector<const Object*> autoscalers_of(const Bundle& bundle, const Object& target) {
  std::vector<const Object*> out;
  for (const Object& object : bundle.objects) {
    if (!is_autoscaler(object) || !same_space(object.space, target.space)) continue;
    const Part reference = object.root().at("spec.scaleTargetRef");
    const std::string name = reference["name"].text();
    if (target_kind(reference) == target.kind && (name == target.name || name == target.full_name))
      out.push_back(&object);
  }
  return out;
}

Replicas replicas_of(const Bundle& bundle, const PodTemplate& pods) {
  const Part spec = pods.object->root()["spec"];
  const auto owners = autoscalers_of(bundle, *pods.object);
  if (!owners.empty()) {
    const bool keda = owners.front()->kind == "ScaledObject";
    const long long least = least_of(*owners.front()).integer_or(keda ? 0 : 1);
    return {least, std::max(least, most_of(*owners.front()).integer_or(keda ? 100 : least))};
  }
  const long long count = pods.is("Job")   ? spec["parallelism"].integer_or(1)
                          : pods.is("Pod") ? 1
                                           : spec["replicas"].integer_or(1);
  return {count, count};
}

void check_autoscaling(const Bundle& bundle, Findings& findings) {
  check_owners(bundle, findings);
  for (const Object& object : bundle.objects) {
    if (object.kind == "PodDisruptionBudget") check_budget(bundle, object, findings);
    if (!is_autoscaler(object)) continue;
    check_target(bundle, object, findings);
    check_range(object, findings);
    for (const PodTemplate& pods : bundle.pods) {
      const auto owners = autoscalers_of(bundle, *pods.object);
      if (std::find(owners.begin(), owners.end(), &object) != owners.end()) check_utilization(object, pods, findings);
    }
  }
}

}  // namespace palier
