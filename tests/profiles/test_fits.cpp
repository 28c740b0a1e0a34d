#include <algorithm>

#include "base/document.hpp"
#include "profiles/estimate.hpp"
#include "profiles/fit/advised.hpp"
#include "profiles/suppose.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

const DataPath& data() {
  static const DataPath built_in(std::nullopt, embedded::data());
  return built_in;
}

Machine with_card(const std::string& gpu, int count = 1) {
  Machine machine = with_memory(64);
  Supposition what;
  for (int i = 0; i < count; ++i) what.with.push_back("gpu=" + gpu);
  return suppose(std::move(machine), what, read_gpus(Sheet::load(data(), gpu_format())));
}

Advice advice_for(const Machine& machine, const Usage& usage = {}) {
  Needs needs;
  needs.answers = {{"goal", "ship"}, {"ops", "dedicated"}};
  needs.usage = usage;
  return full_advice(load_tree(data()), data(), machine, needs);
}

}  // namespace

TEST_CASE("an advice to serve carries the first model of its leaf that fits") {
  const Advice large = advice_for(with_card("RTX 3090"));
  REQUIRE(large.fits.size() == 2);
  CHECK(large.fits[0].engine == "vllm");
  CHECK(large.fits[0].model == "qwen2.5-7b");
  CHECK(large.fits[0].fits);
  CHECK(large.fits[0].gpus == 1);
  const Advice small = advice_for(with_card("RTX 3060 8GB"));
  CHECK(small.fits[0].model == "qwen2.5-1.5b");
  CHECK(small.fits[1].engine == "llama.cpp");
  CHECK(small.fits[1].gpus == 0);  // the files run it on processors
  CHECK(small.fits[1].type == "Q4_K_M");
  CHECK(advice_for(with_memory(16)).fits.size() == 1);
}

TEST_CASE("what the engine is given has room in what it is allowed to take") {
  const Fit fit = advice_for(with_card("RTX 3090")).fits[0];
  const double needed = static_cast<double>(fit.weights + fit.cache + fit.compute + fit.overhead);
  REQUIRE(fit.gpu_memory_utilization);
  CHECK(*fit.gpu_memory_utilization <= 0.95);
  CHECK(fit.sequences == fit.most_sequences);
  CHECK(fit.sequences < 64);
  CHECK(fit.cache / fit.sequences / fit.context == 28 * 2 * 4 * 128 * 2);
  CHECK(needed < static_cast<double>(*fit.gpu_total) * 1.3);  // a part of the overhead is the processor's
}

TEST_CASE("a named model takes the place of the leaf's, with as few GPUs as it fits on") {
  Usage usage;
  usage.model = "qwen3-32b";
  usage.context = 4096;
  usage.users = 2;
  const Advice advice = advice_for(with_card("RTX 3090", 4), usage);
  REQUIRE(advice.fits.size() == 2);
  CHECK(advice.fits[0].engine == "llama.cpp");
  const Fit& vllm = advice.fits[1];
  CHECK(vllm.type == "FP8");
  CHECK(vllm.gpus == 2);
  CHECK(vllm.context == 4096);
  CHECK(vllm.sequences == 2);
  CHECK(vllm.repository == "Qwen/Qwen3-32B");
  const Json document = Json(advice);
  CHECK(to_text(Json(advice_from(document, "again"))) == to_text(document));
}

TEST_CASE("a model that has no room is said to have none, and what is missing") {
  Usage usage;
  usage.model = "qwen3-235b-a22b-2507";
  const Advice advice = advice_for(with_memory(16), usage);
  REQUIRE(advice.fits.size() == 1);
  CHECK_FALSE(advice.fits[0].fits);
  CHECK(advice.fits[0].margin < 0);
  CHECK(advice.fits[0].command.empty());
  usage.model = "qwen-3000";
  CHECK(error_of([&] { advice_for(with_memory(16), usage); }).find("there is no model") != std::string::npos);
}

TEST_CASE("an advice that serves nothing reads no models") {
  Needs needs;
  needs.answers = {{"goal", "learn"}, {"local", "yes"}};
  CHECK(full_advice(load_tree(data()), data(), with_memory(16), needs).fits.empty());
}

TEST_CASE("a chip that shares its memory is supposed with it, unless another memory is said") {
  const Machine spark = with_card("GB10");
  REQUIRE(spark.gpus.size() == 1);
  CHECK(spark.gpus[0].unified);
  CHECK(spark.memory.total == spark.gpus[0].memory_total);
  const auto models = read_gpus(Sheet::load(data(), gpu_format()));
  const Supposition less{.with = {"memory=64GiB", "gpu=GB10"}, .without = {}};
  CHECK(suppose(with_memory(16), less, models).memory.total == Bytes{64} << 30);
}

TEST_CASE("several GPUs are supposed however their number is written") {
  for (const char* eight : {"8x H100", "8xH100", "8 x H100", "8\u00d7H100"}) {
    CHECK(with_card(eight).gpus.size() == 8);
  }
  for (const char* wrong : {"0x H100", "65xH100", "99999999999999999999x H100"}) {
    CHECK(error_of([&] { with_card(wrong); }).find("not from 1 to 64") != std::string::npos);
  }
}

TEST_CASE("a fit says how fast, and what was measured takes the place of what is usual") {
  Needs needs;
  needs.answers = {{"goal", "learn"}};
  needs.usage.model = "qwen3-8b";
  const auto speed = [&](const MeasuredReport* report) {
    const Advice advice = full_advice(load_tree(data()), data(), with_memory(64), needs, report);
    REQUIRE(advice.fits.size() == 1);
    REQUIRE(advice.fits[0].speed);
    const Fit read = Json(advice.fits[0]).get<Fit>();
    CHECK(read.speed->basis == advice.fits[0].speed->basis);
    CHECK(read.speed->all.high == Approx(advice.fits[0].speed->all.high).epsilon(0.01));
    return *advice.fits[0].speed;
  };
  const auto measured = [](double bandwidth) {
    Json document = read_document(std::string(PALIER_TESTS) + "/reports/before.json");
    for (Json& one : document.at("benchmarks")) {
      if (one.at("unit") == "B/s") one["median"] = bandwidth;
    }
    return MeasuredReport{document, "r.json"};
  };
  const MeasuredReport slow = measured(20e9), fast = measured(40e9);
  CHECK(speed(nullptr).basis.find("supposed") == 0);
  CHECK(speed(&slow).basis == "measured (r.json)");
  CHECK(speed(&fast).one.central > 1.2 * speed(&slow).one.central);
  CHECK(speed(&slow).one.low <= speed(&slow).one.central);
  CHECK(speed(&slow).all.central >= speed(&slow).one.central);
  needs.usage.model = "llama-3.3-70b";
  CHECK_FALSE(full_advice(load_tree(data()), data(), with_memory(16), needs, &slow).fits[0].speed);
}
