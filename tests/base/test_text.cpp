#include "base/lang.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("trim takes white space and NUL bytes from both ends") {
  CHECK(trim(std::string_view(" a b\n\0", 6)) == "a b");
  CHECK(trim(" \n").empty());
}

TEST_CASE("lines and words") {
  CHECK(lines("a\r\nb\n") == std::vector<std::string_view>{"a", "b"});
  CHECK(lines("").empty());
  CHECK(words("  a\t bc ") == std::vector<std::string_view>{"a", "bc"});
}

TEST_CASE("numbers are whole texts") {
  CHECK(to_integer("42") == 42);
  CHECK_FALSE(to_integer("42 "));
  CHECK_FALSE(to_integer("99999999999999999999"));
  CHECK(to_number("1.5") == 1.5);
  CHECK_FALSE(to_number("nan"));
  CHECK_FALSE(to_number("1e999"));
}

TEST_CASE("what is printed cannot drive a terminal") {
  CHECK(printable("a\033[31mb") == "a\uFFFD[31mb");
  CHECK(printable("a\nb\tc") == "a b c");
  CHECK(printable("\xff\xfe") == "\uFFFD\uFFFD");
  CHECK(printable("\xc0\xaf") == "\uFFFD\uFFFD");            // overlong
  CHECK(printable("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");  // surrogate
  CHECK(printable("\u202Egnp.exe") == "\uFFFDgnp.exe");      // right-to-left override
  CHECK(printable("é€😀") == "é€😀");
  CHECK(printable("\xe2\x82") == "\uFFFD\uFFFD");  // cut in the middle
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(display_width("é€") == 2);
  CHECK(display_width("日本") == 4);
  CHECK(shorten("paliers", 4) == "pal…");
  CHECK(shorten("日本語", 4) == "日…");
  CHECK(shorten("ab", 2) == "ab");
}

TEST_CASE("wrap breaks at spaces and keeps paragraphs") {
  CHECK(wrap("aa bb cc", 5) == std::vector<std::string>{"aa bb", "cc"});
  CHECK(wrap("longword b", 4) == std::vector<std::string>{"longword", "b"});
  CHECK(wrap("a\nb", 9) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("languages are read from locale names") {
  CHECK(parse_lang("fr_FR.UTF-8") == Lang::fr);
  CHECK(parse_lang("C.UTF-8") == Lang::en);
  CHECK_FALSE(parse_lang("de_DE"));
  CHECK(Text{"a", ""}.in(Lang::fr) == "a");
}

TEST_CASE("a character's size is known, and what is no character has none") {
  CHECK(character_size("a") == 1);
  CHECK(character_size("\xC3\xA9t") == 2);
  CHECK(character_size("\xF0\x9F\x98\x80") == 4);
  CHECK(character_size("\xC3") == 0);
  CHECK(character_size("\xED\xA0\x80") == 0);  // half of a surrogate pair
}
