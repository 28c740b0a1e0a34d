#include "profiles/facts.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {
FactValue fact(const Machine& machine, const std::string& name) { return facts_of(machine, {}).at(name); }
}  // namespace

TEST_CASE("memory is the binding limit, or the total where no limit is known") {
  CHECK(fact(limited(256, 4), "memory").value == Approx(4.0 * GiB));
  Machine machine = with_memory(8);
  machine.effective.memory.reset();
  CHECK(fact(machine, "memory").value == Approx(8.0 * GiB));
  CHECK_FALSE(fact(Machine(), "memory").value);
  CHECK(fact(Machine(), "memory").shown.en == "an unknown amount of memory");
}

TEST_CASE("the largest usable GPU counts") {
  CHECK(fact(Machine(), "gpu_memory").value == 0.0);
  Machine machine = with_gpu(16, 8 * GiB);
  Gpu second = machine.gpus[0];
  second.name = "NVIDIA L4";
  second.memory_total = 23034 * (Bytes{1} << 20);
  machine.gpus.push_back(second);
  CHECK(fact(machine, "gpu_memory").shown.en == "GPU NVIDIA L4 (22.5 GiB)");
  machine.gpus[1].usable = false;
  CHECK(fact(machine, "gpu_memory").shown.en == "GPU NVIDIA GeForce RTX 3060 (8 GiB)");
  machine.gpus[0].usable = false;
  machine.gpus[0].why_not = "driver missing";
  CHECK(fact(machine, "gpu_memory").value == 0.0);
  CHECK(fact(machine, "gpu_memory").shown.en == "no usable GPU: NVIDIA GeForce RTX 3060 (driver missing)");
}

TEST_CASE("a GPU that shares the system's memory has what the limit leaves") {
  Machine jetson = limited(7.4, 6);
  jetson.gpus.push_back({});
  jetson.gpus[0].vendor = "nvidia";
  jetson.gpus[0].unified = true;
  jetson.gpus[0].usable = true;
  CHECK(fact(jetson, "gpu_memory").value == Approx(6.0 * GiB));
  jetson.gpus[0].unified = false;
  CHECK_FALSE(fact(jetson, "gpu_memory").value);
}

TEST_CASE("a card counts before the GPU that is part of the processor, whatever that may take") {
  Machine machine = limited(64, 64);
  machine.gpus = {{}, {}};
  machine.gpus[0].kind = "integrated";
  machine.gpus[0].memory_total = 32 * GiB;
  machine.gpus[1].kind = "discrete";
  machine.gpus[1].memory_total = 24 * GiB;
  for (Gpu& gpu : machine.gpus) gpu.usable = true;
  CHECK(fact(machine, "gpu_memory").value == Approx(24.0 * GiB));
  machine.gpus[1].usable = false;
  CHECK(fact(machine, "gpu_memory").value == Approx(32.0 * GiB));
  machine.gpus[0] = {};
  machine.gpus[0].vendor = "intel";
  machine.gpus[0].unified = machine.gpus[0].usable = true;
  CHECK_FALSE(fact(machine, "gpu_memory").value);
}

TEST_CASE("processors and disks") {
  Machine machine;
  CHECK_FALSE(fact(machine, "cpus").value);
  machine.cpu.pus = 16;
  CHECK(fact(machine, "cpus").value == 16.0);
  machine.effective.cpus = 1.5;
  machine.effective.bound_by.cpus = "cgroup quota /x";
  CHECK(fact(machine, "cpus").value == 1.5);
  CHECK(fact(machine, "cpus").shown.fr == "1,5 processeurs");
  CHECK(fact(machine, "cpus").source == "cgroup quota /x");
  CHECK_FALSE(fact(machine, "free_disk").value);
  machine.disks = {{"/", "/dev/vda1", "ext4", 100 * GiB, 10 * GiB},
                   {"/data", "/dev/vdb", "xfs", {}, 50 * GiB},
                   {"/x", "/dev/vdc", "xfs", {}, {}}};
  CHECK(fact(machine, "free_disk").value == Approx(50.0 * GiB));
  CHECK(fact(machine, "free_disk").source == "/data");
}

TEST_CASE("amounts are written as the language writes them") {
  CHECK(format_amount(7.5 * GiB, FactUnit::bytes, Lang::en) == "7.5 GiB");
  CHECK(format_amount(7.5 * GiB, FactUnit::bytes, Lang::fr) == "7,5 Gio");
  CHECK(format_amount(0, FactUnit::bytes, Lang::fr) == "0 o");
}

TEST_CASE("whether the GPU is short of what is asked follows from what the machine shows") {
  Usage wanted;
  const auto is_short = [&](const Machine& machine) { return facts_of(machine, wanted).at("gpu_short").value; };
  CHECK(is_short(with_memory(16)) == 0);
  wanted.vram = 12.0 * GiB;
  CHECK(is_short(with_memory(16)) == 1);
  CHECK(is_short(with_gpu(16, 12 * GiB)) == 0);
  CHECK(is_short(with_gpu(16, 15 * GiB)) == 0);
  wanted.vram = 16.0 * GiB;
  CHECK(is_short(with_gpu(16, 15 * GiB)) == 1);
  Machine unknown = with_gpu(16, 0);
  unknown.gpus[0].memory_total.reset();
  CHECK_FALSE(is_short(unknown));
}
