#include "templates/check/object.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace palier {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

void add_containers(const Part& list, bool init, std::vector<Container>& out) {
  for (const Part& item : list.items()) {
    if (item.is_map()) out.push_back({item, item["name"].text(), init});  // another has its own finding
  }
}

std::optional<double> resource(const Part& container, std::string_view kind, std::string_view name) {
  return container["resources"][kind][name].quantity();
}

std::vector<std::string> command_line(const Part& container) {
  std::vector<std::string> list = container["command"].texts();
  for (const std::string& word : container["args"].texts()) list.push_back(word);
  return list;
}

// "--port 80" and "--port=80" among the words
std::string value_of(const std::vector<std::string>& options, const std::vector<std::string>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (const std::string& option : options) {
      if (list[i] == option && i + 1 < list.size() && !list[i + 1].starts_with("-")) return list[i + 1];
      if (list[i].starts_with(option + "=")) return list[i].substr(option.size() + 1);
    }
  }
  return {};
}

bool fits_expression(const Part& expression, const Labels& labels) {
  const auto found = labels.find(expression["key"].text());
  const std::string op = expression["operator"].text();
  if (op == "Exists") return found != labels.end();
  if (op == "DoesNotExist") return found == labels.end();
  const std::vector<std::string> values = expression["values"].texts();
  const bool in = found != labels.end() && std::find(values.begin(), values.end(), found->second) != values.end();
  return op == "NotIn" ? !in : in;
}

}  // namespace

std::optional<Object> object_from(Yaml document) {
  const Part root(document);
  Object object{.document = {}, .kind = root["kind"].text(), .api = root["apiVersion"].text()};
  if (object.kind.empty() || object.api.empty()) return std::nullopt;
  const Part metadata = root["metadata"];
  object.name = metadata["name"].text();
  object.full_name = object.name;
  if (!is_cluster_scoped(object.kind)) object.space = metadata["namespace"].text();
  object.first_space = object.space;
  object.document = std::move(document);
  return object;
}

bool is_cluster_scoped(const std::string& kind) {
  static const std::set<std::string> kinds = {"Namespace",
                                              "Node",
                                              "PersistentVolume",
                                              "StorageClass",
                                              "PriorityClass",
                                              "CustomResourceDefinition",
                                              "MutatingWebhookConfiguration",
                                              "ValidatingWebhookConfiguration",
                                              "ValidatingAdmissionPolicy",
                                              "ValidatingAdmissionPolicyBinding",
                                              "APIService",
                                              "IngressClass",
                                              "RuntimeClass",
                                              "GatewayClass",
                                              "DeviceClass",
                                              "CSIDriver",
                                              "VolumeSnapshotClass",
                                              "ResourceFlavor",
                                              "NodePool",
                                              "EC2NodeClass",
                                              "PodSecurityPolicy",
                                              "CertificateSigningRequest"};
  return kinds.count(kind) != 0 || kind.starts_with("Cluster");
}

bool is_custom(const Object& object) {
  return object.api.find('.') != std::string::npos && object.api.find(".k8s.io/") == std::string::npos &&
         !object.api.starts_with("monitoring.coreos.com/") && !object.api.starts_with("keda.sh/") &&
         !object.api.starts_with("gateway.envoyproxy.io/") && !object.api.starts_with("networking.istio.io/");
}

std::optional<double> Container::request(std::string_view what) const {
  const auto said = resource(part, "requests", what);
  return said ? said : limit(what);
}

std::optional<double> Container::limit(std::string_view what) const { return resource(part, "limits", what); }

std::string Container::gpu_resource() const {
  for (const char* kind : {"limits", "requests"}) {
    for (const auto& [key, value] : part["resources"][kind].members()) {
      if (key.starts_with("nvidia.com/") || key.starts_with("amd.com/gpu") || key.starts_with("gpu.intel.com/"))
        return key;
    }
  }
  return {};
}

double Container::gpus() const {
  const std::string device = gpu_resource();
  return device.empty() ? 0 : request(device).value_or(0);
}

std::string Container::words() const {
  std::string text = part["image"].text();
  for (const char* key : {"command", "args"}) {
    for (const std::string& word : part[key].texts()) text += " " + word;
  }
  return lower(text);
}

bool Container::serves_model() const {
  constexpr std::array<std::string_view, 11> servers = {"vllm",         "sglang",       "text-generation-inference",
                                                        "llama.cpp",    "llama-server", "ollama",
                                                        "tritonserver", "tgi-",         "lmdeploy",
                                                        "tensorrt-llm", "tabbyapi"};
  constexpr std::array<std::string_view, 8> helpers = {"router",     "proxy",     "operator", "webui",
                                                       "controller", "benchmark", "epp",      "web-ui"};
  const std::vector<std::string> command = part["command"].texts();
  const bool idles = !command.empty() && (command.front() == "sleep" || command.front() == "true");
  if (init || idles) return false;
  const std::string image = lower(part["image"].text());
  for (const std::string_view helper : helpers) {
    if (contains(image, helper)) return false;
  }
  const std::string text = words();
  return std::any_of(servers.begin(), servers.end(), [&](std::string_view server) { return contains(text, server); });
}

