#include "profiles/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "profiles/cost_options.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// What the machine at hand is made like, and how many of it: its chassis where that is known.
std::pair<const char*, double> made_here(const Machine& machine) {
  const Platform& platform = machine.platform;
  const auto cards = std::ranges::count_if(
      machine.gpus, [](const Gpu& gpu) { return gpu.usable && gpu.kind != "integrated" && !gpu.unified; });
  if (platform.kind == "jetson") return {"jetson", 1};
  if (platform.cloud || (platform.virtualization && platform.kind != "wsl")) {
    return {cards > 0 ? "cloud-gpu" : "cloud-cpu", std::max<double>(1, static_cast<double>(cards))};
  }
  const bool server = platform.chassis == "server" || cards > 3;
  if (server) return {cards > 0 ? "cloud-gpu" : "server", std::max<double>(1, static_cast<double>(cards))};
  if (is_laptop(machine)) return {"laptop", 1};
  return {platform.chassis == "desktop" || cards > 0 ? "desktop" : "laptop", 1};
}

std::pair<const char*, double> made_like(const CostOption& option, const Case& about) {
  if (option.platform == "this-machine") return made_here(about.machine);
  if (option.kind == "jetson") return {"jetson", 1};
  if (option.platform == "buy") return {option.id.ends_with("-pc") ? "desktop" : "gpu", 1};
  return {option.gpu.empty() ? "cloud-cpu" : "cloud-gpu", std::max(1, option.count)};
}

// Row of carbon.yaml's providers.
std::string operator_of(const CostOption& option, const Case& about) {
  if (const Workplace* platform = find_platform(about.knowledge.platforms, option.platform)) {
    return platform->operated_by;
  }
  const std::optional<std::string>& cloud = about.machine.platform.cloud;
  if (!cloud || option.platform != "this-machine") return "home";
  return *cloud == "gcp" ? "google" : *cloud == "aws" || *cloud == "azure" ? *cloud : "other";
}

// How the watts were reckoned, and from what: docs/footprint.md.
class Watts {
 public:
  Watts(const Case& about, Site& site) : about_(about), site_(site) {}

  void machine() {
    const double threads = about_.machine.cpu.pus.value_or(4);
    const auto memory = static_cast<double>(about_.machine.memory.total.value_or(Bytes{8} << 30)) / 1e9;
    const std::string each = model("cpu-thread");
    const std::string gigabyte = model("memory");
    site_.method = say(about_.lang, "{} threads x {} W + {} GB x {} W", "{} threads x {} W + {} Go x {} W",
                       number(threads), each, rough_text(memory, about_.lang), gigabyte);
    const Gpu* gpu = best_gpu(about_.machine);
    const GpuModel* known = gpu == nullptr ? nullptr : find_gpu(about_.knowledge.gpus, *gpu);
    if (gpu == nullptr) return;
    add_gpu(known != nullptr
                ? known->provenance
                : about_.knowledge.carbon.model(gpu->unified ? "integrated-power" : "gpu-power").provenance);
  }
  void jetson(const JetsonModule& module) {
    site_.method = say(about_.lang, "power mode {} W x {}", "mode de puissance {} W x {}", number(module.most_power()),
                       model("gpu-load"));
    site_.from.push_back(module.provenance);
  }
  void pc(const GpuModel& gpu) {
    const Hardware& pc = about_.knowledge.assumptions.thing("pc");
    site_.method = say(about_.lang, "PC {} W", "PC {} W", number(site_.draw.host.central));
    site_.from.push_back(pc.provenance);
    add_gpu(gpu.provenance);
  }
  void cloud(const GpuModel* gpu) {
    site_.method = say(about_.lang, "its share of the host {} W", "sa part de l’hôte {} W", model("cloud-host"));
    if (gpu != nullptr) add_gpu(gpu->provenance);
  }
  void hours() {
    if (site_.gpus > 1) site_.method = fmt::format("{} x ({})", number(site_.gpus), site_.method);
    if (site_.busy.central >= 1) return;
    const Parameter& busy = about_.knowledge.assumptions.busy;
    site_.from.push_back(busy.provenance);
    site_.method += say(about_.lang, ", {} % of the time; waiting {} W", ", {} % du temps ; en attente {} W",
                        number(busy.value.central * 100),
                        number((site_.draw.host_waiting + site_.draw.gpu_waiting).central * site_.gpus));
  }

 private:
  std::string number(double value) const { return number_text(value, about_.lang); }
  std::string model(const char* id) {
    const Parameter& parameter = about_.knowledge.carbon.model(id);
    site_.from.push_back(parameter.provenance);
    return number(parameter.value.central);
  }
  void add_gpu(const Provenance& power) {
    const double load = about_.knowledge.carbon.model("gpu-load").value.central;
    site_.method += fmt::format(" + GPU {} W x ", number(site_.draw.gpu.central / load));
    site_.from.push_back(power);
    site_.method += model("gpu-load");
  }

  const Case& about_;
  Site& site_;
};

void tell_watts(const CostOption& option, const Case& about, Site& site) {
  const Knowledge& known = about.knowledge;
  Watts watts(about, site);
  const JetsonModule* here = option.platform == "this-machine" ? jetson_of(about.machine, known.jetsons) : nullptr;
  const GpuModel* gpu = option.gpu.empty() ? nullptr : &row_of(known.gpus, option.gpu, "gpus.yaml");
  if (here != nullptr) {
    watts.jetson(*here);
  } else if (option.platform == "this-machine") {
    watts.machine();
  } else if (option.kind == "jetson") {
    watts.jetson(row_of(known.jetsons, option.id.substr(4), "jetson.yaml"));
  } else if (option.platform == "buy") {
    watts.pc(*gpu);
  } else {
    watts.cloud(gpu);
  }
  watts.hours();
}

Draw draw_of(const CostOption& option, const Case& about) {
  const Knowledge& known = about.knowledge;
  if (option.platform == "this-machine") return machine_draw(about.machine, known);
  if (option.kind == "jetson") return jetson_draw(row_of(known.jetsons, option.id.substr(4), "jetson.yaml"), known);
  const GpuModel* gpu = option.gpu.empty() ? nullptr : &row_of(known.gpus, option.gpu, "gpus.yaml");
  return option.platform == "buy" ? pc_draw(*gpu, known) : cloud_draw(gpu, known);
}

}  // namespace

Site site_of(const CostOption& option, const Case& about) {
  const Knowledge& known = about.knowledge;
  Site site;
  site.option = &option;
  site.overhead = &known.carbon.provider(operator_of(option, about));
  site.own = option.kind == "buy" || option.kind == "jetson" || (option.kind == "own" && !about.machine.platform.cloud);
  site.gpus = std::max(1, option.count);
  const auto [row, count] = made_like(option, about);
  site.embodied = &known.carbon.made(row);
  site.made = count;
  site.draw = draw_of(option, about);
  site.busy = busy_of(about);
  tell_watts(option, about, site);
  return site;
}

}  // namespace palier
