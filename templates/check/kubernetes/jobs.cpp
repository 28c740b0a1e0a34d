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

// Where a Job downloads a model at 50 MB/s: what the size of the weights takes, or two minutes where it is not known.
void check_download(const PodTemplate& pods, const Container& container, const Part& job, Findings& findings) {
  constexpr double rate = 50e6, unknown = 120;
  const std::string model = container.env("MODEL").value_or(container.env("MODEL_ID").value_or(container.model()));
  const auto bytes = least_weights(model);
  const double needed = bytes ? *bytes / rate : unknown;
  const Part deadline = first_of(job["activeDeadlineSeconds"], pods.pod["activeDeadlineSeconds"]);
  const auto seconds = to_number(deadline.text());
  if (seconds && *seconds > 0 && *seconds < needed)
    findings.add("job-gives-up", deadline,
                 fmt::format("{} is ended after {:g} s; a download of {} takes {:.0f} s at 50 MB/s",
                             pods.object->title(), *seconds, model.empty() ? "a model" : model, needed));
  if (job["backoffLimit"].text() == "0" && pods.pod["restartPolicy"].text() != "OnFailure")
    findings.add("job-gives-up", job["backoffLimit"],
                 fmt::format("{} is given up when a download breaks off once", pods.object->title()));
  const std::string volume = volume_of(container, model_cache_of(container).path);
  for (const Part& mount : container.part["volumeMounts"].items()) {
    if (!volume.empty() && mount["name"].text() == volume && mount["readOnly"].is_true())
      findings.add("claim-read-only", mount["readOnly"],
                   fmt::format("{} downloads a model into '{}', which it can only read", pods.object->title(), volume),
                   "remove readOnly where the weights are written");
  }
}

// Kueue and its like start what is suspended.
void check_idle(const PodTemplate& pods, Findings& findings) {
  const Part root = pods.object->root(), spec = root["spec"];
  const Part none = spec["suspend"].is_true()           ? spec["suspend"]
                    : spec["parallelism"].text() == "0" ? spec["parallelism"]
                                                        : Part();
  if (none && labels_from(root.at("metadata.labels")).count("kueue.x-k8s.io/queue-name") == 0)
    findings.add("never-runs", none, fmt::format("{} starts no pod as it stands", pods.object->title()));
}

void check_job(const PodTemplate& pods, Findings& findings) {
  check_idle(pods, findings);
  const Part root = pods.object->root(), spec = root["spec"];
  const bool repeated = pods.is("CronJob");
  const Part job = repeated ? spec.at("jobTemplate.spec") : spec;
  const Part metadata = repeated ? spec.at("jobTemplate.metadata") : root["metadata"];
  const bool ends = has_deadline(pods, metadata, job);
  if (!pods.pod["restartPolicy"])
    findings.add("job-restarts", first_of(job["template"], pods.object->name_part()),
                 fmt::format("the pods of {} say no restartPolicy", pods.object->title()));
  for (const Container& container : pods.containers) {
    if (downloads(container)) check_download(pods, container, job, findings);
  }
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
