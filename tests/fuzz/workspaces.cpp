#include <array>
#include <fstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "templates/plan.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

namespace fs = std::filesystem;

// write_file() would wait for the disk.
void put(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// Which of palier's own files the first byte chooses.
fs::path file_of(char choice) {
  constexpr auto all = std::to_array({Manifest::path, Bases::path, ".palier/tmp/journal.json"});
  return all.at(static_cast<unsigned char>(choice) % all.size());
}

}  // namespace

void workspace(std::string_view bytes) {
  if (bytes.empty()) return;
  const TemporaryDirectory temporary;
  const fs::path root = temporary.path() / "ws", theirs = temporary.path() / "theirs";
  put(theirs, "theirs\n");
  put(root / "a", "now\n");
  put(root / ".palier/tmp/0.old", "before\n");
  put(root / file_of(bytes.front()), bytes.substr(1));
  Generated generated;
  generated.files["a"] = {"new\n", 0644, "t"};
  generated.sources["t"] = {};
  try {
    const Plan next = plan(generated, root);
    diff(next);
    to_text(to_document(next));
  } catch (const Error&) {
    hold(read_file(theirs) == "theirs\n", "nothing outside the workspace is touched");
    throw;
  }
  hold(read_file(theirs) == "theirs\n", "nothing outside the workspace is touched");
}

}  // namespace palier::fuzz
