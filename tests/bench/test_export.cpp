#include "base/error.hpp"
#include "bench/export.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Json example() {
  Report report;
  report.machine = {{"cpu", {{"model", "A | B"}, {"architecture", "x86_64"}, {"pus", 2}}},
                    {"effective", {{"cpus", 2.0}}},
                    {"memory", {{"total", 17179869184}}}};
  report.method = {{"seed", 1}, {"interrupted", false}};
  for (const int threads : {1, 2})
    report.benchmarks.push_back(summarise("memory triad, plain stores", "B/s", {{"threads", threads}},
                                          {16e9 * threads, 16.4e9 * threads, 17e9 * threads}, 1));
  report.benchmarks.push_back(summarise("workers", "jobs/s", {{"workers", 1}, {"job", "a\x1b \"b\"\xff"}}, {1400}, 1));
  report.benchmarks[1].warnings = {"too noisy to conclude: <b>x</b>"};
  report.scaling = {{"recommended", {{"workers", 1}, {"why", "no more was tried"}}}};
  report.warnings = {"the whole run was odd"};
  return report;
}

}  // namespace

TEST_CASE("a report becomes Markdown whose cells and paragraphs nothing breaks") {
  CHECK(exported(example(), "report.md") ==
        "# What palier measured\n\n"
        "| | |\n|---|---|\n"
        "| processor | A \\| B |\n"
        "| architecture | x86\\_64 |\n"
        "| processing units | 2 |\n"
        "| CPUs allowed | 2.0 |\n"
        "| memory | 16 GiB |\n"
        "\n## memory triad, plain stores\n\n"
        "| threads | median | 95 % interval | samples |\n|---|---|---|---|\n"
        "| 1 | 16.4 GB/s | 16 GB/s .. 17 GB/s | 3 |\n"
        "| 2 | 32.8 GB/s | 32 GB/s .. 34 GB/s | 3 |\n"
        "\n> 2 threads: too noisy to conclude: \\<b\\>x\\</b\\>\n"
        "\n## workers\n\n"
        "| workers | median | 95 % interval | samples |\n|---|---|---|---|\n"
        "| 1 | 1400 jobs/s | - | 1 |\n"
        "\nRecommended: 1 worker: no more was tried\n"
        "\n> the whole run was odd\n");
}

TEST_CASE("a report becomes comma separated values, quoted where they need it") {
  CHECK(exported(example(), "dir/REPORT.CSV") ==
        "name,place,unit,median,low,high,spread,samples,parameters\r\n"
        "\"memory triad, plain stores\",1 thread,B/s,16400000000.0,16000000000.0,17000000000.0,400000000.0,3,"
        "\"{\"\"threads\"\":1}\"\r\n"
        "\"memory triad, plain stores\",2 threads,B/s,32800000000.0,32000000000.0,34000000000.0,800000000.0,3,"
        "\"{\"\"threads\"\":2}\"\r\n"
        "workers,1 worker,jobs/s,1400.0,,,0.0,1,\"{\"\"workers\"\":1,\"\"job\"\":\"\"a\\u001b "
        "\\\"\"b\\\"\"\xEF\xBF\xBD\"\"}\"\r\n");
}

TEST_CASE("a report becomes JUnit's XML, with what was too noisy as skipped") {
  CHECK(exported(example(), "report.xml") ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"palier bench\" tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"1\">\n"
        "  <testcase classname=\"memory triad, plain stores\" name=\"1 thread\">\n"
        "    <system-out>median 16400000000.0 B/s, 3 samples</system-out>\n  </testcase>\n"
        "  <testcase classname=\"memory triad, plain stores\" name=\"2 threads\">\n"
        "    <skipped message=\"too noisy to conclude: &lt;b&gt;x&lt;/b&gt;\"/>\n"
        "    <system-out>median 32800000000.0 B/s, 3 samples\n"
        "too noisy to conclude: &lt;b&gt;x&lt;/b&gt;</system-out>\n  </testcase>\n"
        "  <testcase classname=\"workers\" name=\"1 worker\">\n"
        "    <system-out>median 1400.0 jobs/s, 1 samples</system-out>\n  </testcase>\n"
        "</testsuite>\n");
}

TEST_CASE("every other file gets the document itself") {
  CHECK(exported(example(), "report.json") == to_text(example()));
  CHECK(exported(example(), "report") == to_text(example()));
  CHECK_THROWS_AS(exported(Json{{"schema", "other"}}, "x.md"), Error);
}
