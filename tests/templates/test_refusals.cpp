// What `palier check` says that a program refuses or passes over, the program refuses or passes over, where it is here.
#include <algorithm>

#include "base/process.hpp"
#include "templates/check/sources.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;

namespace {

namespace fs = std::filesystem;

const std::string data = std::string(PALIER_TESTS) + "/templates/check/";

// A defect of defects.json, or the good bundle as it is.
struct Case {
  std::string rule, place, where;
  FileTexts files;

  // Its files in a folder; `end` is added to the one that the defect is in.
  void write(const fs::path& folder, const std::string& end) const {
    for (const auto& [path, text] : files) {
      if (fs::path(path).parent_path() != fs::path(place).parent_path()) continue;
      fs::create_directories((folder / path).parent_path());
      write_file(folder / path, path == place ? text + end : text);
    }
  }
  std::string line() const {
    const std::string& text = files.at(place);
    const auto at = static_cast<std::ptrdiff_t>(text.find(where));
    return std::to_string(1 + std::count(text.begin(), text.begin() + at, '\n'));
  }
};

void edit(FileTexts& files, const Json& item) {
  std::string& text = files[item.at("file")];
  const std::string before = item.at("before");
  text.replace(text.find(before), before.size(), item.at("after").get<std::string>());
}

std::vector<Case> cases_of(const std::vector<std::string>& rules, const std::string& ending) {
  const FileTexts good = read_sources(data + "good").files;
  std::vector<Case> out;
  for (const Json& item : parse_json(read_file(data + "defects.json"), "defects.json")) {
    Case one{item.at("rule"), item.value("place", item.at("file").get<std::string>()), item.at("where"), good};
    if (std::find(rules.begin(), rules.end(), one.rule) == rules.end() || !one.place.ends_with(ending)) continue;
    edit(one.files, item);
    if (item.contains("also")) edit(one.files, item["also"]);
    out.push_back(one);
  }
  REQUIRE_FALSE(out.empty());
  return out;
}

// What a program says of a case; {} is its file.
ProcessResult told(std::vector<std::string> argv, const Case& one, const std::string& end = {}) {
  const TemporaryDirectory folder;
  one.write(folder.path(), end);
  std::replace(argv.begin(), argv.end(), std::string("{}"), (folder.path() / one.place).string());
  return run({.argv = argv, .directory = folder.path(), .timeout = std::chrono::seconds(60)});
}

std::string shown(const Case& one, const ProcessResult& result) {
  return one.rule + " " + one.place + ": " + one.where + "\n" + result.out + result.err;
}

bool says(const ProcessResult& result, const std::string& part) {
  return (result.out + result.err).find(part) != std::string::npos;
}

Case good(const std::string& place) { return {"good", place, "", read_sources(data + "good").files}; }

}  // namespace

TEST_CASE("what HAProxy is said to refuse, it refuses") {
  if (!find_program("haproxy")) return;
  const std::vector<std::string> argv = {"haproxy", "-c", "-f", "{}"};
  CHECK(told(argv, good("gateway/haproxy.cfg")).ok());
  for (const Case& one : cases_of({"haproxy-refused"}, ".cfg")) {
    const ProcessResult result = told(argv, one);
    INFO(shown(one, result));
    CHECK(result.exit_code == 1);
  }
}

TEST_CASE("what systemd is said to refuse or to pass over, it refuses or passes over") {
  if (!find_program("systemd-analyze")) return;
  const std::vector<std::string> argv = {"systemd-analyze", "--man=no", "verify", "{}"};
  const std::string unit = "gateway/palier-gateway.service";
  const ProcessResult accepted = told(argv, good(unit));
  INFO(shown(good(unit), accepted));
  CHECK_FALSE((says(accepted, "bad unit file setting") || says(accepted, "palier-gateway.service:1")));
  for (const Case& one : cases_of({"unit-broken"}, "")) {
    const ProcessResult result = told(argv, one);
    INFO(shown(one, result));
    CHECK(says(result, "bad unit file setting"));
  }
  for (const Case& one : cases_of({"unit-setting"}, "")) {
    const ProcessResult result = told(argv, one);
    INFO(shown(one, result));
    CHECK(says(result, one.place + ":" + one.line() + ": "));
  }
}

// Redis has no command that only reads its file: a last line that it does not know ends it. Redis 8 gathers such lines
// and says them in full, without their number.
bool redis_refuses(const ProcessResult& result, const std::string& number, const std::string& line) {
  return says(result, "at line " + number + "\n") || says(result, ">>> '" + line);
}

TEST_CASE("what Redis is said to refuse, it refuses") {
  if (!find_program("redis-server")) return;
  const std::string end = "no-such-directive yes\n";
  for (Case& one : cases_of({"file-key", "file-value"}, "redis.conf")) {
    const ProcessResult result = told({"redis-server", "{}"}, one, end);
    INFO(shown(one, result));
    CHECK(redis_refuses(result, one.line(), one.where));
    one.files[one.place] = "port 0\nmaxmemory 1gb\nmaxmemory-policy allkeys-lru\n";
    CHECK(redis_refuses(told({"redis-server", "{}"}, one, end), "4", "no-such-directive"));
  }
}
