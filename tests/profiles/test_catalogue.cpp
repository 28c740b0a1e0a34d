#include "base/file.hpp"
#include "profiles/catalogue.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;

TEST_CASE("the built-in data are right") {
  for (const DataCheck& check : check_data(DataPath(std::nullopt, embedded::data()))) {
    CHECK_FALSE(check.error);
    CHECK_FALSE(check.summary.empty());
  }
}

TEST_CASE("every built-in file is in the catalogue") {
  for (const EmbeddedFile& file : embedded::data()) {
    const auto& sets = data_sets();
    CHECK(std::any_of(sets.begin(), sets.end(), [&](const DataSet& set) { return set.name == file.name; }));
  }
}

TEST_CASE("a wrong copy and a file that nobody reads are found") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "tree.yaml", "schema: palier.tree/1\nfirst: x\n");
  write_file(folder.path() / "tre.yaml", "schema: palier.tree/1\n");
  const auto checks = check_data(DataPath(folder.path(), embedded::data()));
  REQUIRE(checks.size() >= 2);
  CHECK(checks.front().name == "tree.yaml");
  REQUIRE(checks.front().error);
  CHECK(checks.front().error->text().location.file == (folder.path() / "tree.yaml").string());
  REQUIRE(checks.back().error);
  CHECK(checks.back().error->text().help == "did you mean 'tree.yaml'?");
}
