#include "bench/html.hpp"
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

TEST_CASE("a report of nothing is still a page") {
  CHECK(render_html(Report{}, nullptr).find("</html>") != std::string::npos);
  CHECK(html::escape("a\033b") == "a\uFFFDb");
  CHECK(html::script_data("\"</script>\"") == "\"\\u003c/script>\"");
}
