#include "bench/html.hpp"
#include "bench/html_histogram.hpp"
#include "bench/html_text.hpp"
#include "hwdetect/machine.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Benchmark point(const std::string& name, const std::string& unit, const char* axis, int x, double median) {
  Benchmark out;
  out.name = name;
  out.unit = unit;
  out.parameters[axis] = x;
  out.samples = {median * 0.97, median, median * 1.02};
  out.median = median;
  out.interval = {median * 0.97, median * 1.02};
  return out;
}

Report example(const std::string& cpu) {
  Report report;
  Machine machine;
  machine.cpu.model = cpu;
  machine.memory.total = 25274503168;
  report.machine = machine;
  for (const int n : {1, 2}) report.benchmarks.push_back(point("memory triad", "B/s", "threads", n, 20e9 * n));
  for (const int n : {1, 2}) report.benchmarks.push_back(point("matrix fp32", "FLOP/s", "threads", n, 170e9 * n));
  for (const int n : {1, 2, 4, 8})
    report.benchmarks.push_back(point("workers", "jobs/s", "workers", n, 1400.0 * std::min(n, 2)));
  report.scaling = Json::parse(R"({"curve": [[1, 1400, 1300, 1500], [2, 2800, 2700, 2900], [8, 2800, 2700, 2900]],
                                   "recommended": {"workers": 2, "why": "4 bring only 2 % more"}})");
  return report;
}

Json advice(const std::string& title, const std::string& lang) {
  return {{"schema", "palier.advice/1"},
          {"needs", {{"lang", lang}}},
          {"title", title},
          {"summary", "A <b>reproducible</b> environment."},
          {"path",
           {{{"text", "Main goal?"},
             {"answer_text", "Learn"},
             {"fact", "23.5 GiB"},
             {"threshold", "at least 8 GiB"},
             {"margin", "15.5 GiB above"}}}},
          {"stack", {{{"name", "Mamba"}, {"role", "environments"}, {"why", "one per project"}}}},
          {"flips", {{{"change", "16 GiB less"}, {"title", "Free notebooks"}}}}};
}

}  // namespace

TEST_CASE("the page says what the work took, of which electricity, and whether that was measured") {
  Report report = example("EPYC");
  Json row = {{"benchmark", "workers"}, {"at", "2 workers"}, {"per", "job"}, {"method", "model"}};
  row["joules"] = {0.01, 0.02, 0.03};
  row["gco2e"] = {1e-6, 2.5e-6, 4e-6};
  report.energy = {{"region", "FR"}, {"updated", "2026-11-20"}};
  report.energy["intensity"] = {40, 44, 50};
  report.energy["work"] = Json::array({row});
  const std::string modelled = render_html(report, nullptr);
  for (const char* part : {"<h2>Energy</h2>", "0.02 J/job (0.01 to 0.03)", "0.0025", "not measured",
                           "Electricity of FR: 44 g CO2e/kWh (40 to 50) (carbon.yaml, 2026-11-20)"}) {
    INFO(part);
    CHECK(modelled.find(part) != std::string::npos);
  }
  report.energy["work"][0]["method"] = "measured";
  report.energy["work"][0]["joules"] = {0.02, 0.02, 0.02};
  const std::string measured = render_html(report, nullptr);
  CHECK(measured.find("not measured") == std::string::npos);
  CHECK(measured.find("<td>0.02 J/job</td>") != std::string::npos);
  CHECK(render_html(example("EPYC"), nullptr).find("<h2>Energy</h2>") == std::string::npos);
}

TEST_CASE("the page holds what was measured, advised and detected") {
  const std::string page = render_html(example("EPYC"), advice("Work on your own machine", "en"));
  for (const char* part :
       {"Work on your own machine", "40 GB/s", "340 GFLOP/s", "workers recommended", "4 bring only 2 % more", "EPYC",
        "23.5 GiB", "Main goal?", "16 GiB less → Free notebooks", "<html lang=\"en\">"}) {
    CHECK(page.find(part) != std::string::npos);
  }
}

