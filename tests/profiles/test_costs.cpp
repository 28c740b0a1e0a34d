#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/needs.hpp"
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

Advice estimated(const Machine& machine, std::map<std::string, std::string> answers, const Usage& usage = {},
                 Lang lang = Lang::en) {
  const Tree tree = built_in_tree();
  Needs wanted = needs(std::move(answers), lang);
  wanted.usage = usage;
  Advice advice = advise(tree, machine, wanted);
  estimate(tree, knowledge(), machine, advice);
  return advice;
}

const CostOption* option(const Advice& advice, const std::string& id) {
  for (const CostOption& each : advice.costs->options) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

bool missed(const Advice& advice, const std::string& name) {
  const auto& misses = advice.costs->misses;
  return std::any_of(misses.begin(), misses.end(), [&](const CostMiss& miss) { return miss.name == name; });
}

Usage usage(double hours, double vram_gib) {
  Usage said;
  said.hours = hours;
  said.vram = vram_gib * static_cast<double>(GiB);
  return said;
}

}  // namespace

TEST_CASE("renting costs its hours and its storage") {
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, usage(100, 24));
  const CostOption* rent = option(advice, "ec2/g6.xlarge");
  REQUIRE(rent != nullptr);
  // 100 h at 0.805 USD and 20 GB at 0.08; what leaves is within the free 100 GB.
  CHECK(rent->month.central == Approx(80.5 + 1.6));
  CHECK(rent->three_years.central == Approx(36 * (80.5 + 1.6)));
  CHECK(option(advice, "colab/t4") == nullptr);
  CHECK(missed(advice, "Google Colab"));
  CHECK(missed(advice, "this machine"));
}

TEST_CASE("buying costs its price less the resale, and electricity") {
  Usage said = usage(100, 12);
  said.region = "DE";
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, said);
  const CostOption* card = option(advice, "buy/rtx-3060-12gb-used");
  REQUIRE(card != nullptr);
  const double watts = 170 * 0.6 + 120;
  const double electricity = 100 * watts / 1000 * 0.3835 * 1.13;
  CHECK(card->upfront.central == Approx(225));
  CHECK(card->month.central == Approx(225 * 0.6 / 36 + electricity));
  CHECK(card->month.low < card->month.central);
  CHECK(card->month.central < card->month.high);
}

TEST_CASE("break-even is where both cost the same") {
  Knowledge known = knowledge();
  std::erase_if(known.gpus, [](const GpuModel& gpu) { return gpu.vendor == "amd"; });
  const Tree tree = built_in_tree();
  Needs wanted = needs({{"goal", "learn"}});
  wanted.usage = usage(40, 24);
  Advice advice = advise(tree, with_memory(16), wanted);
  estimate(tree, known, with_memory(16), advice);
  REQUIRE(advice.costs->break_even);
  const BreakEven& even = *advice.costs->break_even;
  const CostOption* buy = option(advice, even.buy);
  REQUIRE(buy != nullptr);
  CHECK(buy->gpu == "rtx-3090-24gb");
  CHECK(even.rent == "runpod/rtx-3090");  // the same GPU
  const double hours = even.central.value();
  const double owned = (buy->upfront.central - buy->resale.central) + 36 * hours * buy->per_hour.central;
  CHECK(owned == Approx(36 * hours * even.rent_per_hour.central));
  CHECK(even.utilisation == Approx(hours / 730));
  CHECK(even.low.value() < hours);
}

TEST_CASE("no hours make a dear card pay where an hour of rent costs less than its electricity") {
  Knowledge known = knowledge();
  for (Offer& offer : known.offers) {
    if (offer.hour) offer.hour = Range::exactly(0.001);
  }
  const Tree tree = built_in_tree();
  Needs wanted = needs({{"goal", "learn"}});
  Advice advice = advise(tree, with_memory(16), wanted);
  estimate(tree, known, with_memory(16), advice);
  REQUIRE(advice.costs->break_even);
  CHECK_FALSE(advice.costs->break_even->central);
  CHECK(advice.costs->break_even->sentence.find("always cheaper") != std::string::npos);
}

TEST_CASE("free hours are planned by week, session and checkpoint") {
  // 22 hours a week: 95.33 a month.
  const Advice advice = estimated(with_memory(4), {{"goal", "learn"}}, usage(22.0 * 52 / 12, 16));
  const auto& plans = advice.costs->free_plans;
  const auto kaggle =
      std::find_if(plans.begin(), plans.end(), [](const FreePlan& p) { return p.platform == "kaggle"; });
  REQUIRE(kaggle != plans.end());
  CHECK(kaggle->sessions == 2);
  CHECK(kaggle->checkpoint_minutes == 45);
  CHECK(kaggle->sentence ==
        "Kaggle Notebooks: 22 of its 30 free GPU hours a week, in 2 sessions of at most 12 h; save a checkpoint every "
        "45 minutes.");
  const Advice too_many = estimated(with_memory(4), {{"goal", "learn"}}, usage(200, 16));
  CHECK(option(too_many, "kaggle") == nullptr);
  CHECK(missed(too_many, "Kaggle Notebooks"));
}

