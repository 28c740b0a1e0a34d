#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace palier {

/// Bytes with a binary unit and three significant digits: "512 B", "7.7 GiB", "1.81 TiB".
std::string format_bytes(double bytes);

/// A quantity with an SI prefix and three significant digits: format_si(2.21e10, "B/s") is "22.1 GB/s".
std::string format_si(double value, std::string_view unit);

/// A number with three significant digits and no exponent below 1e15: "0.036", "1410", "2.5".
std::string format_number(double value);

/// "850 ms", "12.3 s", "4 min 05 s".
std::string format_seconds(double seconds);

/// Reads "16GiB", "16 GB", "512M", "1.5G" or plain bytes: KB, MB, GB, TB are powers of 1000; KiB... and the bare
/// letters K, M, G, T powers of 1024 (as Kubernetes' Ki and Docker's g). nullopt where it is no such text or is
/// negative.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// Reads "500ms", "2s", "1.5m", "2min", "1h" or plain seconds. nullopt where it is no such text or is negative.
std::optional<double> parse_seconds(std::string_view text);

}  // namespace palier
