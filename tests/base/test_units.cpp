#include "base/units.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("numbers have three significant digits") {
  CHECK(format_number(0.0363) == "0.0363");
  CHECK(format_number(1410.4) == "1410");
  CHECK(format_number(2.5) == "2.5");
  CHECK(format_number(0) == "0");
  CHECK(format_number(123456789012345.0) == "123456789012345");
  CHECK(format_number(-1e308) == "-1e+308");
  CHECK(format_number(99.96) == "100");
}

TEST_CASE("bytes and rates") {
  CHECK(format_bytes(512) == "512 B");
  CHECK(format_bytes(25274503168.0) == "23.5 GiB");
  CHECK(format_bytes(1048576) == "1 MiB");
  CHECK(format_si(2.213e10, "B/s") == "22.1 GB/s");
  CHECK(format_seconds(245) == "4 min 05 s");
  CHECK(format_seconds(0.85) == "850 ms");
}

TEST_CASE("sizes are read as their fields write them") {
  CHECK(parse_bytes("16GiB") == 17179869184u);
  CHECK(parse_bytes("16 GB") == 16000000000u);
  CHECK(parse_bytes("16Gi") == 17179869184u);
  CHECK(parse_bytes("512M") == 536870912u);
  CHECK(parse_bytes("4096") == 4096u);
  CHECK_FALSE(parse_bytes("-1"));
  CHECK_FALSE(parse_bytes("16 gigs"));
  CHECK_FALSE(parse_bytes(""));
  CHECK_FALSE(parse_bytes("1..5G"));
  CHECK_FALSE(parse_bytes("99999999999999999999T"));
}

TEST_CASE("durations") {
  CHECK(parse_seconds("500ms") == Approx(0.5));
  CHECK(parse_seconds("1.5m") == Approx(90));
  CHECK(parse_seconds("10") == Approx(10));
  CHECK_FALSE(parse_seconds("soon"));
}
