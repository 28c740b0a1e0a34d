#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "templates/check/part.hpp"

namespace palier {

/// Labels, or what a selector asks of them.
using Labels = std::map<std::string, std::string>;

/// A Kubernetes object as the cluster would get it.
struct Object {
  Yaml document = {};
  std::string kind = {}, api = {};    ///< apiVersion
  std::string name = {}, space = {};  ///< space: its namespace, "" where it says none
  std::string full_name = {};         ///< with kustomize's prefix and suffix
  std::string first_space = {};       ///< the namespace before kustomize
  bool generated = false;             ///< by kustomize, from what need not be there
  Part root() const { return Part(document); }
  Part name_part() const { return first_of(root().at("metadata.name"), root()); }
  std::string file() const { return document.location().file; }
  /// "Deployment chat"
  std::string title() const {
    return kind + " " + (full_name.empty() ? root().at("metadata.generateName").text() : full_name);
  }
};

/// An object read from a document; nullopt where it is none (no apiVersion, kind).
std::optional<Object> object_from(Yaml document);

/// Objects without a namespace.
bool is_cluster_scoped(const std::string& kind);

/// True for kinds that an operator brought: it may make anything of them, pods among it.
bool is_custom(const Object& object);

/// A container of a pod.
struct Container {
  Part part;
  std::string name;
  bool init = false;  ///< ends before the others start

  /// A request; where none is said, the limit stands for it, as in the cluster.
  std::optional<double> request(std::string_view what) const;
  std::optional<double> limit(std::string_view what) const;
  /// How many GPUs of any vendor it asks for.
  double gpus() const;
  /// "nvidia.com/gpu", "amd.com/gpu"; "" without.
  std::string gpu_resource() const;
  /// Image, command and arguments in one lower-case text.
  std::string words() const;
  /// True for a program that serves a model: vLLM, SGLang, llama.cpp, Ollama and their kin.
  bool serves_model() const;
  /// The value of the first of these options in its command and arguments; "" without one.
  std::string argument(const std::vector<std::string>& options) const;
  /// The model that a server's arguments name; "" where they name none.
  std::string model() const;
  /// The value of a literal environment variable.
  std::optional<std::string> env(std::string_view variable) const;
};

/// What starts pods: a Pod, a Deployment, a CronJob...
struct PodTemplate {
  const Object* object = nullptr;
  Part pod;       ///< the pod's spec
  Part metadata;  ///< the pod's metadata
  Labels labels;
  std::vector<Container> containers;  ///< init containers first

  bool is(std::string_view kind) const { return object->kind == kind; }
  /// True for what runs until it is stopped.
  bool runs_on() const { return !is("Job") && !is("CronJob"); }
  /// The port numbers that containers declare under this name.
  std::set<std::string> port_names() const;
  /// Under 'ports', or where it says to a program where to listen: "--health-probe-bind-address=:8081".
  bool declares_port(long long number) const;
  bool declares_ports() const;
};

/// nullopt for what starts no pods.
std::optional<PodTemplate> pods_from(const Object& object);

/// Those of KubeRay's kinds: head, workers, and what submits.
std::vector<PodTemplate> made_pods_from(const Object& object);

/// The labels of a map of texts.
Labels labels_from(const Part& part);

/// A selector: {matchLabels, matchExpressions}. An empty one selects everything.
bool selects(const Part& selector, const Labels& labels);
/// The first label that a selector (or a map of labels) asks for: where to point at one that matches nothing.
Part label_of(const Part& selector);
/// A Service's: a plain map.
bool selects_all(const Labels& wanted, const Labels& labels);

}  // namespace palier
