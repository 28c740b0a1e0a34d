#pragma once
#include "templates/check/bundle.hpp"
#include "templates/check/findings.hpp"
#include "templates/check/manifests.hpp"

namespace palier {

// The families of rules: one file each, named as the function.
void check_objects(const Bundle& bundle, Findings& findings);
void check_versions(const Bundle& bundle, Findings& findings);
void check_references(const Bundle& bundle, Findings& findings);
void check_probes(const Bundle& bundle, Findings& findings);
void check_resources(const Bundle& bundle, Findings& findings);
void check_quota(const Bundle& bundle, Findings& findings);
void check_storage(const Bundle& bundle, Findings& findings);
void check_caches(const Bundle& bundle, Findings& findings);
void check_security(const Bundle& bundle, Findings& findings);
void check_networking(const Bundle& bundle, Findings& findings);
void check_network_policies(const Bundle& bundle, Findings& findings);
void check_autoscaling(const Bundle& bundle, Findings& findings);
void check_metrics(const Bundle& bundle, Findings& findings);
void check_containers(const Bundle& bundle, Findings& findings);
void check_words(const Bundle& bundle, Findings& findings);
void check_fields(const Bundle& bundle, Findings& findings);
void check_schedules(const Bundle& bundle, Findings& findings);
void check_policy_peers(const Bundle& bundle, Findings& findings);
void check_monitoring(const Bundle& bundle, Findings& findings);
void check_roles(const Bundle& bundle, Findings& findings);
void check_jobs(const Bundle& bundle, Findings& findings);
void check_engine_options(const Bundle& bundle, Findings& findings);
void check_serving(const Bundle& bundle, Findings& findings);
void check_numbers(const Bundle& bundle, Findings& findings);
void check_routes(const Bundle& bundle, Findings& findings);
void check_pods(const Bundle& bundle, Findings& findings);
void check_claims(const Bundle& bundle, Findings& findings);
/// Kinds, names and labels.
void check_identities(const Bundle& bundle, Findings& findings);
void check_alerts(const Bundle& bundle, Findings& findings);
void check_volumes(const Bundle& bundle, Findings& findings);
void check_scripts(const Bundle& bundle, Findings& findings);
void check_types(const Bundle& bundle, Findings& findings);
void check_nodes(const Bundle& bundle, Findings& findings);
void check_targets(const Bundle& bundle, Findings& findings);
void check_gateways(const Bundle& bundle, Findings& findings);
/// Pods that two things take for theirs.
void check_overlaps(const Bundle& bundle, Findings& findings);
void check_breakers(const Bundle& bundle, Findings& findings);
/// Kueue's.
void check_queues(const Bundle& bundle, Findings& findings);
void check_ray(const Bundle& bundle, Findings& findings);
void check_kserve(const Bundle& bundle, Findings& findings);
void check_kubectl(const Bundle& bundle, Findings& findings);
void check_clients(const Bundle& bundle, Findings& findings);
/// Of Services, in any text.
void check_addresses(const FileTexts& files, const Bundles& bundles, Findings& findings);
void check_contexts(const Bundle& bundle, Findings& findings);
void check_kustomizations(const Manifests& manifests, Findings& findings);
void check_rule_files(const Manifests& manifests, Findings& findings);
void check_rule_tests(const Manifests& manifests, Findings& findings);
void check_adapters(const Manifests& manifests, Findings& findings);
void check_workflows(const Manifests& manifests, Findings& findings);
/// The keys of Compose files and of workflows.
void check_keys(const Manifests& manifests, Findings& findings);

/// How many pods a template makes: what it says, or what its autoscaler may make of it.
struct Replicas {
  long long least = 1, most = 1;
};
Replicas replicas_of(const Bundle& bundle, const PodTemplate& pods);

/// RFC 1123: a name without dots, of a Namespace or a Service.
bool is_label_name(const std::string& text);

/// PromQL.
void check_expression(const Part& expression, Findings& findings);
/// Metrics of vLLM and of kube-state-metrics in a query, or in any other text.
void check_metric_names(const std::string& text, const Location& place, Findings& findings);
/// vLLM's metrics in a query of Prometheus, under the names that they have elsewhere.
void check_colons(const std::string& query, const Location& place, Findings& findings);
void check_query_labels(const Part& expression, Findings& findings);

/// False where a selector of namespaces does not select one for sure.
bool may_select_space(const Bundle& bundle, const Part& selector, const std::string& space);

/// Refuses a value that is none of `words`.
void check_word(const Part& part, const std::vector<std::string>& words, Findings& findings);

/// True for an image without a tag, or with one that names no version.
bool is_moving(const std::string& image);

/// Seconds of the Gateway API's durations (GEP-2257): "600s", "1m30s"; nullopt for what it refuses.
std::optional<double> parse_duration(std::string_view text);

/// What is wrong with cron's five fields, or a word like @daily; "" where nothing is.
std::string wrong_schedule(const std::string& schedule);

/// "1", or "50%" of `of`.
std::optional<double> count_of(const Part& part, double of);

/// The autoscalers (HorizontalPodAutoscaler, ScaledObject) that are aimed at an object.
std::vector<const Object*> autoscalers_of(const Bundle& bundle, const Object& target);

bool is_autoscaler(const Object& object);
/// An autoscaler's minimum; empty where it says none.
Part least_of(const Object& autoscaler);

/// The least that a model's weights take, from what its name says ("Qwen3-8B", "...-70B-AWQ"): parameters x 2 bytes, a
/// half where the name says a quantization. nullopt where it says nothing.
std::optional<double> least_weights(const std::string& name);

/// Where a server keeps the weights that it downloads.
struct ModelCache {
  std::string path;  ///< with a $ where it cannot be known
  Part said;         ///< what says so; empty for the program's own choice
};
ModelCache model_cache_of(const Container& container);

/// The volume that is mounted over `path` of a container; "" without one.
std::string volume_of(const Container& container, const std::string& path);

/// A field of the container's security context, or else of the pod's.
Part security_context(const PodTemplate& pods, const Container& container, const char* field);

/// The NetworkPolicies that say what pods may get ("Ingress") or send ("Egress").
std::vector<const Object*> policies_of(const Bundle& bundle, const PodTemplate& pods, const char* direction);
/// True where a rule of a NetworkPolicy lets a port through, whoever is at the other end.
bool lets_through(const Part& rule, long long number, const std::set<std::string>& names, const std::string& protocol);

/// What says that a peer of a rule is certainly not the cluster's DNS servers; empty where it may be.
Part not_dns(const Part& peer, const Object& policy);
/// Where to point at policies that close DNS, the way to the weights, or a port of the pods.
Part dns_place(const std::vector<const Object*>& policies);
Part download_place(const std::vector<const Object*>& policies);
Part ingress_place(const std::vector<const Object*>& policies, const PodTemplate& pods);

/// True where a container fetches weights from the network when it starts.
bool downloads(const Container& container);

/// Where one of these options stands in its command or arguments; empty without one.
Part option_place(const Container& container, const std::vector<std::string>& options);

/// "container 'server' of Deployment chat"
std::string title_of(const Container& container, const PodTemplate& pods);

}  // namespace palier
