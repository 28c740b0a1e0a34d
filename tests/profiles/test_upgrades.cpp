#include "profiles/estimate.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

Advice estimated(const Machine& machine, const std::string& local = "yes", Lang lang = Lang::en) {
  static const Knowledge known = load_knowledge(DataPath(std::nullopt, embedded::data()));
  const Tree tree = built_in_tree();
  Advice advice = advise(tree, machine, needs({{"goal", "learn"}, {"local", local}}, lang));
  estimate(tree, known, machine, advice);
  return advice;
}

std::vector<std::string> parts(const Machine& machine) {
  std::vector<std::string> names;
  for (const Upgrade& each : estimated(machine).upgrades) names.push_back(each.name);
  return names;
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& t) { return t.find(part) != t.npos; });
}

std::string acceleration(const Machine& machine) {
  for (const StackItem& item : estimated(machine).stack) {
    if (item.role == "acceleration") return item.name;
  }
  return "";
}

Disk disk(const char* device) {
  return {.mount = "/", .device = device, .filesystem = "ext4", .size = 500 * GiB, .free = 100 * GiB, .kind = "ssd"};
}

}  // namespace

TEST_CASE("what is upgraded first follows from what is missing most") {
  Machine machine = with_memory(7.6);
  machine.disks = {disk("/dev/sda1")};
  CHECK(parts(machine) == std::vector<std::string>{"32 GB of memory", "GeForce RTX 3060 12 GiB", "NVMe SSD, 1 TB"});
  CHECK(parts(with_memory(23.5)) == std::vector<std::string>{"GeForce RTX 3060 12 GiB", "32 GB of memory"});
  CHECK(parts(with_gpu(15.5, 12 * GiB)) == std::vector<std::string>{"32 GB of memory"});
  Machine complete = with_gpu(31, 12 * GiB);
  complete.disks = {disk("/dev/nvme0n1p2")};
  CHECK(parts(complete).empty());
}

TEST_CASE("nothing is upgraded in a machine that is not one's own") {
  for (const auto& set : std::initializer_list<void (*)(Machine&)>{
           [](Machine& m) { m.platform.container = "docker"; }, [](Machine& m) { m.platform.virtualization = "kvm"; },
           [](Machine& m) { m.platform.cloud = "aws"; }, [](Machine& m) { m.platform.notebook = "colab"; },
           [](Machine& m) { m.platform.kind = "jetson"; }, [](Machine& m) { m.platform.scheduler = "slurm"; },
           [](Machine& m) { m.platform.chassis = "server"; }, [](Machine& m) { m.cpu.architecture = "riscv64"; }}) {
    Machine machine = with_memory(10);
    set(machine);
    CHECK(parts(machine).empty());
  }
  CHECK(estimated(with_memory(10), "no").upgrades.empty());
}

TEST_CASE("no card is sold to a laptop, nor to a machine whose own only needs a permission") {
  Machine laptop = with_gpu(31, 6 * GiB);
  CHECK(parts(laptop) == std::vector<std::string>{"GeForce RTX 3060 12 GiB"});
  laptop.gpus[0].name = "NVIDIA GeForce RTX 3060 Laptop GPU";
  CHECK(parts(laptop).empty());
  Machine thin = with_memory(31);
  thin.platform.chassis = "laptop";
  CHECK(parts(thin).empty());

  Machine shut = with_gpu(31, 16 * GiB);
  shut.gpus[0].usable = false;
  shut.gpus[0].why_not = "no permission";
  CHECK(parts(shut).empty());
  CHECK(holds(estimated(shut).risks, "mending that costs nothing"));
}

TEST_CASE("a card alone is offered to who has a PC to put it in") {
  const auto card = [](const Machine& machine) {
    const Advice advice = estimated(machine);
    const auto& options = advice.costs->options;
    const auto sold = [](const CostOption& o) { return o.kind == "buy" && !o.id.ends_with("-pc"); };
    const auto whole = [](const CostOption& o) { return o.id.ends_with("-pc"); };
    CHECK(std::any_of(options.begin(), options.end(), whole));
    return std::any_of(options.begin(), options.end(), sold);
  };
  CHECK(card(with_memory(16)));
  for (const auto& set : std::initializer_list<void (*)(Machine&)>{
           [](Machine& m) { m.platform.container = "docker"; }, [](Machine& m) { m.platform.cloud = "azure"; },
           [](Machine& m) { m.platform.chassis = "laptop"; }, [](Machine& m) { m.platform.kind = "jetson"; },
           [](Machine& m) { m.platform.scheduler = "kubernetes"; }}) {
    Machine machine = with_memory(16);
    set(machine);
    CHECK_FALSE(card(machine));
  }
}

TEST_CASE("the stack names the acceleration of this machine") {
  CHECK(acceleration(with_gpu(32, 12 * GiB)) == "CUDA (NVIDIA)");
  Machine amd = with_gpu(32, 24 * GiB);
  amd.gpus[0].vendor = "amd";
  amd.gpus[0].name = "Radeon RX 7900 XTX";
  CHECK(acceleration(amd) == "ROCm (AMD)");
  CHECK(acceleration(with_memory(32)) == "CPU only");
  Machine intel = with_gpu(32, 12 * GiB);
  intel.gpus[0].vendor = "intel";
  intel.gpus[0].name = "Arc B580";
  CHECK(acceleration(intel) == "XPU (Intel)");
  Machine unusable = with_gpu(32, 12 * GiB);
  unusable.gpus[0].usable = false;
  CHECK(acceleration(unusable) == "CPU only");
}

TEST_CASE("a GPU that PyTorch has left behind is a risk") {
  Machine machine = with_gpu(32, 16 * GiB);
  machine.gpus[0].name = "Tesla P100-PCIE-16GB";
  CHECK(holds(estimated(machine).risks, "compute capability 6.0, today's PyTorch needs 7.5"));
  machine.gpus[0].compute_capability = "8.6";  // what the driver says wins over the table
  CHECK_FALSE(holds(estimated(machine).risks, "compute capability"));
  CHECK_FALSE(holds(estimated(with_gpu(32, 12 * GiB)).risks, "compute capability"));
}

TEST_CASE("notebooks' risks come from the platforms' data") {
  for (const Lang lang : {Lang::en, Lang::fr}) {
    const std::vector<std::string> risks = estimated(with_memory(4), "no", lang).risks;
    CHECK(holds(risks, "Google Colab 12 h"));
    CHECK(holds(risks, "SageMaker Studio Lab 4 h"));
    CHECK_FALSE(holds(risks, "Tesla T4"));
  }
  Knowledge known = load_knowledge(DataPath(std::nullopt, embedded::data()));
  for (Workplace& platform : known.platforms) {
    if (platform.id == "kaggle") platform.gpus.push_back({"p100-16gb", 1});
  }
  Advice advice = advise(built_in_tree(), with_memory(4), needs({{"goal", "learn"}}));
  estimate(built_in_tree(), known, with_memory(4), advice);
  CHECK(holds(advice.risks, "not the Tesla P100, its PyTorch has no kernels for it"));
}
