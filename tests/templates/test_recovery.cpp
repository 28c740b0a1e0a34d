// A workspace may come from anywhere: what it says of an interrupted write is read as carefully as all else.
#include "base/error.hpp"
#include "templates/checksum.hpp"
#include "tests/catch.hpp"
#include "tests/templates/workspace.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

const fs::path journal = ".palier/tmp/journal.json";

Json move_of(const std::string& path, const Json& replaces, const Json& after) {
  return Json{{"path", path}, {"replaces", replaces}, {"after", after}};
}

Json journal_of(const std::vector<Json>& moves) { return Json{{"schema", "palier.journal/1"}, {"moves", moves}}; }

// A workspace with the file "a" and somebody else's file beside it.
struct Found : Workspace {
  Found() {
    write_file(root / "a", "now\n");
    write_file(outside(), "theirs\n");
  }
  fs::path outside() const { return temporary.path() / "outside"; }

  void refuses(const std::string& text) const {
    INFO(text);
    write_file(root / journal, text);
    CHECK_THROWS_AS(planned({{"a", "new\n"}}), Error);
    CHECK(contents(root) == std::map<std::string, std::string>{{"a", "now\n"}});
    CHECK(read_file(outside()) == "theirs\n");
    CHECK(fs::exists(root / journal));
  }
};

}  // namespace

TEST_CASE("A journal that says what was done is undone") {
  const Found ws;
  write_file(ws.root / ".palier/tmp/0.old", "before\n");
  write_file(ws.root / "d/new", "new\n");
  write_file(ws.root / journal,
             to_text(journal_of({move_of("a", true, sha256("now\n")), move_of("d/new", false, sha256("new\n"))})));
  recover(Folder(ws.root));
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "before\n"}});
  CHECK_FALSE(fs::exists(ws.root / "d"));
  CHECK_FALSE(fs::exists(ws.root / ".palier"));
}

TEST_CASE("A journal that is none, or is cut off, is said and obeyed in nothing") {
  const Found ws;
  const std::string now = sha256("now\n");
  for (const char* text : {"", "{", "[]", "\xFF\xFE\x00garbage", "null", R"({"schema": "palier.journal/1"})",
                           R"([{"path": "a", "before": null, "after": null}])"})  // as earlier versions wrote it
    ws.refuses(text);
  ws.refuses(std::string(100, '['));
  ws.refuses(to_text(Json{{"schema", "palier.journal/2"}, {"moves", {move_of("a", false, now)}}}));
  ws.refuses(to_text(journal_of({move_of("a", "yes", now)})));
  ws.refuses(to_text(journal_of({move_of("a", false, 1)})));
  const std::string whole = to_text(journal_of({move_of("a", false, now)}));
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) ws.refuses(whole.substr(0, size));
}

TEST_CASE("A journal that names a file outside the workspace is refused whole") {
  const Found ws;
  for (const std::string path :
       {"../outside", "/etc/hostname", "d/../../outside", ".", "", ".palier/tmp/0.old", ".palier/x"})
    ws.refuses(to_text(journal_of({move_of("a", false, sha256("now\n")), move_of(path, false, sha256("theirs\n"))})));
  fs::create_symlink(ws.outside(), ws.root / "link");
  fs::create_directory_symlink(ws.temporary.path(), ws.root / "out");
  // Links are never as a move left them.
  write_file(ws.root / journal, to_text(journal_of({move_of("link", false, sha256("theirs\n")),
                                                    move_of("out/outside", false, sha256("theirs\n"))})));
  recover(Folder(ws.root));
  CHECK(read_file(ws.outside()) == "theirs\n");
  CHECK(fs::is_symlink(ws.root / "link"));
}

TEST_CASE("A journal whose copies are gone takes nothing away") {
  const Found ws;
  ws.refuses(to_text(journal_of({move_of("a", true, sha256("now\n"))})));
}

TEST_CASE("A scratch folder that is a link is not stepped into") {
  const Found ws;
  write_file(ws.temporary.path() / "theirs/journal.json", to_text(journal_of({move_of("a", false, sha256("now\n"))})));
  fs::create_directories(ws.root / ".palier");
  fs::create_directory_symlink(ws.temporary.path() / "theirs", ws.root / ".palier/tmp");
  CHECK_THROWS_AS(recover(Folder(ws.root)), Error);
  CHECK(read_file(ws.root / "a") == "now\n");
  CHECK(fs::exists(ws.temporary.path() / "theirs/journal.json"));
}

TEST_CASE("Who cannot undo says what to do") {
  const Found ws;
  write_file(ws.root / journal, "{");
  try {
    recover(Folder(ws.root));
    FAIL("nothing was said");
  } catch (const Error& error) {
    CHECK(error.text().message == "cannot undo what an interrupted run began");
    CHECK(error.text().location.file == (ws.root / journal).string());
    CHECK(error.text().help.find(".palier/tmp") != std::string::npos);
  }
  fs::remove_all(ws.root / ".palier/tmp");
  CHECK_NOTHROW(recover(Folder(ws.root)));
}
