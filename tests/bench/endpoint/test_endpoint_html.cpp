#include "base/json.hpp"
#include "bench/endpoint/sweep.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

EndpointRun run_of(double rate, std::vector<double> ttft, const std::string& url) {
  EndpointRun run;
  run.url = url;
  run.options.targets.emplace_back();
  run.options.prompts.model = "tiny";
  run.result.completed = ttft.size();
  run.result.request_rate = rate;
  const Distribution values = distribution_of(std::move(ttft));
  run.result.metrics = {{"ttft", "TTFT", "s", "first event", values}, {"e2e", "end to end", "s", "the end", values}};
  return run;
}

EndpointSweep example(const std::string& url = "http://localhost:8000/v1") {
  EndpointSweep sweep{.loads = {1, 2, 4}};
  sweep.runs.push_back(run_of(10, {0.1}, url));
  sweep.runs.push_back(run_of(19, {0.1, 0.3}, url));
  sweep.runs.push_back(run_of(21, {0.8}, url));
  sweep.knee = knee_of(sweep.runs);
  return sweep;
}

Json plots_in(const std::string& page) {
  const std::string before = R"(id="plots">)";
  const std::size_t begin = page.find(before) + before.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

bool holds(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the page of a sweep draws latency against load and marks the knee") {
  const std::string page = render_html(example());
  const Json plots = plots_in(page);
  REQUIRE(plots.size() == 3);  // TTFT, end to end and the requests served: nobody told a TPOT
  const Json& ttft = plots[0];
  CHECK(ttft["unit"] == "ms");
  CHECK(ttft["loads"] == Json({1.0, 2.0, 4.0}));
  CHECK(ttft["points"][1]["x"] == 2.0);
  CHECK(ttft["points"][1]["y"].get<double>() == Approx(200));
  CHECK(ttft["curve"][1][1].get<double>() == Approx(290));  // p95
  CHECK(ttft["mark"]["x"] == 1.0);
  CHECK(ttft["mark"]["label"] == "knee: 1 under way");
  CHECK(plots[2]["points"][2]["y"] == 21.0);
  for (const char* part : {"data-plot=\"0\"", "data-plot=\"2\"", "http://localhost:8000/v1", "the knee", "Model tiny"})
    CHECK(holds(page, part));
}

TEST_CASE("there is no knee among loads at which the client was the limit") {
  EndpointSweep sweep = example();
  CHECK(sweep.knee == 0U);
  sweep.runs[0].result.client.limiting = true;
  sweep.knee = knee_of(sweep.runs);
  CHECK_FALSE(sweep.knee);
  CHECK_FALSE(plots_in(render_html(sweep))[0].contains("mark"));
}

TEST_CASE("the page of one load has its figures and no curve") {
  EndpointSweep single{.rates = true, .loads = {5}};
  single.runs.push_back(run_of(4.9, {0.1, 0.2}, "http://localhost/v1"));
  const std::string page = render_html(single);
  CHECK(plots_in(page).empty());
  CHECK_FALSE(holds(page, "class=\"plot\""));
  for (const char* part : {"5 requests/s", "first event", "150 ms", "4.9 requests/s"}) CHECK(holds(page, part));
}

TEST_CASE("what a server or a command line says is no markup on the page") {
  EndpointSweep sweep = example("http://h/</script><script>alert(1)</script>");
  for (EndpointRun& run : sweep.runs) {
    run.options.prompts.model = "<img>";
    run.result.warnings = {"<b>"};
  }
  const std::string page = render_html(sweep);
  for (const char* part : {"<script>alert", "<img>", "<b>"}) CHECK_FALSE(holds(page, part));
  CHECK(holds(page, "&lt;img&gt;"));
}
