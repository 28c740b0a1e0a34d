#include "profiles/estimate.hpp"
#include "profiles/power.hpp"
#include "profiles/when.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

const Knowledge& knowledge() {
  static const Knowledge known = load_knowledge(DataPath(std::nullopt, embedded::data()));
  return known;
}

Footprint footprint(const Machine& machine, std::map<std::string, std::string> answers, const Usage& usage) {
  const Tree tree = built_in_tree();
  Needs wanted = needs(std::move(answers));
  wanted.usage = usage;
  Advice advice = advise(tree, machine, wanted);
  estimate(tree, knowledge(), machine, advice);
  return advice.footprint.value();
}

Usage in(const std::string& region, double hours) {
  Usage usage;
  usage.region = region;
  usage.hours = hours;
  return usage;
}

Machine eight_threads() {
  Machine machine = with_memory(16);
  machine.cpu.pus = 8;
  return machine;
}

const Improvement* improvement(const Footprint& footprint, const std::string& part) {
  for (const Improvement& each : footprint.improvements) {
    if (each.action.find(part) != std::string::npos) return &each;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("energy is hours times watts times overhead, carbon is energy times intensity") {
  const Footprint print = footprint(eight_threads(), {{"goal", "learn"}, {"local", "yes"}}, in("FR", 100));
  const double watts = 8 * 2 + 0.375 * 16.0 * GiB / 1e9;
  CHECK(print.option == "this-machine");
  CHECK(print.watts.value.central == Approx(watts));
  CHECK(print.watts.method == "8 threads x 2 W + 17 GB x 0.375 W");
  CHECK(print.watts.source.find("CodeCarbon") != std::string::npos);
  CHECK(print.energy.value.central == Approx(watts * 100 / 1000));
  CHECK(print.scope2.value.central == Approx(print.energy.value.central * 0.056));
  CHECK(print.scope2.value.low == Approx(print.energy.value.low * 0.0442));
  CHECK(print.scope2.year == 2023);
  CHECK(print.scope3.value.central == Approx(220.0 * 100 / 39420));
  for (const Figure* each : {&print.watts, &print.energy, &print.scope2, &print.scope3, &print.energy_per_thousand,
                             &print.kg_per_thousand}) {
    CHECK(each->value.low < each->value.central);
    CHECK(each->value.central < each->value.high);
    CHECK_FALSE(each->method.empty());
    CHECK_FALSE(each->source.empty());
    CHECK(each->year > 2000);
  }
}

TEST_CASE("requests that were stated share the month, others are modelled") {
  Usage usage = in("FR", 100);
  usage.requests = 50000;
  const Footprint print = footprint(eight_threads(), {{"goal", "learn"}, {"local", "yes"}}, usage);
  CHECK(print.energy_per_thousand.value.central == Approx(print.energy.value.central / 50));
  CHECK(print.kg_per_thousand.value.central == Approx((print.scope2.value.central + print.scope3.value.central) / 50));

  // EcoLogits by hand: 400 tokens, 8 billion parameters, 16 at once.
  const double gpu = 400 * (1.1665e-6 * std::exp(-0.011206 * 16) * 8 + 4.0529e-5) / 1000;
  const double server = 400 * (6.785e-4 * 8 + 3.119e-4 * 16 + 0.019474) / 3600 * 1.2 / 8 / 16;
  const Footprint modelled = footprint(eight_threads(), {{"goal", "learn"}, {"local", "yes"}}, in("FR", 100));
  CHECK(modelled.energy_per_thousand.value.central == Approx((gpu + server) * 1000));
}

TEST_CASE("the region decides, and whose scope it is follows the owner") {
  const Footprint french = footprint(eight_threads(), {{"goal", "ship"}, {"ops", "small"}}, in("FR", 730));
  const Footprint polish = footprint(eight_threads(), {{"goal", "ship"}, {"ops", "small"}}, in("PL", 730));
  CHECK(polish.scope2.value.central / french.scope2.value.central == Approx(661.9 / 56));
  CHECK(polish.note.find("provider's scope 2") != std::string::npos);
  CHECK(improvement(polish, "region") != nullptr);
  CHECK(improvement(polish, "Scale to zero") != nullptr);
  CHECK(improvement(polish, "hour") == nullptr);  // a service cannot wait for the night
  const Footprint own = footprint(eight_threads(), {{"goal", "learn"}, {"local", "yes"}}, in("FR", 100));
  CHECK(own.note.find("your electricity") != std::string::npos);
  CHECK(improvement(own, "region") == nullptr);
  REQUIRE(improvement(own, "two years") != nullptr);
  CHECK(improvement(own, "two years")->kg.central == Approx(own.scope3.value.central * 17520 / (39420 + 17520)));
  CHECK(improvement(own, "Cap the GPU") == nullptr);  // there is none
  CHECK(improvement(own, "Cache") == nullptr);        // nobody asks it anything
  REQUIRE(improvement(polish, "Cache") != nullptr);
  CHECK(improvement(polish, "Cache")->impact.find("literature") != std::string::npos);
  CHECK(improvement(polish, "two years") == nullptr);  // the hardware is the provider's
  CHECK(improvement(polish, "(Norway)") != nullptr);   // the cleanest where Azure has a region
}

namespace {
std::string made_of(const Machine& machine) {
  return footprint(machine, {{"goal", "learn"}, {"local", "yes"}}, in("FR", 100)).scope3.method;
}
}  // namespace

TEST_CASE("what made the hardware emit follows from what the machine is") {
  Machine machine = with_gpu(32, 12 * GiB);
  CHECK(made_of(machine).find("desktop PC") != std::string::npos);
  machine.platform.chassis = "laptop";
  CHECK(made_of(machine).find("laptop") != std::string::npos);
  machine.platform.chassis.reset();
  machine.gpus[0].name = "NVIDIA GeForce RTX 3060 Laptop GPU";
  CHECK(made_of(machine).find("laptop") != std::string::npos);
  Machine guest = with_memory(16);
  guest.platform.virtualization = "kvm";
  CHECK(made_of(guest).find("75 kg x 100 h of 30660 h (a share of a cloud server)") != std::string::npos);
  Machine eight = with_gpu(512, 80 * GiB);
  eight.gpus[0].name = "NVIDIA H100 80GB HBM3";
  eight.gpus.resize(8, eight.gpus[0]);
  CHECK(made_of(eight).find("7008 kg") != std::string::npos);
  const Footprint data = footprint(with_memory(16), {{"goal", "scale"}, {"data", "large"}}, {});
  CHECK(data.scope3.method.find("a share of a cloud server") != std::string::npos);
}

TEST_CASE("a GPU that is part of the processor draws too, and the cards of a machine all do") {
  Machine halo = with_gpu(64, 48 * GiB);
  halo.gpus[0].name = "Radeon 8060S";
  halo.gpus[0].vendor = "amd";
  halo.gpus[0].unified = true;
  CHECK(machine_draw(halo, knowledge()).gpu.central == Approx(0.6 * 45));
  Machine two = with_gpu(64, 12 * GiB);
  const double one = machine_draw(two, knowledge()).gpu.central;
  two.gpus.push_back(two.gpus[0]);
  CHECK(machine_draw(two, knowledge()).gpu.central == Approx(2 * one));
}

// RTX 4060 Ti (165 W) in a PC (120 W at work, 60 W idle) that works 30 % of 730 h:
//   0.3 x (120 + 0.6 x 165) + 0.7 x (60 + 0.12 x 165) = 121.56 W, 88.74 kWh a month
//   the model unloaded when idle: 0.7 x 19.8 = 13.86 W less, 11.4 %
TEST_CASE("costs and footprint count the same energy for a PC, and unloading a model saves its GPU alone") {
  const Tree tree = built_in_tree();
  Knowledge known = knowledge();
  std::erase_if(known.offers, [](const Offer&) { return true; });
  Advice advice = advise(tree, with_memory(16), needs({{"goal", "ship"}, {"ops", "dedicated"}}));
  estimate(tree, known, with_memory(16), advice);
  const CostOption& pc = advice.costs->options.front();
  REQUIRE(pc.id == "buy/rtx-4060-ti-16gb-pc");
  CHECK(pc.per_hour.central == Approx(0.12156 * 0.16));
  REQUIRE(advice.footprint);
  CHECK(advice.footprint->energy.value.central == Approx(88.74).epsilon(1e-3));
  const Improvement* unload = improvement(*advice.footprint, "Unload");
  REQUIRE(unload != nullptr);
  CHECK(unload->kg.central == Approx(advice.footprint->scope2.value.central * 13.86 / 121.56));
}

TEST_CASE("a company's footprint is of what its leaf names") {
  const Footprint cluster = footprint(with_memory(16), {{"goal", "ship"}, {"ops", "dedicated"}}, {});
  CHECK(cluster.option == "aks/nc4as-t4-v3");
  CHECK(improvement(cluster, "Unload") == nullptr);
}

TEST_CASE("improvements come with the largest first and never exceed the whole") {
  for (const char* region : {"FR", "DE", "PL", ""}) {
    const Footprint print = footprint(with_gpu(32, 12 * GiB), {{"goal", "learn"}, {"local", "yes"}}, in(region, 200));
    double last = 1e9;
    for (const Improvement& each : print.improvements) {
      CHECK(each.kg.central <= last);
      CHECK(each.kg.central > 0);
      CHECK(each.share.central < 1);
      last = each.kg.central;
    }
    CHECK(improvement(print, "Cap the GPU") != nullptr);
  }
}

TEST_CASE("the best start is the least mean of a day that turns over") {
  Grid grid{.id = "XX", .name = {"X", ""}, .intensity = Range::exactly(100), .year = 2023, .day = {}, .provenance = {}};
  std::array<double, 24> day{};
  day.fill(1);
  day[23] = 0.4;
  day[0] = 0.2;
  day[12] = 2.4;
  grid.day = day;
  const StartTime two = start_time(grid, 2);
  CHECK(two.best == 23);
  CHECK(two.mean[23] == Approx(30));
  CHECK(start_time(grid, 1).best == 0);
  CHECK(render(start_time(grid, 1), Lang::en, {}).find("is modelled") != std::string::npos);
  grid.measured = true;
  CHECK(render(start_time(grid, 1), Lang::en, {}).find("was measured") != std::string::npos);
  CHECK(to_document(start_time(grid, 1))["day_is"] == "measured");
  CHECK(start_time(grid, 1).worst == 12);
  CHECK(start_time(grid, 1.5).mean[23] == Approx((0.4 + 0.2 * 0.5) / 1.5 * 100));
  CHECK(start_time(grid, 24).mean[5] == Approx(100));
  CHECK(error_of([&] { start_time(grid, 25); }).find("24 hours") != std::string::npos);
  CHECK(error_of([&] { start_time(grid, 0); }).find("24 hours") != std::string::npos);
  grid.day.reset();
  CHECK(error_of([&] { start_time(grid, 1); }).find("no 'day'") != std::string::npos);
}
