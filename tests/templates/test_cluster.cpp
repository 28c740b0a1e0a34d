// Bundles for a cluster that others run: Ray's queue, jobs and servers, and the logs.
#include "base/error.hpp"
#include "base/yaml.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

std::vector<Yaml> documents(const Generated& generated, const std::string& path) {
  std::vector<Yaml> repeated;
  return Yaml::parse_all(text_of(generated, path), path, repeated);
}

const Yaml& head_of(const Yaml& cluster) { return cluster.at("headGroupSpec").at("template").at("spec"); }
const Yaml& workers_of(const Yaml& cluster) { return cluster.at("workerGroupSpecs").items().front(); }

/// "8Gi" and "2" alike: the templates write whole GiB and whole CPUs.
long long requested(const Yaml& pod, const char* resource) {
  return std::stoll(pod.at("containers").items().front().at("resources").at("requests").at(resource).text());
}

void check_restricted(const Yaml& pod) {
  const Yaml& container = pod.at("containers").items().front().at("securityContext");
  CHECK(pod.at("securityContext").at("runAsNonRoot").boolean());
  CHECK(pod.at("securityContext").at("seccompProfile").at("type").text() == "RuntimeDefault");
  CHECK_FALSE(container.at("allowPrivilegeEscalation").boolean());
  CHECK(container.at("capabilities").at("drop").items().front().text() == "ALL");
}

}  // namespace

TEST_CASE("Ray's queue has room for its job, and for one") {
  for (const char* machine : {"gpu24", "laptop"}) {
    const Generated generated = generate_for(sample_machine(machine), {"ray"});
    const Yaml job = Yaml::parse(text_of(generated, "ray/job.yaml"), "job.yaml");
    const Yaml& workers = job.at("spec").at("rayClusterSpec").at("workerGroupSpecs").items().front();
    const Yaml& container = workers.at("template").at("spec").at("containers").items().front();
    const Yaml& requests = container.at("resources").at("requests");
    std::vector<Yaml> repeated;
    const std::vector<Yaml> queue = Yaml::parse_all(text_of(generated, "ray/queue.yaml"), "queue.yaml", repeated);
    const Yaml& group = queue.at(1).at("spec").at("resourceGroups").items().front();
    for (const Yaml& quota : group.at("flavors").items().front().at("resources").items()) {
      const auto number = [](const Yaml& value) { return std::stoll(value.text()); };
      const long long all = workers.at("replicas").integer() * number(requests.at(quota.at("name").text()));
      CHECK(number(quota.at("nominalQuota")) >= all);
      CHECK(number(quota.at("nominalQuota")) < 2 * all + 12);
    }
    CHECK(queue.at(2).at("metadata").at("name").text() ==
          job.at("metadata").at("labels").at("kueue.x-k8s.io/queue-name").text());
  }
}

TEST_CASE("Ray's pods are let into its namespace, and fit on the machine together") {
  for (const char* name : {"gpu24", "laptop"}) {
    const Json machine = sample_machine(name);
    const Generated generated = generate_for(machine, {"ray"});
    const Yaml space = Yaml::parse(text_of(generated, "ray/namespace.yaml"), "namespace.yaml");
    CHECK(space.at("metadata").at("labels").at("pod-security.kubernetes.io/enforce").text() == "restricted");
    const Yaml job = Yaml::parse(text_of(generated, "ray/job.yaml"), "job.yaml");
    const Yaml& cluster = job.at("spec").at("rayClusterSpec");
    const Yaml& worker = workers_of(cluster).at("template").at("spec");
    const Yaml& submitter = job.at("spec").at("submitterPodTemplate").at("spec");
    for (const Yaml* pod : {&head_of(cluster), &worker, &submitter}) {
      check_restricted(*pod);
      CHECK_FALSE(pod->at("automountServiceAccountToken").boolean());
    }
    const auto all = [&](const char* resource) {
      return requested(head_of(cluster), resource) + requested(submitter, resource) +
             workers_of(cluster).at("replicas").integer() * requested(worker, resource);
    };
    const Json& effective = machine.at("effective");
    CHECK(all("cpu") < effective.at("cpus").get<double>());
    CHECK(static_cast<double>(all("memory") << 30) < 0.9 * effective.at("memory").get<double>());
  }
}

TEST_CASE("Ray's autoscaler may ask the cluster for workers, and nobody else may") {
  const Generated generated = generate_for(sample_machine("gpu24"), {"ray"});
  const std::vector<Yaml> server = documents(generated, "ray/serve/server.yaml");
  const Yaml& cluster = server.front().at("spec").at("rayClusterConfig");
  REQUIRE(cluster.at("enableInTreeAutoscaling").boolean());
  CHECK(head_of(cluster).at("automountServiceAccountToken").boolean());
  CHECK_FALSE(workers_of(cluster).at("template").at("spec").at("automountServiceAccountToken").boolean());
  CHECK_FALSE(cluster.at("autoscalerOptions").at("securityContext").at("allowPrivilegeEscalation").boolean());
  CHECK(server.back().at("spec").at("podSelector").at("matchLabels").at("ray.io/node-type").text() == "head");
}

