// What containers ask for: CPU, memory, GPUs, shared memory.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool is_bytes(const std::string& resource) {
  return resource == "memory" || resource == "ephemeral-storage" || resource == "storage" ||
         resource.starts_with("hugepages-");
}

// Devices: whole numbers, never more promised than there are.
bool is_device(const std::string& resource) {
  return resource.find('/') != std::string::npos && resource.find("kubernetes.io/") == std::string::npos;
}

std::string unit_help(const std::string& resource) {
  return is_bytes(resource) ? "write a number and Ki, Mi, Gi or Ti: 16Gi"
                            : "write a number, or thousandths with m: 2, 500m";
}

void check_quantity(const std::string& resource, const Part& value, Findings& findings) {
  const auto quantity = value.quantity();
  if (!quantity) {
    findings.add("wrong-quantity", value, fmt::format("'{}' is no amount of {}", value.text(), resource),
                 unit_help(resource));
  } else if (is_bytes(resource) && *quantity > 0 && *quantity < 1048576) {
    findings.add("odd-quantity", value,
                 fmt::format("{} of '{}' is {}", resource, value.text(), format_bytes(*quantity)), unit_help(resource));
  } else if (resource == "cpu" && *quantity > 512) {
    findings.add("odd-quantity", value, fmt::format("'{}' is {} whole CPUs", value.text(), *quantity),
                 unit_help(resource));
  } else if (is_device(resource) && *quantity != static_cast<double>(static_cast<long long>(*quantity))) {
    findings.add("wrong-quantity", value, fmt::format("{} comes in whole numbers, got '{}'", resource, value.text()),
                 "write 1, 2, ...; MIG and time-slicing have resource names of their own");
  }
}

void check_amounts(const Container& container, const PodTemplate& pods, Findings& findings) {
  const Part resources = container.part["resources"];
  for (const char* kind : {"requests", "limits"}) {
    for (const auto& [name, value] : resources[kind].members()) check_quantity(name, value, findings);
  }
  for (const auto& [name, value] : resources["requests"].members()) {
    const Part limit = resources["limits"][name];
    const auto asked = value.quantity(), most = limit.quantity();
    if (is_device(name) && !limit) {
      findings.add("device-not-limited", value,
                   fmt::format("{} requests {} without the same limit", title_of(container, pods), name));
    } else if (is_device(name) && asked && most && *asked != *most) {
      findings.add("device-not-limited", value,
                   fmt::format("{} requests {} of {} and is limited to {}", title_of(container, pods), value.text(),
                               name, limit.text()));
    } else if (asked && most && *asked > *most) {
      findings.add("request-above-limit", value,
                   fmt::format("{} requests {} of {}, above its limit of {}", title_of(container, pods), value.text(),
                               name, limit.text()));
    }
  }
}

void check_presence(const Container& container, const PodTemplate& pods, Findings& findings) {
  for (const char* resource : {"cpu", "memory"}) {
    if (container.request(resource)) continue;
    const Part place = first_of(container.part["resources"], container.part["name"]);
    if (container.part["resources"]["requests"][resource] || container.part["resources"]["limits"][resource]) continue;
    findings.add("no-requests", place, fmt::format("{} requests no {}", title_of(container, pods), resource));
  }
}

// How many processes share the model: what --tensor-parallel-size and its kin say, or the GPUs.
double parallel(const Container& container) {
  const auto said = to_number(container.argument({"--tensor-parallel-size", "-tp", "--tp", "--tp-size"}));
  return std::max(container.gpus(), said.value_or(0));
}

bool mounts(const Container& container, const std::string& volume) {
  const auto list = container.part["volumeMounts"].items();
  return std::any_of(list.begin(), list.end(), [&](const Part& mount) { return mount["name"].text() == volume; });
}

constexpr double default_shm = 64 << 20;  // of a container without a volume there

void check_shared_memory(const PodTemplate& pods, Findings& findings) {
  for (const Part& volume : pods.pod["volumes"].items()) {
    const Part directory = volume["emptyDir"];
    if (directory["medium"].text() != "Memory") continue;
    const Part size = directory["sizeLimit"];
    if (!size)
      findings.add("memory-volume-unlimited", volume["name"],
                   fmt::format("the volume '{}' may fill the node's memory", volume["name"].text()));
    for (const Container& container : pods.containers) {
      const auto limit = container.limit("memory"), bytes = size.quantity();
      if (!limit || !bytes || *bytes < *limit || !mounts(container, volume["name"].text())) continue;
      findings.add(
          "shm-above-memory", size,
          fmt::format("'{}' may hold {}, {} is limited to {} of memory, which it counts towards", volume["name"].text(),
                      size.text(), title_of(container, pods), container.part["resources"]["limits"]["memory"].text()));
    }
  }
}