std::string Container::argument(const std::vector<std::string>& options) const {
  return value_of(options, command_line(part));
}

std::string Container::model() const {
  const std::vector<std::string> options = {"--model", "--model-path", "--model-id", "--hf-repo", "-hf", "serve"};
  std::string said = argument(options);
  if (!said.empty()) return said;
  std::vector<std::string> script;  // sh -c "vllm serve ..."
  for (const std::string& text : command_line(part)) {
    for (const std::string_view word : palier::words(text)) script.emplace_back(word);
  }
  return value_of(options, script);
}

std::optional<std::string> Container::env(std::string_view variable) const {
  for (const Part& item : part["env"].items()) {
    if (item["name"].text() == variable && item["value"]) return item["value"].text();
  }
  return std::nullopt;
}

namespace {

// A number of its own, not a part of a longer one or of a version.
bool has_number(std::string_view text, long long number) {
  const std::string digits = std::to_string(number);
  const auto joins = [&](std::size_t place) {
    return place < text.size() && (std::isdigit(static_cast<unsigned char>(text[place])) != 0 || text[place] == '.');
  };
  for (std::size_t at = text.find(digits); at != text.npos; at = text.find(digits, at + 1)) {
    if (!(at > 0 && joins(at - 1)) && !joins(at + digits.size())) return true;
  }
  return false;
}

}  // namespace

std::set<std::string> PodTemplate::port_names() const {
  std::set<std::string> names;
  for (const Container& container : containers) {
    for (const Part& port : container.part["ports"].items()) {
      if (port["name"]) names.insert(port["name"].text());
    }
  }
  return names;
}

bool PodTemplate::declares_port(long long number) const {
  for (const Container& container : containers) {
    if (has_number(container.words(), number)) return true;
    for (const Part& port : container.part["ports"].items()) {
      if (port["containerPort"].integer() == number) return true;
    }
  }
  return false;
}

bool PodTemplate::declares_ports() const {
  return std::any_of(containers.begin(), containers.end(),
                     [](const Container& container) { return !container.part["ports"].items().empty(); });
}

namespace {

std::optional<PodTemplate> template_from(const Object& object, const Part& holder) {
  const Part pod = holder["spec"];
  if (!pod["containers"].is_list()) return std::nullopt;
  PodTemplate pods{&object, pod, holder["metadata"], labels_from(holder.at("metadata.labels")), {}};
  add_containers(pod["initContainers"], true, pods.containers);
  for (Container& container : pods.containers)
    container.init = container.part["restartPolicy"].text() != "Always";  // a sidecar stays
  add_containers(pod["containers"], false, pods.containers);
  return pods;
}

}  // namespace

std::vector<PodTemplate> made_pods_from(const Object& object) {
  std::vector<PodTemplate> out;
  if (!object.api.starts_with("ray.io/")) return out;
  const Part spec = object.root()["spec"];
  std::vector<Part> holders = {spec["submitterPodTemplate"]};
  for (const char* where : {"rayClusterSpec", "rayClusterConfig", ""}) {
    const Part cluster = *where == '\0' ? spec : spec[where];
    holders.push_back(cluster.at("headGroupSpec.template"));
    for (const Part& group : cluster["workerGroupSpecs"].items()) holders.push_back(group["template"]);
  }
  for (const Part& holder : holders) {
    if (auto found = template_from(object, holder)) out.push_back(std::move(*found));
  }
  return out;
}

std::optional<PodTemplate> pods_from(const Object& object) {
  const Part root = object.root();
  const Part spec = root["spec"];
  for (const Part& holder : {object.kind == "Pod" ? root : Part(), spec["template"],
                             spec.at("jobTemplate.spec.template"), spec.at("leaderWorkerTemplate.workerTemplate")}) {
    if (auto found = template_from(object, holder)) return found;
  }
  return std::nullopt;
}

Labels labels_from(const Part& part) {
  Labels labels;
  for (const auto& [key, value] : part.members()) labels[key] = value.text();
  return labels;
}

Part label_of(const Part& selector) {
  const Part labels = first_of(selector["matchLabels"], selector);
  const auto members = labels.members();
  return !members.empty() && members.front().second.is_scalar() ? members.front().second : selector;
}

bool selects_all(const Labels& wanted, const Labels& labels) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

bool selects(const Part& selector, const Labels& labels) {
  if (!selects_all(labels_from(selector["matchLabels"]), labels)) return false;
  const auto expressions = selector["matchExpressions"].items();
  return std::all_of(expressions.begin(), expressions.end(),
                     [&](const Part& expression) { return fits_expression(expression, labels); });
}

}  // namespace palier
