// A computer that loses its power keeps any part of what was written since the last wait for the disk, in any order,
// and of a new file maybe the name alone. The states at each wait are recorded from a real run, then parts of what came
// after it are laid over them, and palier is let loose on the result.
#include <algorithm>
#include <fstream>
#include <random>

#include "base/text.hpp"
#include "tests/catch.hpp"
#include "tests/every_nth.hpp"
#include "tests/templates/traced.hpp"
#include "tests/templates/workspace.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

using Texts = std::map<std::string, std::string>;

// Every file, palier's own among them.
Texts state_of(const fs::path& root) {
  Texts files;
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) files[entry.path().lexically_relative(root).string()] = read_file(entry.path());
  }
  return files;
}

// write_file() would wait for the disk.
void make(const fs::path& root, const Texts& files) {
  for (const auto& [path, text] : files) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
}

// The states that are on the disk for sure, one after the other, of a run that makes `root` what `texts` says.
std::vector<Texts> states(const fs::path& root, const Texts& texts) {
  std::vector<Texts> found = {state_of(root)};
  const auto note = [&](const auto& call) {
    if (change_of(call) == 's') found.push_back(state_of(root));
    return Fate::pass;
  };
  CHECK(traced([&] { apply(plan(files_of(texts), root)); }, note) == Outcome::done);
  found.push_back(state_of(root));
  return found;
}

bool holds(const Texts& files, const std::string& text) {
  return std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.second == text; });
}

// Some part of the way from one state to the next: each name leads to what it led to, or to what it will. A text that
// no file had before may be cut off; one that only changes its name is on the disk whole.
Texts part_of(const Texts& from, const Texts& to, std::mt19937& random) {
  Texts result = from;
  for (const auto& [path, text] : from) {
    if (to.count(path) == 0 && random() % 2 == 0) result.erase(path);
  }
  for (const auto& [path, text] : to) {
    if (random() % 2 == 0) continue;
    result[path] = holds(from, text) ? text : text.substr(0, text.size() * (random() % 3) / 2);
  }
  return result;
}

// From the state `start`, in which the user's files are `before`, to the one in which they are `after`.
void lose_power(const Texts& start, const Texts& generated, const Texts& before, const Texts& after) {
  std::vector<Texts> all;
  {
    const Workspace ws;
    make(ws.root, start);
    all = states(ws.root, generated);
  }
  CHECK(all.size() == 6);
  std::mt19937 random(1);
  EveryNth nth(10);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    for (int round = 0; round < 25; ++round) {
      if (!nth.next()) continue;
      const Workspace ws;
      make(ws.root, part_of(all[i], all[i + 1], random));
      INFO("after " << i << " waits, round " << round);
      const Plan next = ws.planned(generated);
      const Texts found = contents(ws.root);
      CHECK((found == before || found == after));
      CHECK(next.writes == (found == before));
      CHECK_FALSE(next.has_conflicts());
    }
  }
}

}  // namespace

TEST_CASE("A power cut leaves the old workspace or the new one") {
  const Texts before = {{"a", "1\n2\n3\n"}, {"gone", "1\n"}}, next = {{"a", "1\n2\nthree\n"}, {"n/b", "1\n"}};
  Workspace ws;
  ws.write(before);
  SECTION("a change") { lose_power(state_of(ws.root), next, before, next); }
  SECTION("the first write") { lose_power({}, next, {}, next); }
  SECTION("a change of what an earlier version wrote") {
    make_earlier(ws.root);
    lose_power(state_of(ws.root), next, before, next);
  }
  SECTION("a merge") {
    write_file(ws.root / "a", "mine\n1\n2\n3\n");
    lose_power(state_of(ws.root), next, {{"a", "mine\n1\n2\n3\n"}, {"gone", "1\n"}},
               {{"a", "mine\n1\n2\nthree\n"}, {"n/b", "1\n"}});
  }
}