TEST_CASE("the page needs nothing from anywhere else") {
  const std::string page = render_html(example("EPYC"), nullptr);
  for (const char* part : {"src=", "<link", "@import", "url(", "fetch("}) CHECK(page.find(part) == std::string::npos);
}

TEST_CASE("markup in a document stays text") {
  const std::string hostile = "</script><script>alert(1)</script>{{data}}\"'&";
  Report report = example(hostile);
  for (Benchmark& benchmark : report.benchmarks) benchmark.unit = hostile;
  const std::string page = render_html(report, advice(hostile, "en"));
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{data}}&quot;&#39;&amp;") != std::string::npos);
  CHECK(page.find("A &lt;b&gt;reproducible&lt;/b&gt;") != std::string::npos);
}

TEST_CASE("the page speaks the language of the advice") {
  const std::string page = render_html(example("EPYC"), advice("Travaillez sur votre machine", "fr"));
  CHECK(page.find("<html lang=\"fr\">") != std::string::npos);
  CHECK(page.find("Ce qui changerait la réponse") != std::string::npos);
}

namespace {

Json range(double low, double central, double high) { return {{"low", low}, {"central", central}, {"high", high}}; }

Json option(const std::string& id, const Json& month, double upfront, double per_hour) {
  return {{"id", id},
          {"name", "<" + id + ">"},
          {"month", month},
          {"three_years", range(1, 3600, 2)},
          {"upfront", range(upfront, upfront, upfront)},
          {"resale", range(0, 0, 0)},
          {"per_hour", range(per_hour, per_hour, per_hour)},
          {"provenance", {{"source", "a shop"}, {"date", "2026-02-01"}, {"confidence", "unconfirmed"}}}};
}

Json with_costs() {
  Json out = advice("Work on your own machine", "en");
  out["risks"] = {"sessions end"};
  out["costs"] = {
      {"basis", "40 h a month"},
      {"options", {option("rent", range(5, 10, 20), 0, 0.2), option("card", range(4, 5, 6), 360, 0.1)}},
      {"free_plans", {{{"sentence", "fits in 2 sessions"}}}},
      {"break_even",
       {{"buy", "card"}, {"rent_per_hour", range(0.1, 0.2, 0.3)}, {"central", 100}, {"sentence", "from 100 h"}}}};
  const Json figure = {
      {"value", range(1, 2, 3)}, {"unit", "kWh"}, {"method", "h x W"}, {"year", 2023}, {"source", "OWID"}};
  out["footprint"] = {
      {"name", "card"},
      {"energy", figure},
      {"improvements",
       {{{"action", "Cap the power"}, {"impact", "-1 kg"}, {"difficulty", "easy"}, {"tools", "nvidia-smi"}}}}};
  return out;
}

bool holds(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("costs are a bar each, and buying against renting is plotted") {
  const std::string page = render_html(Report{}, with_costs());
  for (const char* part : {"40 h a month", "&lt;rent&gt;", "a shop, 2026-02-01", "360 USD to buy", "unconfirmed",
                           "fits in 2 sessions", "sessions end", "data-plot=\"0\""}) {
    CHECK(holds(page, part));
  }
  // The dearest end, 20 USD, is the whole width: a bar of half, its range from a quarter on.
  CHECK(holds(page, "<i style=\"width:50.0%\"></i><b style=\"left:25.0%;width:75.0%\">"));
  // Twice the break-even; at 100 h renting costs 20 USD and buying 360/36 + 10.
  CHECK(holds(page, "[100.0,20.0]"));
  CHECK(holds(page, "\"x\":100.0,\"y\":20.0,\"low\":10.0,\"high\":30.0"));
}

TEST_CASE("the footprint's table says action, impact, difficulty and tools") {
  const std::string page = render_html(Report{}, with_costs());
  for (const char* part : {"Estimated impact", "Cap the power", "-1 kg", "easy", "nvidia-smi", "OWID, 2023", "h x W"}) {
    CHECK(holds(page, part));
  }
  Json french = with_costs();
  french["needs"]["lang"] = "fr";
  CHECK(holds(render_html(Report{}, french), "Impact estimé"));
}

TEST_CASE("costs of another shape leave gaps, not errors") {
  for (const char* text : {"[]", "5", "{\"options\": 7}", "{\"options\": [1, {\"month\": []}], \"break_even\": 3}",
                           "{\"options\": [{\"id\": \"a\", \"month\": {\"high\": 1e308, \"low\": -1e308}}], "
                           "\"break_even\": {\"buy\": \"a\", \"central\": 1e300}}"}) {
    Json odd = with_costs();
    odd["costs"] = Json::parse(text);
    odd["footprint"] = Json::parse(text);
    CHECK(holds(render_html(Report{}, odd), "</html>"));
  }
}

TEST_CASE("a report with bandwidth and rates of computing has a roofline, with what was measured below it") {
  Report report;
  Benchmark triad = point("memory triad, plain stores", "B/s", "threads", 2, 40e9);
  triad.parameters["bytes_counted_per_element"] = 24;
  Benchmark product = point("matrix product, bf16", "FLOP/s", "threads", 2, 300e9);
  product.parameters["n"] = 1024;
  product.parameters["precision"] = "bf16";
  report.benchmarks = {triad, product};
  const std::string lower = render_html(report, nullptr);
  CHECK(holds(lower,
              "Below 7.5 operations a byte the memory is the limit (40 GB/s), above it the instructions (300 GFLOP"));
  CHECK(holds(lower, "100 % of the roof"));
  report.benchmarks.push_back(point("peak, fp32, avx2", "FLOP/s", "threads", 1, 200e9));
  report.benchmarks.push_back(point("peak, fp32, avx2", "FLOP/s", "threads", 2, 400e9));
  const std::string page = render_html(report, nullptr);
  CHECK(holds(page, "Below 10 operations a byte"));
  CHECK(holds(page, "256 operations a byte"));  // 2 n^3 of 2 n^2 numbers of 2 bytes and n^2 of 4
  CHECK(holds(page, "75 % of the roof"));
  CHECK(holds(page, "\"ceilings\":[{\"name\":\"peak, fp32, avx2\",\"rate\":400000000000.0}]"));
  report.benchmarks.erase(report.benchmarks.begin());
  CHECK_FALSE(holds(render_html(report, nullptr), "roofline</h2>"));
}

TEST_CASE("samples are a histogram beside their number, where there are enough") {
  Benchmark benchmark = point("memory triad", "B/s", "threads", 1, 100e9);
  CHECK(html::histogram(benchmark).empty());
  benchmark.samples = {100e9, 100e9, 100e9, 100e9, 116e9};
  const std::string picture = html::histogram(benchmark);
  CHECK(holds(picture, "<title>100 GB/s – 116 GB/s</title>"));
  CHECK(holds(picture, R"(<rect x="0" y="0.0" width="5" height="24.0"/>)"));
  CHECK(holds(picture, R"(<rect x="90" y="18.0" width="5" height="6.0"/>)"));
  benchmark.samples.assign(5, 7);
  CHECK(holds(html::histogram(benchmark), "height=\"24.0\""));
  benchmark.samples = {0, 0, 0, 0, 1e308 * 10};
  CHECK(html::histogram(benchmark).empty());
}

TEST_CASE("a report of nothing is still a page") {
  CHECK(render_html(Report{}, nullptr).find("</html>") != std::string::npos);
  CHECK(html::escape("a\033b") == "a\uFFFDb");
  CHECK(html::script_data("\"</script>\"") == "\"\\u003c/script>\"");
}
