#include "base/file.hpp"
#include "base/text.hpp"
#include "profiles/needs.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/estimated.hpp"

using namespace palier;
using namespace palier::testing;

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

  session.platform.notebook = "studio-lab";
  const Advice lab = estimated(session, {{"goal", "learn"}});
  const std::string stays =
      "This is a session of SageMaker Studio Lab: it ends after 4 h; its files stay, what runs does not.";
  CHECK(std::find(lab.risks.begin(), lab.risks.end(), stays) != lab.risks.end());

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
  for (const char* part : {"2 x Tesla T4 16 GiB or TPU v5e-8", "not guaranteed", "sessions of 12 h",
                           "30 GPU hours a week", "20 GB of disk", "files go", "compute capability 7.0", "regions: "}) {
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

TEST_CASE("a GPU that is asked for decides where the work is done") {
  Usage said = usage(40, 80);
  said.budget = 5;
  const Advice rented = estimated(with_memory(16), {{"goal", "learn"}}, said);
  CHECK(rented.leaf == "notebooks");
  CHECK(rented.title == "Rent a GPU by the hour");
  CHECK(rented.summary.find("No free notebook is enough for 80 GiB") != std::string::npos);
  CHECK(rented.risks.front().find("Nothing here fits 5 USD a month") != std::string::npos);
  CHECK(rented.stack.front().role == "rented GPU");
  for (const StackItem& item : rented.stack) CHECK(item.name != "Google Colab");
  CHECK(rented.next.size() == 1);
  CHECK(estimated(with_gpu(32, 12 * GiB), {{"goal", "learn"}}, usage(40, 12)).leaf == "local");
  CHECK(estimated(with_memory(16), {{"goal", "learn"}}, usage(700, 0)).leaf == "local");

  const Advice none = estimated(with_memory(16), {{"goal", "learn"}}, usage(40, 300));
  CHECK(none.title == "No single GPU is enough");
  CHECK(none.summary.find("one GPU with 300 GiB") != std::string::npos);
  const Advice company = estimated(with_memory(16), {{"goal", "ship"}, {"ops", "small"}}, usage(40, 300));
  CHECK(company.risks.front().find("one GPU with 300 GiB") != std::string::npos);
}

TEST_CASE("a GPU has as much memory as programs see where an amount is asked for") {
  const Advice sixteen = estimated(with_memory(4), {{"goal", "learn"}}, usage(40, 16));
  CHECK(option(sixteen, "colab") == nullptr);  // a T4 shows 15
  CHECK(missed(sixteen, "Google Colab"));
  CHECK(option(estimated(with_memory(4), {{"goal", "learn"}}, usage(40, 15)), "colab") != nullptr);
  CHECK(option(estimated(with_memory(4), {{"goal", "learn"}}, usage(40, 23)), "colab-paid") == nullptr);
}

TEST_CASE("a small server is an option where it has the memory that the tree asks for") {
  const Advice advice = estimated(with_memory(4), {{"goal", "learn"}});
  CHECK(option(advice, "digitalocean/8gb") != nullptr);
  CHECK(option(advice, "digitalocean/1gb") == nullptr);
  CHECK(missed(advice, "Vultr"));
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
      const bool asked = std::find_first_of(platform.leaves.begin(), platform.leaves.end(), leaves.begin(),
                                            leaves.end()) != platform.leaves.end();
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
  CHECK(error("goal: learn\nanswers: {goal: ship}\n").find("'goal' is 'learn' at n.yaml:2:7 and 'ship' here") !=
        std::string::npos);
  Needs said = needs({{"goal", "ship"}});
  CHECK(error_of([&] {
          add_needs(said, file);
        }).find("goal is ship on the command line and learn in the file\n  --> needs.yaml:2:7") != std::string::npos);
  Needs hours = needs({});
  hours.usage.hours = 20;
  CHECK(error_of([&] { add_needs(hours, file); }).find("20 on the command line and 80") != std::string::npos);
  const std::string bare = error("vram: 16\n");
  CHECK(bare.find("a size needs its unit") != std::string::npos);
  CHECK(bare.find("n.yaml:2:7") != std::string::npos);
  CHECK(bare.find("16GiB?") != std::string::npos);
  Usage bytes;
  bytes.vram = 12;
  CHECK(error_of([&] { check_usage(bytes); }).find("12GiB?") != std::string::npos);
  Usage impossible;
  impossible.hours = 1000;
  CHECK(error_of([&] { check_usage(impossible); }).find("--hours-per-month 1000") != std::string::npos);
}

TEST_CASE("two lines of a needs file that do not go together are both named with their place") {
  const auto error = [](const std::string& body) {
    return error_of(
        [&] { advise(built_in_tree(), with_memory(16), parse_needs("schema: palier.needs/1\n" + body, "n.yaml")); });
  };
  const std::string ops = error("goal: learn\nops: small\n");
  CHECK(ops.find("'ops: small' does not go with 'goal: learn'") != std::string::npos);
  CHECK(ops.find("'goal: learn' is at n.yaml:2:7") != std::string::npos);
  CHECK(ops.find("--> n.yaml:3:6") != std::string::npos);
  CHECK(error("goal: lurn\n").find("--> n.yaml:2:7") != std::string::npos);
  CHECK(error("goal: learn\nanswers: {team: eu}\n").find("--> n.yaml:3:17") != std::string::npos);
}

TEST_CASE("contradictions speak in the units of people, requests are whole, and the manual's needs file is right") {
  Needs said = needs({});
  said.usage.vram = 24.0 * GiB;
  Needs file = needs({});
  file.usage.vram = 16.0 * GiB;
  CHECK(error_of([&] { add_needs(said, file); }).find("vram is 24 GiB on the command line and 16 GiB in the file") !=
        std::string::npos);
  Usage half;
  half.requests = 1.5;
  CHECK(error_of([&] { check_usage(half); }).find("counted whole") != std::string::npos);

  const std::string manual = read_file(std::string(PALIER_TESTS) + "/../docs/needs.md");
  const std::size_t start = manual.find("schema: palier.needs/1");
  const Needs shown = parse_needs(manual.substr(start, manual.find("```", start) - start), "needs.md");
  const Tree tree = built_in_tree();
  CHECK(advise(tree, with_gpu(32, 16 * GiB), shown).leaf == "local");
}

TEST_CASE("no line is wider than a narrow terminal") {
  for (const std::size_t width : {std::size_t{40}, std::size_t{60}}) {
    const Terminal terminal{.interactive = false, .color = false, .width = width};
    for (const Lang lang : {Lang::en, Lang::fr}) {
      for (const auto& answers :
           std::vector<std::map<std::string, std::string>>{{{"goal", "learn"}},
                                                           {{"goal", "learn"}, {"local", "no"}},
                                                           {{"goal", "ship"}, {"ops", "small"}},
                                                           {{"goal", "ship"}, {"ops", "dedicated"}},
                                                           {{"goal", "scale"}, {"data", "large"}},
                                                           {{"goal", "scale"}, {"data", "moderate"}}}) {
        const Advice advice = estimated(with_memory(7.6), answers, {}, lang);
        for (const Detail detail : {Detail::screen, Detail::full}) {
          const std::string text = render(advice, terminal, detail);
          for (const std::string_view line : lines(text)) {
            INFO(line);
            CHECK(display_width(line) <= (width == 40 ? 60 : width));  // at 40, figures may stand over the edge
          }
        }
      }
    }
  }
}

TEST_CASE("colours change nothing of what is said where") {
  const auto plain = [](std::string text) {
    for (std::size_t at = text.find('\033'); at != text.npos; at = text.find('\033'))
      text.erase(at, text.find('m', at) + 1 - at);
    return text;
  };
  for (const std::size_t width : {std::size_t{60}, std::size_t{80}, std::size_t{120}}) {
    for (const auto& answers : std::vector<std::map<std::string, std::string>>{
             {{"goal", "learn"}}, {{"goal", "ship"}, {"ops", "dedicated"}}, {{"goal", "scale"}, {"data", "large"}}}) {
      const Advice advice = estimated(with_memory(7.6), answers);
      for (const Detail detail : {Detail::screen, Detail::full}) {
        const std::string text = render(advice, {.interactive = true, .color = true, .width = width}, detail);
        CHECK(text.find('\033') != text.npos);
        CHECK(plain(text) == render(advice, {.interactive = true, .color = false, .width = width}, detail));
      }
    }
  }
}
