// Loki: what its parts say of each other.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

std::string shown(const Part& part) { return printable(shorten(part.text(), 60)); }

// The compactor removes what is older than it is to be kept.
void check_retention(const Part& root, Findings& findings) {
  const Part compactor = root["compactor"], enabled = compactor["retention_enabled"];
  const Part keep = root.at("limits_config.retention_period");
  if (enabled.is_true() && !compactor["delete_request_store"])
    findings.add("file-disagreement", enabled, "Loki does not start with retention and without a delete_request_store",
                 "delete_request_store: filesystem");
  const bool keeps = keep && keep.text() != "0" && keep.text() != "0s";
  if (keeps && compactor && !root["table_manager"] && !enabled.is_true())
    findings.add("loki-odd", first_of(enabled, keep),
                 "retention_period is heeded only where the compactor's retention is enabled",
                 "retention_enabled: true");
}

void check_period(const Part& root, const Part& period, Findings& findings) {
  const Part store = period["store"], objects = period["object_store"], index = period.at("index.period");
  if ((store.text() == "tsdb" || store.text() == "boltdb-shipper") && index && index.text() != "24h")
    findings.add("file-disagreement", index, fmt::format("the index of {} has periods of 24h alone", store.text()),
                 "24h");
  const Part common = root.at("common.storage");
  if (objects && common.is_map() && !common[objects.text()] && !root["storage_config"])
    findings.add("file-disagreement", objects, fmt::format("no storage says where '{}' is", shown(objects)),
                 "the one of common.storage");
}

}  // namespace

void check_loki(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!root["schema_config"].is_map()) continue;
    check_retention(root, findings);
    for (const Part& period : root.at("schema_config.configs").items()) check_period(root, period, findings);
    const Part copies = root.at("common.replication_factor");
    if (copies.integer_or(1) > 1 && root.at("common.ring.kvstore.store").text() == "inmemory")
      findings.add(
          "loki-odd", copies,
          fmt::format("{} copies are wanted, and a ring in memory has one member: nothing is taken", shown(copies)),
          "1");
    const Part http = root.at("server.http_listen_port"), grpc = root.at("server.grpc_listen_port");
    if (http && grpc && http.text() == grpc.text() && http.text() != "0")
      findings.add("duplicate-name", grpc, fmt::format("HTTP and gRPC both listen on {}", shown(http)));
  }
}

}  // namespace palier
