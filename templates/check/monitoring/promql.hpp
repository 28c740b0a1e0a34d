#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// A query in parts: names and numbers, texts in quotes as "\"", and single signs; blanks and comments are left out.
std::vector<std::string> query_tokens(std::string_view query);

/// True for a part that is the name of a metric, a label or a function.
bool is_query_name(std::string_view token);

/// What is wrong with the brackets and quotes of a query in PromQL or LogQL; "" where nothing is.
std::string unbalanced(std::string_view query);

/// What a query asks a label to be: the a and b of {name="a"} + {name="b"}.
std::vector<std::string> values_of_label(const std::string& query, const std::string& label);

struct QueryFault {
  std::string message, help;
};

/// What no Prometheus can read: brackets that do not close, a function or a range that there is not, a comparison with
/// one '='. nullopt where nothing of that is found.
std::optional<QueryFault> query_fault(std::string_view query);

}  // namespace palier
