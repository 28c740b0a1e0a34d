// Jobs that may run, be tried again or be kept for ever.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Of the Job, of its pods, or of Kueue, which ends what it started.
bool has_deadline(const PodTemplate& pods, const Part& metadata, const Part& job) {
  constexpr const char* kueue = "kueue.x-k8s.io/max-exec-time-seconds";
  return job["activeDeadlineSeconds"] || pods.pod["activeDeadlineSeconds"] || metadata["labels"][kueue];
}

// After a time, or by the tool that started it (Helm's and Argo CD's hooks).
bool is_removed(const Part& metadata, const Part& job) {
  if (job["ttlSecondsAfterFinished"]) return true;
  for (const auto& [key, value] : metadata["annotations"].members()) {
    if (key.ends_with("/hook-delete-policy")) return true;
  }
  return false;
}

bool asks_for_gpu(const PodTemplate& pods) {
  for (const Container& container : pods.containers) {
    if (container.gpus() > 0) return true;
  }
  return false;
}

void check_job(const PodTemplate& pods, Findings& findings) {
  const Part root = pods.object->root(), spec = root["spec"];
  const bool repeated = pods.is("CronJob");
  const Part job = repeated ? spec.at("jobTemplate.spec") : spec;
  const Part metadata = repeated ? spec.at("jobTemplate.metadata") : root["metadata"];
  const bool ends = has_deadline(pods, metadata, job);
  if (!ends && asks_for_gpu(pods))
    findings.add("job-holds-gpu", pods.object->name_part(),
                 fmt::format("{} has no deadline: where it hangs, it keeps its GPU for ever", pods.object->title()));
  std::vector<std::string> open;
  if (!ends) open.emplace_back("activeDeadlineSeconds");
  if (!job["backoffLimit"] && !job["podFailurePolicy"]) open.emplace_back("backoffLimit (6 without it)");
  if (!repeated && !is_removed(metadata, job)) open.emplace_back("ttlSecondsAfterFinished");
  if (!open.empty())
    findings.add("job-unbounded", pods.object->name_part(),
                 fmt::format("{} does not say {}", pods.object->title(), join(open, ", ")));
}

}  // namespace

void check_jobs(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    if (pods.is("Job") || pods.is("CronJob")) check_job(pods, findings);
  }
}

}  // namespace palier
