#include "base/error.hpp"
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

TEST_CASE("a document that is no report is refused") {
  CHECK_THROWS_AS(report_from(parse_json("{}", "x"), "x"), Error);
  CHECK_THROWS_AS(report_from(parse_json(R"({"schema":"palier.report/1"})", "x"), "x"), Error);
  const char* wrong =
      R"({"schema":"palier.report/1","benchmarks":[{"name":"a","unit":"s","samples":["1"],"median":1}]})";
  CHECK_THROWS_AS(report_from(parse_json(wrong, "x"), "x"), Error);
}
