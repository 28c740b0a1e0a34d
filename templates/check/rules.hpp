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
void check_security(const Bundle& bundle, Findings& findings);
void check_networking(const Bundle& bundle, Findings& findings);
void check_network_policies(const Bundle& bundle, Findings& findings);
void check_autoscaling(const Bundle& bundle, Findings& findings);
void check_metrics(const Bundle& bundle, Findings& findings);
void check_containers(const Bundle& bundle, Findings& findings);
void check_words(const Bundle& bundle, Findings& findings);
void check_monitoring(const Bundle& bundle, Findings& findings);
void check_kustomizations(const Manifests& manifests, Findings& findings);
void check_compose(const Manifests& manifests, Findings& findings);
/// Notebooks, batch scripts, Dockerfiles, dev containers, dashboards: what is found by its text.
void check_texts(const FileTexts& files, Findings& findings);

/// How many pods a template makes: what it says, or what its autoscaler may make of it.
struct Replicas {
  long long least = 1, most = 1;
};
Replicas replicas_of(const Bundle& bundle, const PodTemplate& pods);

/// The autoscalers (HorizontalPodAutoscaler, ScaledObject) that are aimed at an object.
std::vector<const Object*> autoscalers_of(const Bundle& bundle, const Object& target);

bool is_autoscaler(const Object& object);
/// An autoscaler's minimum; empty where it says none.
Part least_of(const Object& autoscaler);

/// "container 'server' of Deployment chat"
std::string title_of(const Container& container, const PodTemplate& pods);

}  // namespace palier
