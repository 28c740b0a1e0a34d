#pragma once
#include <span>
#include <string>
#include <string_view>

namespace palier {

/// What a field takes: "port".
struct ValueKind {
  std::string_view name;
  bool (*takes)(std::string_view);
  std::string_view what;  ///< for people
};

/// Numbers, times and sizes.
std::span<const ValueKind> amount_kinds();
/// Paths, names, addresses, yes and no.
std::span<const ValueKind> name_kinds();
/// What is made of the words of data/value_words.txt.
std::span<const ValueKind> word_kinds();

bool are_digits(std::string_view text);
bool is_in_range(std::string_view text, long long least, long long most);
bool is_port(std::string_view text);

}  // namespace palier
