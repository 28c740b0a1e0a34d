#include <algorithm>
#include <filesystem>
#include <span>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/french.hpp"
#include "base/french_data.hpp"
#include "base/french_parsers.hpp"
#include "base/french_texts.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// The source texts of the rooms, a text that goes on in the next line put together.
const std::string& spoken() {
  static const std::string all = [] {
    std::string text;
    for (const char* room : {"base", "hwdetect", "profiles", "tools"}) {
      const std::filesystem::path folder = std::filesystem::path(PALIER_TESTS) / ".." / room;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string extension = entry.path().extension().string();
        if (entry.path().filename() == "french_texts.hpp" || (extension != ".cpp" && extension != ".hpp")) continue;
        const std::string source = read_file(entry.path());
        for (const std::string_view line : lines(source)) {
          const std::string_view more = trim(line);
          if (text.ends_with('"') && more.starts_with('"')) {
            text.pop_back();
            text += more.substr(1);
          } else {
            text += more;
          }
        }
      }
    }
    std::string plain;
    std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != '\\' && c != '"'; });
    return plain;
  }();
  return all;
}

// What palier itself says.
std::vector<FrenchText> own_texts() {
  std::vector<FrenchText> texts(french_texts.begin(), french_texts.end());
  texts.insert(texts.end(), data_texts.begin(), data_texts.end());
  return texts;
}

std::size_t holes(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find("{}"); at != text.npos; at = text.find("{}", at + 2)) ++count;
  return count;
}

// What the system says, not palier.
bool of_the_system(std::string_view text) {
  for (const int number : {ENOENT, EACCES, EISDIR, EFBIG, ENOSPC}) {
    if (text == system_message(number)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("an error is told in French with what it holds") {
  const Error error({.message = "cannot suppose gpu=H100 24GB",
                     .reason = "no GPU of this name and memory is known",
                     .location = {.file = "a.yaml", .line = 2},
                     .help = "did you mean 'h100'?"});
  CHECK(render(error, Lang::fr) ==
        "palier: erreur\u00a0: impossible de supposer gpu=H100 24GB\n"
        "  raison\u00a0: aucun GPU de ce nom et de cette mémoire n’est connu\n"
        "  --> a.yaml:2\n"
        "  aide\u00a0: vouliez-vous dire «\u00a0h100\u00a0»\u00a0?\n");
  CHECK(in_french("expected 16 GiB to 1.5 TiB") == "il faut de 16\u00a0Gio à 1,5\u00a0Tio");
  CHECK(in_french("expected a list, got a map") == "il faut une liste, et non une table");
  CHECK(in_french("nobody wrote this") == "nobody wrote this");
  CHECK(in_french("").empty());
}

TEST_CASE("every French text stands for one that palier says, with the same holes") {
  for (const FrenchText& pair : own_texts()) {
    INFO(pair.en);
    CHECK(holes(pair.en) == holes(pair.fr));
    CHECK(trim(pair.fr) == pair.fr);
    if (of_the_system(pair.en)) continue;
    std::string_view rest = pair.en;
    while (!rest.empty()) {
      const std::size_t hole = std::min(rest.find("{}"), rest.size());
      // A piece that is put together from two has no place of its own; the others have.
      std::string piece(trim(rest.substr(0, hole)));
      std::erase(piece, '"');
      for (const std::string_view mark : {"; ", "? "}) {
        if (const std::size_t at = piece.find(mark); at != piece.npos) piece.erase(0, at + 2);
      }
      if (piece.size() > 6) CHECK(spoken().find(piece) != std::string::npos);
      rest.remove_prefix(std::min(rest.size(), hole + 2));
    }
  }
}

TEST_CASE("every row can be reached, and French has no plain space before its marks") {
  std::vector<FrenchText> texts = own_texts();
  for (const std::span<const FrenchText> more :
       {std::span<const FrenchText>(yaml_texts), std::span<const FrenchText>(json_texts),
        std::span<const FrenchText>(jsonnet_texts), std::span<const FrenchText>(usage_texts)})
    texts.insert(texts.end(), more.begin(), more.end());
  for (const FrenchText& pair : texts) {
    INFO(pair.en);
    CHECK(holes(pair.en) == holes(pair.fr));
    std::string text(pair.en);
    for (std::size_t at = text.find("{}"); at != text.npos; at = text.find("{}")) text.replace(at, 2, "<x>");
    std::string french(pair.fr);
    for (std::size_t at = french.find("{}"); at != french.npos; at = french.find("{}")) french.replace(at, 2, "<x>");
    CHECK(in_french(text) == french);
    for (const char* mark : {" :", " ;", " ?", " !", "« ", " »"}) CHECK(pair.fr.find(mark) == pair.fr.npos);
  }
}
