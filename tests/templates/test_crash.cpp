// What an error, a signal or a full disk leaves of a workspace. What a power cut leaves is in test_power_loss.cpp.
#include <sys/resource.h>

#include <csignal>
#include <regex>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "tests/catch.hpp"
#include "tests/templates/traced.hpp"
#include "tests/templates/workspace.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

using Texts = std::map<std::string, std::string>;

void change_to(const fs::path& root, const Texts& texts) { apply(plan(files_of(texts), root)); }

// Changes `root` to what `texts` says, and is killed before its change number `changes` of a file. True where it was
// done before that.
bool killed_at(const fs::path& root, const Texts& texts, int changes) {
  return traced([&] { change_to(root, texts); },
                [&changes](const auto& call) {
                  const char kind = change_of(call);
                  return kind != 0 && kind != 's' && changes-- <= 0 ? Fate::kill : Fate::pass;
                }) == Outcome::done;
}

const Texts old_texts = {{"a", "old a\n"}, {"gone", "old\n"}}, new_texts = {{"a", "new a\n"}, {"n/b", "new b\n"}};

// A workspace of the old texts whose palier was killed when "n/b" was there, the last of the new ones.
void leave_half_done(const fs::path& root) {
  change_to(root, old_texts);
  for (int changes = 1;; ++changes) {
    if (killed_at(root, new_texts, changes)) FAIL("never half done");
    if (fs::exists(root / "n/b")) return;
    recover(Folder(root));
    fs::remove_all(root / ".palier/tmp");  // of one that did not come as far as its journal
  }
}

}  // namespace

TEST_CASE("What a later step relies on is on the disk before it begins") {
  const Workspace ws;
  ws.write({{"a", "old a\n"}, {"gone", "old\n"}});
  std::string steps;
  const auto note = [&steps](const auto& call) {
    if (const char kind = change_of(call); kind != 0) steps += kind;
    return Fate::pass;
  };
  CHECK(traced([&] { change_to(ws.root, new_texts); }, note) == Outcome::done);
  // The copies; the journal takes its name; the files take theirs; the journal goes; the copies go.
  INFO(steps);
  CHECK(std::regex_match(steps, std::regex("w+smsw*m[wmr]*sr+sr+")));
}

TEST_CASE("Killed before any change of a file, the workspace is the old or the new one") {
  for (const Texts& before : {old_texts, Texts()}) {
    int undone = 0, finished = 0;
    for (bool done = false; !done;) {
      const Workspace ws;
      if (!before.empty()) ws.write(before);
      INFO("killed before change " << undone + finished);
      done = killed_at(ws.root, new_texts, undone + finished);
      const Plan next = ws.planned(new_texts);
      const auto found = contents(ws.root);
      CHECK((found == before || found == new_texts));
      CHECK(next.writes == (found == before));
      (found == before ? undone : finished) += 1;
      apply(next);
      CHECK(contents(ws.root) == new_texts);
      CHECK((!next.writes || !fs::exists(ws.root / ".palier/tmp")));
    }
    CHECK(undone > 15);
    CHECK(finished > 1);
  }
}

TEST_CASE("An undoing that is killed is finished by the next one") {
  const Workspace half;
  leave_half_done(half.root);
  int kills = 0;
  for (Outcome outcome = Outcome::killed; outcome != Outcome::done; ++kills) {
    const Workspace ws;
    fs::copy(half.root, ws.root, fs::copy_options::recursive);
    INFO("killed before change " << kills);
    int left = kills;
    outcome =
        traced([&] { recover(Folder(ws.root)); },
               [&left](const auto& call) { return change_of(call) != 0 && left-- <= 0 ? Fate::kill : Fate::pass; });
    recover(Folder(ws.root));
    CHECK(contents(ws.root) == old_texts);
    CHECK(ws.planned(new_texts).writes);
    CHECK_FALSE(ws.planned(old_texts).writes);
  }
  CHECK(kills > 10);
}

TEST_CASE("Undoing keeps what the user did in between") {
  const Workspace ws;
  leave_half_done(ws.root);
  write_file(ws.root / "a", "mine\n");
  recover(Folder(ws.root));
  CHECK(contents(ws.root) == Texts{{"a", "mine\n"}, {"gone", "old\n"}});
}

TEST_CASE("Ctrl-C is undone at any moment, or comes too late") {
  int undone = 0, late = 0;
  for (bool reached = true; reached;) {
    const Workspace ws;
    ws.write(old_texts);
    INFO("before change " << undone + late);
    int left = undone + late;
    const auto work = [&] {
      watch_interrupts();
      change_to(ws.root, new_texts);
    };
    const Outcome outcome = traced(
        work, [&left](const auto& call) { return change_of(call) != 0 && left-- == 0 ? Fate::interrupt : Fate::pass; });
    reached = left < 0;
    (outcome == Outcome::done ? late : undone) += 1;
    CHECK(contents(ws.root) == (outcome == Outcome::done ? new_texts : old_texts));
    CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
  }
  CHECK(undone > 15);
  CHECK(late > 3);
}

TEST_CASE("A disk that is full from any moment on leaves the workspace as it was") {
  if (!can_fail_calls()) return;
  int refused = 0;
  for (Outcome outcome = Outcome::refused; outcome != Outcome::done; ++refused) {
    const Workspace ws;
    ws.write(old_texts);
    INFO("full before change " << refused);
    int left = refused;
    outcome = traced(
        [&] { change_to(ws.root, new_texts); },
        [&left](const auto& call) { return change_of(call) == 'w' && left-- <= 0 ? Fate::no_space : Fate::pass; });
    CHECK(contents(ws.root) == (outcome == Outcome::done ? new_texts : old_texts));
    CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
    CHECK(ws.planned(new_texts).writes == (outcome != Outcome::done));
  }
  CHECK(refused > 15);
}

TEST_CASE("Whichever one call fails, the workspace is the old or the new one") {
  if (!can_fail_calls()) return;
  int failed = 0;
  for (bool reached = true; reached; ++failed) {
    const Workspace ws;
    ws.write(old_texts);
    INFO("failing change " << failed);
    int left = failed;
    const Outcome outcome =
        traced([&] { change_to(ws.root, new_texts); },
               [&left](const auto& call) { return change_of(call) != 0 && left-- == 0 ? Fate::no_space : Fate::pass; });
    reached = left < 0;
    const Plan next = ws.planned(new_texts);
    const auto found = contents(ws.root);
    CHECK((found == old_texts || found == new_texts));
    CHECK((outcome == Outcome::refused || found == new_texts));
    apply(next);
    CHECK(contents(ws.root) == new_texts);
  }
  CHECK(failed > 20);
}

TEST_CASE("A disk that fills up leaves the workspace as it was") {
  const Workspace ws;
  ws.write({{"a", "1\n"}});
  const Plan next = ws.planned({{"a", "2\n"}, {"big", std::string(1 << 20, 'x') + "\n"}});
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1 << 16;
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_AS(apply(next), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
}

TEST_CASE("A move that fails midway is undone") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"old", "1\n"}});
  // "z" is a file and a folder at once, which only the last move finds.
  const Plan next = ws.planned({{"a", "2\n"}, {"m", "2\n"}, {"z", "2\n"}, {"z/z", "2\n"}});
  CHECK_THROWS_AS(apply(next), Error);
  CHECK(contents(ws.root) == Texts{{"a", "1\n"}, {"old", "1\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
}
