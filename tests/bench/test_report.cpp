#include "base/error.hpp"
#include "bench/prediction.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("a report survives its JSON") {
  Report report;
  report.machine = {{"schema", "palier.machine/1"}};
  report.method = {{"seed", 1}};
  report.warnings = {"interrupted"};
  report.benchmarks = {summarise("memory triad", "B/s", {{"threads", 2}}, {0.1, 1.0 / 3, 22.1e9}, 1),
                       summarise("sgemm", "FLOP/s", {{"threads", 1}}, {1}, 1)};
  const std::string text = to_text(Json(report));
  const Report again = report_from(parse_json(text, "test"), "test");
  CHECK(to_text(Json(again)) == text);
  CHECK(again.benchmarks[0].samples == report.benchmarks[0].samples);
  CHECK(again.benchmarks[0].interval == report.benchmarks[0].interval);
  CHECK_FALSE(again.benchmarks[1].interval);
}

TEST_CASE("predictions stand beside what was measured, and what was not measured is left out") {
  Report report;
  report.benchmarks = {summarise("memory triad, plain stores", "B/s", {{"threads", 1}}, {20e9}, 1),
                       summarise("memory triad, plain stores", "B/s", {{"threads", 2}}, {36e9}, 1)};
  report.scaling = {{"recommended", {{"workers", 3}}}};
  const Json rows = predicted_beside(
      report,
      {{.name = "bandwidth",
        .unit = "B/s",
        .benchmark = "memory triad",
        .low = 20e9,
        .central = 30e9,
        .high = 40e9,
        .basis = "b"},
       {.name = "rate", .unit = "FLOP/s", .benchmark = "matrix", .low = 1, .central = 1, .high = 1, .basis = "b"},
       {.name = "workers", .unit = "workers", .benchmark = {}, .low = 2, .central = 2, .high = 2, .basis = "c"}});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["measured"] == 36e9);
  CHECK(rows[0]["off"].get<double>() == Approx(0.2));
  CHECK(rows[0]["within"] == true);
  CHECK(rows[1]["measured"] == 3.0);
  CHECK(rows[1]["within"] == false);
  CHECK(prediction_text(rows, {}) ==
        "What the workspace predicted\n"
        "                                predicted   measured    off\n"
        "  bandwidth  30 GB/s (20 GB/s to 40 GB/s)    36 GB/s  +20 %  as predicted\n"
        "  workers                       2 workers  3 workers  +50 %  not as predicted\n"
        "bandwidth: b\n"
        "workers: c\n");
  CHECK(prediction_text(Json::array(), {}) == "Nothing that was predicted was measured.\n");
}

TEST_CASE("a document that is no report is refused") {
  CHECK_THROWS_AS(report_from(parse_json("{}", "x"), "x"), Error);
  CHECK_THROWS_AS(report_from(parse_json(R"({"schema":"palier.report/1"})", "x"), "x"), Error);
  const char* wrong =
      R"({"schema":"palier.report/1","benchmarks":[{"name":"a","unit":"s","samples":["1"],"median":1}]})";
  CHECK_THROWS_AS(report_from(parse_json(wrong, "x"), "x"), Error);
}
