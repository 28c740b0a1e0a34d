#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/estimated.hpp"

using namespace palier;
using namespace palier::testing;

TEST_CASE("renting costs its hours and its storage") {
  const Advice advice = estimated(with_memory(16), {{"goal", "learn"}}, usage(100, 22));
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
  const CostOption* rent = option(advice, even.rent);
  REQUIRE(rent != nullptr);  // both stand in the table
  CHECK(owned == Approx(36 * (rent->per_month.central + hours * even.rent_per_hour.central)));
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
  CHECK(advice.costs->break_even->sentence.find("never cheaper") != std::string::npos);
}

TEST_CASE("what a company is told of buying is what its table shows, people included") {
  for (const char* ops : {"small", "dedicated"}) {
    const Advice advice = estimated(with_memory(16), {{"goal", "ship"}, {"ops", ops}});
    REQUIRE(advice.costs->break_even);
    const BreakEven& even = *advice.costs->break_even;
    const CostOption* buy = option(advice, even.buy);
    const CostOption* rent = option(advice, even.rent);
    REQUIRE(buy != nullptr);
    REQUIRE(rent != nullptr);
    CHECK(rent->leaf == advice.leaf);
    const bool pays = even.central && *even.central <= advice.costs->hours;
    CHECK(pays == (buy->month.central < rent->month.central));
  }
}

TEST_CASE("free hours are planned by week, session and checkpoint") {
  // 22 hours a week: 95.33 a month.
  const Advice advice = estimated(with_memory(4), {{"goal", "learn"}}, usage(22.0 * 52 / 12, 15));
  const auto& plans = advice.costs->free_plans;
  const auto kaggle =
      std::find_if(plans.begin(), plans.end(), [](const FreePlan& p) { return p.platform == "kaggle"; });
  REQUIRE(kaggle != plans.end());
  CHECK(kaggle->sessions == 2);
  CHECK(kaggle->checkpoint_minutes == 45);
  CHECK(kaggle->sentence ==
        "Kaggle Notebooks: 22 of its 30 free GPU hours a week, in 2 sessions of at most 12 h; save a checkpoint every "
        "45 minutes.");
  const Advice too_many = estimated(with_memory(4), {{"goal", "learn"}}, usage(200, 15));
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
//   scope 2   119.287 x 0.481 (world)                  = 57.377 kg
//   scope 3   876 kg x 730 / 30660                     = 20.857 kg
TEST_CASE("by hand: a company serves from a managed platform") {
  Usage said = usage(730, 15);
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
  CHECK(advice.footprint->scope2.value.central == Approx(57.377).epsilon(1e-4));
  CHECK(advice.footprint->scope3.value.central == Approx(20.857).epsilon(1e-4));
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