TEST_CASE("a P100 does not make Kaggle fit what its T4 does not") {
  Knowledge known = knowledge();
  for (Workplace& platform : known.platforms) {
    if (platform.id == "kaggle") platform.gpus = {{"p100-16gb", 1}};
  }
  const Tree tree = built_in_tree();
  Needs wanted = needs({{"goal", "learn"}});
  wanted.usage = usage(20, 12);
  Advice advice = advise(tree, with_memory(4), wanted);
  estimate(tree, known, with_memory(4), advice);
  CHECK(option(advice, "kaggle") == nullptr);
}

// A student who buys: RTX 3060 12 GB used (180 to 270, likely 225 USD), 100 h a month, in France.
//   watts        170 x 0.6 + 120                       = 222 W
//   electricity  0.222 x 0.26 EUR x 1.13               = 0.065224 USD/h
//   net price    225 - 40 %                            = 135 USD
//   a month      135 / 36 + 100 x 0.065224             = 10.2724 USD
//   break-even   135 / 36 / (0.15 - 0.065224)          = 44.234 h, of 730: 6.06 %    (a T4 of paid Colab: 0.15 USD/h)
TEST_CASE("by hand: a student buys a used card in France") {
  Usage said = usage(100, 12);
  said.region = "FR";
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, said);
  const CostOption* card = option(advice, "buy/rtx-3060-12gb-used");
  REQUIRE(card != nullptr);
  CHECK(card->per_hour.central == Approx(0.065224).epsilon(1e-3));
  CHECK(card->month.central == Approx(10.2724).epsilon(1e-3));
  CHECK(card->three_years.central == Approx(36 * 10.2724).epsilon(1e-3));
  REQUIRE(advice.costs->break_even);
  CHECK(advice.costs->break_even->rent == "colab/t4");
  CHECK(advice.costs->break_even->central.value() == Approx(44.234).epsilon(1e-3));
  CHECK(advice.costs->break_even->utilisation == Approx(0.0606).epsilon(1e-2));
}

// A company that serves all the time: Azure ML, one T4, 730 h, 100 GB kept, 300 GB out, a small team.
//   machine   730 x 0.526                              = 383.98 USD
//   storage   100 x 0.018                              = 1.80 USD
//   egress    (300 - 100 free) x 0.087                 = 17.40 USD
//   people    10 h x 55                                = 550 USD
//   a month                                            = 953.18 USD; three years 34314.48
//   idle      383.98 x (1 - 0.3)                       = 268.786 USD
//   energy    host 120 W + T4 70 W x (0.6 x 0.3 + 0.12 x 0.7) = 138.48 W; x 730 h x 1.18 = 119.287 kWh
//   scope 2   119.287 x 0.475 (world)                  = 56.661 kg
//   scope 3   876 kg x 730 / 30660                     = 20.857 kg
TEST_CASE("by hand: a company serves from a managed platform") {
  Usage said = usage(730, 16);
  said.egress = 300e9;
  said.storage = 100e9;
  const Advice advice = estimated(with_memory(16), {{"goal", "ship"}, {"ops", "small"}}, said);
  const CostOption* azure = option(advice, "azure-ml/nc4as-t4-v3");
  REQUIRE(azure != nullptr);
  CHECK(azure->month.central == Approx(953.18));
  CHECK(azure->three_years.central == Approx(34314.48));
  REQUIRE(azure->idle);
  CHECK(azure->idle->central == Approx(268.786));
  REQUIRE(advice.footprint);
  CHECK(advice.footprint->option == azure->id);
  CHECK(advice.footprint->energy.value.central == Approx(119.287).epsilon(1e-4));
  CHECK(advice.footprint->scope2.value.central == Approx(56.661).epsilon(1e-4));
  CHECK(advice.footprint->scope3.value.central == Approx(20.857).epsilon(1e-4));
}

