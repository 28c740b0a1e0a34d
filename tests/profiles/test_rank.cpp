#include "profiles/fit/rank.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

DataPath data() { return {std::nullopt, embedded::data()}; }
const std::vector<KnownModel>& catalogue() {
  static const std::vector<KnownModel> models = read_models(Sheet::load(data(), model_format()));
  return models;
}
const EngineFacts& facts() {
  static const EngineFacts read = read_engines(Sheet::load(data(), engine_format()));
  return read;
}

FitTarget laptop(double gib) {
  FitTarget target;
  target.host = {.name = "memory", .total = static_cast<Bytes>(gib * GiB), .free = static_cast<Bytes>(gib * GiB)};
  target.host.bandwidth = Range::exactly(40e9);
  target.host.flops = Range::exactly(0.5e12);
  return target;
}

std::string row(const std::string& change = "", const std::string& instead = "") {
  std::string text =
      "schema: palier.models/1\nupdated: 2026-11-20\nsources:\n  s: {text: t, date: 2026-01-02, confidence: "
      "reported}\nmodels:\n"
      "  a: {text: A, tasks: [chat], released: 2025-01-01, licence: MIT, parameters: 8030261248, active: 8030261248, "
      "layers: 32,"
      " hidden: 4096, heads: 32, kv_heads: 8, head_dim: 128, feed_forward: 14336, vocabulary: 128256, tied: false,"
      " context: 8192, attention: full, source: s}\n";
  if (!change.empty()) text.replace(text.find(change), change.size(), instead);
  return text;
}

std::string error_in(const std::string& change, const std::string& instead) {
  return error_of([&] { read_models(Sheet::parse(row(change, instead), "m.yaml", model_format())); });
}

}  // namespace

TEST_CASE("what is ranked fits, and the best comes first") {
  const FitTarget target = laptop(16);
  const Fitter fitter(target, facts());
  const std::vector<Ranked> ranked = rank(catalogue(), "chat", {}, fitter);
  REQUIRE(ranked.size() > 10);
  for (std::size_t i = 1; i < ranked.size(); ++i) CHECK(ranked[i - 1].score >= ranked[i].score);
  for (const Ranked& each : ranked) CHECK(each.memory < 16.0 * GiB);
  const FitTarget none = laptop(0.1);
  CHECK(rank(catalogue(), "chat", {}, Fitter(none, facts())).empty());
}

TEST_CASE("every task of the catalogue has a model for a small machine") {
  const FitTarget target = laptop(16);
  for (const char* task : {"chat", "code", "vision", "embeddings"}) {
    INFO(task);
    CHECK_FALSE(rank(catalogue(), task, {}, Fitter(target, facts())).empty());
  }
}

TEST_CASE("upgrades cost no more than there is, and lift") {
  const FitTarget target = laptop(32);
  const std::vector<GpuModel> gpus = read_gpus(Sheet::load(data(), gpu_format()));
  const std::vector<FitUpgrade> upgrades = upgrades_for(catalogue(), "chat", {}, Fitter(target, facts()), gpus, 600);
  REQUIRE_FALSE(upgrades.empty());
  for (const FitUpgrade& each : upgrades) {
    CHECK(each.price.central <= 600);
    CHECK(each.lift > 0);
  }
  CHECK(upgrades_for(catalogue(), "chat", {}, Fitter(target, facts()), gpus, 10).empty());
}

TEST_CASE("a catalogue's row that cannot be right is refused with its place") {
  CHECK(read_models(Sheet::parse(row(), "m.yaml", model_format())).size() == 1);
  const auto refuses = [](const std::string& change, const std::string& instead, const std::string& reason) {
    const std::string error = error_in(change, instead);
    INFO(instead << "\n" << error);
    CHECK(error.find(reason) != std::string::npos);
    CHECK(error.find("m.yaml:6:") != std::string::npos);
  };
  refuses("layers: 32", "layers: 40", "its geometry makes");
  refuses("hidden: 4096", "hidden: 0", "0 cannot be right");
  refuses("layers: 32", "layers: 99999", "cannot be right");
  refuses("kv_heads: 8", "kv_heads: 64", "more heads for keys");
  refuses("attention: full", "attention: fool", "no attention 'fool'");
  refuses("attention: full", "attention: {kind: sliding, full_every: 2}", "window");
  refuses("tasks: [chat]", "tasks: [chatt]", "did you mean 'chat'?");
  refuses("released: 2025-01-01", "released: soon", "no day");
  refuses("context: 8192", "contxt: 8192", "context");
  refuses("source: s}", "experts: {total: 8, active: 9, feed_forward: 100}, source: s}", "more experts are active");
}