void check_parallel(const Container& container, const PodTemplate& pods, Findings& findings) {
  const auto size = [&](const std::vector<std::string>& options) {
    return std::max(1.0, to_number(container.argument(options)).value_or(1));
  };
  const double wanted = size({"--tensor-parallel-size", "-tp", "--tp", "--tp-size"}) *
                        size({"--pipeline-parallel-size", "-pp", "--pp-size"});
  const Part place = option_place(container, {"--tensor-parallel-size", "-tp", "--tp", "--tp-size",
                                              "--pipeline-parallel-size", "-pp", "--pp-size"});
  if (!container.serves_model() || container.gpus() == 0) return;
  const std::string words = fmt::format("{} is to run on {:g} GPU{} and asks for {:g}", title_of(container, pods),
                                        wanted, wanted == 1 ? "" : "s", container.gpus());
  if (wanted > container.gpus()) findings.add("parallel-gpus", first_of(place, container.part["name"]), words);
  const bool others = container.words().find("data-parallel") != std::string::npos ||
                      container.words().find("--dp") != std::string::npos;
  if (place && wanted < container.gpus() && !others) findings.add("gpus-idle", place, words);
}

void check_shm_of(const Container& container, const PodTemplate& pods, Findings& findings) {
  if (!container.serves_model() || parallel(container) < 2) return;
  for (const Part& mount : container.part["volumeMounts"].items()) {
    if (mount["mountPath"].text() != "/dev/shm") continue;
    for (const Part& volume : pods.pod["volumes"].items()) {
      if (volume["name"].text() != mount["name"].text() || !volume["emptyDir"]) continue;
      const Part size = volume.at("emptyDir.sizeLimit");
      if (!volume["emptyDir"]["medium"])
        findings.add("shm-on-disk", volume["name"],
                     fmt::format("/dev/shm of {} is on the node's disk", title_of(container, pods)));
      if (size.quantity().value_or(default_shm + 1) <= default_shm)
        findings.add("no-shm", size,
                     fmt::format("{} runs on {:g} GPUs with {} of /dev/shm", title_of(container, pods),
                                 parallel(container), size.text()));
    }
    return;
  }
  if (pods.pod["hostIPC"].is_true()) return;
  findings.add("no-shm", container.part["name"],
               fmt::format("{} runs on {:g} GPUs with the 64 MiB of /dev/shm that a container gets",
                           title_of(container, pods), parallel(container)));
}

bool tolerates(const PodTemplate& pods, const std::string& resource) {
  for (const Part& toleration : pods.pod["tolerations"].items()) {
    const std::string key = toleration["key"].text(), effect = toleration["effect"].text();
    if (!effect.empty() && effect != "NoSchedule") continue;  // GPU nodes keep pods off with it
    if ((key.empty() && toleration["operator"].text() == "Exists") || key == resource) return true;
    // Any other taint on the vendor's name is meant for its nodes; one that is nearly the usual one is a slip.
    const std::size_t slash = resource.find('/') + 1;
    if (key.starts_with(resource.substr(0, slash)) && closest(key.substr(slash), {resource.substr(slash)}).empty())
      return true;
  }
  return false;
}

// The toleration that was meant for the vendor's taint, or else the container.
Part toleration_place(const PodTemplate& pods, const Container& container, const std::string& taint) {
  for (const Part& toleration : pods.pod["tolerations"].items()) {
    const std::string key = toleration["key"].text();
    if (key == taint) return first_of(toleration["effect"], toleration);
    if (!mistyped(key, {taint}).empty()) return toleration["key"];
  }
  return container.part["name"];
}

void check_placement(const PodTemplate& pods, Findings& findings) {
  for (const Container& container : pods.containers) {
    const std::string resource = container.gpu_resource();
    const std::string taint = resource.starts_with("nvidia.com/") ? "nvidia.com/gpu" : resource;
    if (resource.empty() || tolerates(pods, taint)) continue;
    findings.add("gpu-not-tolerated", toleration_place(pods, container, taint),
                 fmt::format("{} needs {}, but does not tolerate the taint that keeps other pods off GPU nodes",
                             title_of(container, pods), resource),
                 fmt::format("tolerations: [{{key: {}, operator: Exists, effect: NoSchedule}}]", taint));
    return;
  }
}

void check_spread(const PodTemplate& pods, Findings& findings) {
  for (const Part& spread : pods.pod["topologySpreadConstraints"].items()) {
    if (spread["labelSelector"] && selects(spread["labelSelector"], pods.labels)) continue;
    findings.add(
        "spread-selector", first_of(label_of(spread["labelSelector"]), spread),
        fmt::format("a topology spread constraint of {} counts pods that it does not make", pods.object->title()));
  }
}

}  // namespace

void check_resources(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      check_amounts(container, pods, findings);
      if (!container.init) check_presence(container, pods, findings);
      check_parallel(container, pods, findings);
      check_shm_of(container, pods, findings);
    }
    check_shared_memory(pods, findings);
    check_placement(pods, findings);
    check_spread(pods, findings);
  }
}

}  // namespace palier