TEST_CASE("Ray asks for the slice of a GPU by the name that the node offers") {
  Json machine = sample_machine("gpu24");
  for (Json& gpu : machine["gpus"]) gpu["mig"] = "3g.20gb";
  const Generated generated = generate_for(machine, {"ray"});
  const Yaml job = Yaml::parse(text_of(generated, "ray/job.yaml"), "job.yaml");
  const Yaml& worker = workers_of(job.at("spec").at("rayClusterSpec")).at("template").at("spec");
  CHECK(requested(worker, "nvidia.com/mig-3g.20gb") == 1);
  CHECK(text_of(generated, "ray/queue.yaml").find("nvidia.com/mig-3g.20gb") != std::string::npos);
  machine["platform"]["kind"] = "jetson";
  CHECK(text_of(generate_for(machine, {"ray"}), "ray/job.yaml").find("nvidia.com/") == std::string::npos);
}

TEST_CASE("Ray's pods go to nodes like the machine that are kept for GPUs of AMD, and say where those are too small") {
  Json machine = sample_machine("laptop");
  machine["gpus"] = Json::array({Json::object()});
  machine["gpus"][0]["vendor"] = "amd";
  machine["gpus"][0]["usable"] = true;
  machine["effective"]["cpus"] = 1;
  const std::string job = text_of(generate_for(machine, {"ray"}), "ray/job.yaml");
  CHECK(job.find("key: amd.com/gpu") != std::string::npos);
  CHECK(job.find("More than a node") != std::string::npos);
  machine["gpus"][0]["unified"] = true;
  machine["effective"]["cpus"] = 8;
  const std::string untainted = text_of(generate_for(machine, {"ray"}), "ray/job.yaml");
  CHECK(untainted.find("tolerations") == std::string::npos);
  CHECK(untainted.find("More than a node") == std::string::npos);
}

TEST_CASE("Loki has as many servers as a day's lines want, and as many copies as servers") {
  struct Case {
    Settings settings;
    long long servers;
    std::string store;
  };
  const std::vector<Case> rows = {{{}, 1, "filesystem"},
                                  {{{"bucket", "kept"}}, 1, "s3"},
                                  {{{"bucket", "kept"}, {"logs_per_day", "100GB"}, {"namespace", "lines"}}, 3, "s3"}};
  const std::string folder = "kubernetes-observability/logs/";
  for (const Case& row : rows) {
    const Generated generated = generate_for(sample_machine("laptop"), {"kubernetes-observability"}, row.settings);
    const Yaml config = Yaml::parse(text_of(generated, folder + "config/loki.yaml"), "loki.yaml");
    std::vector<Yaml> repeated;
    const Yaml server = Yaml::parse_all(text_of(generated, folder + "loki.yaml"), "loki.yaml", repeated).front();
    CHECK(server.at("spec").at("replicas").integer() == row.servers);
    CHECK(config.at("common").at("replication_factor").integer() == row.servers);
    CHECK((config.find("memberlist") != nullptr) == (row.servers > 1));
    CHECK(config.at("schema_config").at("configs").items().front().at("object_store").text() == row.store);
    CHECK(config.at("compactor").at("delete_request_store").text() == row.store);
    const std::string space = server.at("metadata").at("namespace").text();
    const std::string source = text_of(generated, "kubernetes-observability/monitoring/datasource.yaml");
    CHECK(source.find("http://loki." + space + ".svc:3100") != std::string::npos);
    CHECK(generated.files.count("kubernetes-observability/gpu/exporter.yaml") == 0);
  }
  CHECK_THROWS_AS(generate_for(sample_machine("laptop"), {"kubernetes-observability"}, {{"logs_per_day", "100GB"}}),
                  Error);
  const Generated gpus = generate_for(sample_machine("gpu24"), {"kubernetes-observability"});
  CHECK(gpus.files.count("kubernetes-observability/gpu/exporter.yaml") == 1);
}

TEST_CASE("Loki's file says where nodes like the machine are too small for it") {
  const auto says_so = [](long long memory) {
    Json machine = sample_machine("laptop");
    machine["effective"]["memory"] = memory << 30;
    const Generated generated = generate_for(machine, {"kubernetes-observability"});
    return text_of(generated, "kubernetes-observability/logs/loki.yaml").find("More than a node") != std::string::npos;
  };
  CHECK(says_so(4));
  CHECK_FALSE(says_so(8));
}
