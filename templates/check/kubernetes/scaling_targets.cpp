// What an autoscaler's metrics are measured against.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct Form {
  const char *type, *field;
};

// Source: the reference of Kubernetes' API 1.36.
constexpr std::array<Form, 3> forms = {
    {{"AverageValue", "averageValue"}, {"Value", "value"}, {"Utilization", "averageUtilization"}}};

constexpr long long most_utilization = 300;  // of a CPU request, beyond which pods rarely burst

void check_target(const Object& autoscaler, const Part& target, bool resource, Findings& findings) {
  const Part type = target["type"];
  check_word(type, {"AverageValue", "Value", "Utilization"}, findings);
  for (const Form& form : forms) {
    const Part value = target[form.field];
    if (type.text() == form.type && !value)
      findings.add(
          "wrong-word", type,
          fmt::format("a target of {} is of the type {} and has no {}", autoscaler.title(), form.type, form.field),
          fmt::format("say {}, or another type", form.field));
    if (std::string_view(form.type) == "Utilization" && value.integer_or(0) > most_utilization)
      findings.add("odd-quantity", value,
                   fmt::format("{} follows {} % of what is requested, which is hardly ever reached", autoscaler.title(),
                               value.text()),
                   "per cent of the request: 75, say");
    if (value && value.quantity().value_or(1) <= 0)
      findings.add("wrong-number", value, fmt::format("{} of {} is '{}'", form.field, autoscaler.title(), value.text()),
                   "a number above 0");
  }
  if (type.text() == "Utilization" && !resource)
    findings.add("wrong-word", type,
                 fmt::format("only a resource has a utilization, which {} asks of something else", autoscaler.title()),
                 "AverageValue");
}

// A metric of one container of the pods that are scaled.
void check_container(const Bundle& bundle, const Object& autoscaler, const Part& name, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    const auto owners = autoscalers_of(bundle, *pods.object);
    if (!name || std::find(owners.begin(), owners.end(), &autoscaler) == owners.end()) continue;
    std::vector<std::string> names;
    for (const Container& container : pods.containers) names.push_back(container.name);
    if (std::find(names.begin(), names.end(), name.text()) == names.end())
      findings.add("autoscaler-target", name,
                   fmt::format("{} has no container '{}'", pods.object->title(), printable(shorten(name.text(), 60))),
                   suggestion(name.text(), names));
  }
}

void check_metric(const Object& autoscaler, const Part& metric, Findings& findings) {
  const std::array<std::pair<const char*, const char*>, 5> kinds = {{{"Resource", "resource"},
                                                                     {"ContainerResource", "containerResource"},
                                                                     {"Pods", "pods"},
                                                                     {"Object", "object"},
                                                                     {"External", "external"}}};
  const Part type = metric["type"];
  check_word(type, {"Resource", "ContainerResource", "Pods", "Object", "External"}, findings);
  for (const auto& [name, field] : kinds) {
    if (type.text() != name) continue;
    if (!metric[field])
      findings.add("wrong-word", type,
                   fmt::format("a metric of {} is of the type {} and has no {}", autoscaler.title(), name, field),
                   "the type is that of what stands below it");
    check_target(autoscaler, metric[field]["target"],
                 field == std::string("resource") || field == std::string("containerResource"), findings);
  }
}

}  // namespace

void check_targets(const Bundle& bundle, Findings& findings) {
  for (const Object* autoscaler : bundle.of_kind("HorizontalPodAutoscaler")) {
    if (autoscaler->api != "autoscaling/v2") continue;
    bool of_pods = true;
    for (const Part& metric : autoscaler->root().at("spec.metrics").items()) {
      check_metric(*autoscaler, metric, findings);
      check_container(bundle, *autoscaler, metric.at("containerResource.container"), findings);
      of_pods = of_pods && metric["type"].text() != "Object" && metric["type"].text() != "External";
    }
    if (least_of(*autoscaler).text() == "0" && of_pods)
      findings.add("scale-to-zero", least_of(*autoscaler),
                   fmt::format("{} goes to 0 pods, and its metrics come from the pods", autoscaler->title()));
  }
}

}  // namespace palier