TEST_CASE("nobody is told to buy what they have") {
  const Advice has = estimated(with_gpu(32, 12 * GiB), {{"goal", "learn"}});
  CHECK(option(has, "this-machine") != nullptr);
  CHECK(option(has, "buy/rtx-3060-12gb-used") == nullptr);
  CHECK_FALSE(has.costs->break_even);
  const Advice wants_more = estimated(with_gpu(32, 12 * GiB), {{"goal", "learn"}}, usage(40, 24));
  CHECK(missed(wants_more, "this machine"));
  CHECK(wants_more.costs->break_even);
}

TEST_CASE("a session of a notebook is nobody's own machine, a cloud's has a rent") {
  Machine session = with_gpu(31, 15 * GiB);
  session.platform.notebook = "kaggle";
  const Advice kaggle = estimated(session, {{"goal", "learn"}});
  CHECK(missed(kaggle, "this machine"));
  CHECK(kaggle.footprint->option == "kaggle");
  const std::string ends =
      "This is a session of Kaggle Notebooks: it ends after 12 h, with what was not saved elsewhere.";
  CHECK(std::find(kaggle.risks.begin(), kaggle.risks.end(), ends) != kaggle.risks.end());

  Machine rented = with_gpu(31, 15 * GiB);
  rented.platform.cloud = "aws";
  const Advice cloud = estimated(rented, {{"goal", "learn"}});
  REQUIRE(option(cloud, "this-machine") != nullptr);
  CHECK(option(cloud, "this-machine")->name == "this machine, without its rent");
  CHECK(option(cloud, "this-machine")->month.central == 0);
  CHECK(cloud.footprint->note.find("provider's scope 2") != std::string::npos);
}

TEST_CASE("a Jetson is offered where it is enough, and one price gives a rising range") {
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, usage(40, 6));
  const CostOption* jetson = option(advice, "buy/orin-nano-super-8gb");
  REQUIRE(jetson != nullptr);
  CHECK(jetson->month.low < jetson->month.central);
  CHECK(jetson->month.central < jetson->month.high);
  CHECK(option(estimated(with_memory(16), {{"goal", "learn"}}, usage(40, 8)), "buy/orin-nano-super-8gb") == nullptr);
}

TEST_CASE("a platform's terms are told, and a region that nobody knows is refused whatever it would change") {
  const Advice advice = estimated(with_memory(4), {{"goal", "learn"}});
  REQUIRE(option(advice, "kaggle") != nullptr);
  for (const char* part :
       {"2 x Tesla T4 16 GiB, Tesla P100 16 GiB", "not guaranteed", "sessions of 12 h", "30 GPU hours a week",
        "20 GB of disk", "files stay", "compute capability 7.0", "regions: "}) {
    CHECK(option(advice, "kaggle")->terms.find(part) != std::string::npos);
  }
  Usage nowhere = usage(0, 0);
  nowhere.region = "ZZ";
  CHECK(error_of([&] {
          estimated(with_memory(16), {{"goal", "learn"}}, nowhere);
        }).find("unknown region 'ZZ'") != std::string::npos);
  CHECK(estimated(with_memory(4), {{"goal", "learn"}}, usage(40, 0)).costs->free_plans.empty());
}

TEST_CASE("a leaf's options can do what the leaf is for") {
  for (const auto& [answers, kinds] : std::vector<std::pair<std::map<std::string, std::string>, std::string>>{
           {{{"goal", "ship"}, {"ops", "small"}}, "managed"},
           {{{"goal", "ship"}, {"ops", "dedicated"}}, "cluster buy"},
           {{{"goal", "scale"}, {"data", "large"}}, "data"},
           {{{"goal", "scale"}, {"data", "moderate"}}, "managed data cluster buy"}}) {
    const Advice advice = estimated(with_memory(16), answers);
    for (const CostOption& each : advice.costs->options) {
      INFO(each.id);
      CHECK(each.people.central > 0);
      if (each.leaf == advice.leaf) CHECK(kinds.find(each.kind) != std::string::npos);
    }
  }
}

TEST_CASE("a company pays for people and for idle machines") {
  const Advice advice = estimated(with_memory(16), {{"goal", "ship"}, {"ops", "small"}});
  const CostOption* managed = option(advice, "sagemaker/ml.g4dn.xlarge");
  REQUIRE(managed != nullptr);
  CHECK(managed->people.central == Approx(550));
  REQUIRE(managed->idle);
  CHECK(managed->idle->central == Approx(730 * 0.736 * 0.7));
  CHECK(managed->month.central == Approx(730 * 0.736 + 550 + 2.3));
}

TEST_CASE("a budget that nothing fits is a risk that says so") {
  Usage said = usage(700, 80);
  said.budget = 50;
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, said);
  REQUIRE_FALSE(advice.risks.empty());
  CHECK(advice.risks.front().find("Nothing here fits 50 USD") != std::string::npos);
}

