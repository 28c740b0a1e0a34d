#include "base/error.hpp"
#include "hwdetect/machine.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Machine full() {
  Machine machine;
  machine.os = {"debian", "12", "Debian", "6.1.0"};
  machine.platform = {"jetson", "Board", "desktop", "kvm", "docker", "kaggle", "gcp", "slurm"};
  machine.cpu = {"Model",
                 "x86_64",
                 2,
                 8,
                 16,
                 {{"performance", 12}, {"efficiency", 4}},
                 {"avx2"},
                 {{1, "data", 32768, 8}},
                 {{0, 1ULL << 40, "0-7"}, {1, {}, "8-15"}}};
  machine.memory = {0xFFFFFFFFFFFFFFFFULL, 1, 0};
  machine.effective = {1.5, 2, 3, {"cgroup quota /a", "cgroup limit /b"}};
  machine.gpus = {{.vendor = "nvidia",
                   .name = "T4",
                   .uuid = "GPU-1",
                   .memory_total = 16106127360,
                   .memory_free = 1,
                   .unified = true,
                   .usable = true,
                   .why_not = "x",
                   .driver = "1",
                   .compute_capability = "7.5",
                   .mig = "enabled",
                   .pci = "0000:00:04.0",
                   .numa = 1}};
  machine.disks = {{"/", "/dev/vda", "ext4", 10, 5}, {"/mnt", "nas:/x", "nfs", {}, {}}};
  machine.tools = {{"zeta", "/bin/zeta", "1"}, {"alpha", "/bin/alpha", {}}};
  machine.notes = {{"gpus", "text", "help"}};
  machine.facts = {{"/os/id", "file", "raw", {{"other", "raw2"}}}};
  return machine;
}

void refuses(const char* text, const char* reason) {
  try {
    machine_from(parse_json(text, "m.json"), "m.json");
    FAIL("accepted " << text);
  } catch (const Error& error) {
    INFO(error.text().reason);
    CHECK(error.text().reason.find(reason) != std::string::npos);
    CHECK(error.text().location.file == "m.json");
  }
}

}  // namespace

TEST_CASE("a document holds everything and is read back exactly") {
  const Json json = full();
  CHECK(json.begin().key() == "schema");
  CHECK(json.at("memory").at("total") == 0xFFFFFFFFFFFFFFFFULL);
  CHECK(json.at("tools").begin().key() == "zeta");
  CHECK(json.at("disks").at(1).at("size").is_null());
  const Machine machine = machine_from(parse_json(to_text(json), "m"), "m");
  CHECK(to_text(Json(machine)) == to_text(json));
  CHECK(machine.cpu.numa.at(0).memory == 1ULL << 40);
  CHECK(machine.tools.at(1).name == "alpha");
}

TEST_CASE("what is unknown is null, and what is absent is unknown") {
  const Json json = Machine{};
  CHECK(json.at("/cpu/model"_json_pointer).is_null());
  CHECK(json.at("/effective/memory"_json_pointer).is_null());
  const Machine machine = machine_from(parse_json(R"({"schema": "palier.machine/1"})", "m"), "m");
  CHECK(to_text(Json(machine)) == to_text(json));
}

TEST_CASE("a wrong document is refused with the path of what is wrong") {
  refuses(R"({"schema": "palier.machine/2"})", "palier.machine/2");
  refuses(R"([])", "schema");
  refuses(R"({"schema": "palier.machine/1", "memory": {"total": -1}})", "/memory/total");
  refuses(R"({"schema": "palier.machine/1", "memory": {"total": 1.5}})", "whole number of bytes");
  refuses(R"({"schema": "palier.machine/1", "memory": {"total": "8 GB"}})", "/memory/total");
  refuses(R"({"schema": "palier.machine/1", "cpu": {"cores": 99999999999}})", "/cpu/cores");
  refuses(R"({"schema": "palier.machine/1", "cpu": {"cores": true}})", "/cpu/cores");
  refuses(R"({"schema": "palier.machine/1", "cpu": [1]})", "an object");
  refuses(R"({"schema": "palier.machine/1", "gpus": {}})", "expected a list, got an object");
  refuses(R"({"schema": "palier.machine/1", "gpus": [{"usable": 1}]})", "/gpus/0/usable");
  refuses(R"({"schema": "palier.machine/1", "effective": {"cpus": -2}})", "/effective/cpus");
  refuses(R"({"schema": "palier.machine/1", "tools": []})", "/tools");
}