TEST_CASE("estimates are the same again and read back, in both languages") {
  for (const Lang lang : {Lang::en, Lang::fr}) {
    for (const auto& answers : std::vector<std::map<std::string, std::string>>{
             {{"goal", "learn"}}, {{"goal", "ship"}, {"ops", "small"}}, {{"goal", "scale"}, {"data", "large"}}}) {
      const std::string first = to_text(Json(estimated(with_gpu(32, 12 * GiB), answers, {}, lang)));
      CHECK(first == to_text(Json(estimated(with_gpu(32, 12 * GiB), answers, {}, lang))));
      CHECK(to_text(Json(advice_from(parse_json(first, "a"), "a"))) == first);
    }
  }
}

TEST_CASE("every platform of a leaf is an option or says why not") {
  for (const auto& [answers, leaves] :
       std::vector<std::pair<std::map<std::string, std::string>, std::vector<std::string>>>{
           {{{"goal", "learn"}}, {"local", "notebooks"}},
           {{{"goal", "ship"}, {"ops", "small"}}, {"managed", "kubernetes"}},
           {{{"goal", "scale"}, {"data", "large"}}, {"lakehouse", "modular"}}}) {
    const Advice advice = estimated(with_memory(16), answers);
    for (const Workplace& platform : knowledge().platforms) {
      const bool asked = std::any_of(platform.leaves.begin(), platform.leaves.end(), [&](const std::string& leaf) {
        return std::find(leaves.begin(), leaves.end(), leaf) != leaves.end();
      });
      if (!asked || platform.kind == PlatformKind::own) continue;
      INFO(platform.id);
      const auto& options = advice.costs->options;
      const bool found = std::any_of(options.begin(), options.end(),
                                     [&](const CostOption& each) { return each.platform == platform.id; });
      CHECK((found || missed(advice, platform.name.en)));
    }
  }
}

TEST_CASE("a needs file says what the options say") {
  const std::string text =
      "schema: palier.needs/1\ngoal: learn\nlocal: auto\nhours_per_month: 80\nvram: 12GiB\nstorage: 50GB\nbudget: 40\n"
      "region: FR\nlang: fr\n";
  const Needs file = parse_needs(text, "needs.yaml");
  CHECK(file.answers.at("goal") == "learn");
  CHECK(file.usage.hours == 80);
  CHECK(file.usage.vram == 12.0 * GiB);
  CHECK(file.usage.region == "FR");
  CHECK(file.lang == Lang::fr);

  const auto error = [](const std::string& body) {
    return error_of([&] { parse_needs("schema: palier.needs/1\n" + body, "n.yaml"); });
  };
  CHECK(error("hours_per_month: 800\n").find("n.yaml:2:18") != std::string::npos);
  CHECK(error("hours: 8\n").find("unknown key 'hours'") != std::string::npos);
  CHECK(error("goal: learn\nanswers: {goal: ship}\n").find("'goal' is 'learn' above and 'ship' here") !=
        std::string::npos);
  Needs said = needs({{"goal", "ship"}});
  CHECK(error_of([&] {
          add_needs(said, file, "n.yaml");
        }).find("goal is ship on the command line and learn in the file") != std::string::npos);
  Needs hours = needs({});
  hours.usage.hours = 20;
  CHECK(error_of([&] { add_needs(hours, file, "n.yaml"); }).find("20 on the command line and 80") != std::string::npos);
  CHECK(error_of([&] {
          check_usage(parse_needs("schema: palier.needs/1\nvram: 16\n", "n.yaml").usage);
        }).find("cannot use vram of 16 bytes") != std::string::npos);
  Usage impossible;
  impossible.hours = 1000;
  CHECK(error_of([&] { check_usage(impossible); }).find("--hours-per-month 1000") != std::string::npos);
}

TEST_CASE("the answer with costs fits one screen") {
  for (const std::size_t width : {std::size_t{80}, std::size_t{100}}) {
    const Terminal terminal{.interactive = false, .color = false, .width = width};
    for (const Lang lang : {Lang::en, Lang::fr}) {
      for (const auto& answers :
           std::vector<std::map<std::string, std::string>>{{{"goal", "learn"}},
                                                           {{"goal", "ship"}, {"ops", "small"}},
                                                           {{"goal", "ship"}, {"ops", "dedicated"}},
                                                           {{"goal", "scale"}, {"data", "large"}}}) {
        const std::string text = render(estimated(with_memory(7.6), answers, {}, lang), terminal);
        INFO(text);
        CHECK(lines(text).size() <= (width == 80 ? 62 : 50));
      }
    }
  }
}
