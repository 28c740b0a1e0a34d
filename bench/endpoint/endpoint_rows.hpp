#pragma once
#include <string>
#include <vector>

#include "bench/endpoint/endpoint.hpp"

namespace palier {

/// What is said of a result in one line of a table, and the names of its columns.
std::vector<std::string> figures_header();
std::vector<std::string> figures_row(const EndpointResult& result);

/// What else there is to say of one of several endpoints: its failures, what it said, and the warnings.
std::vector<std::string> remarks_on(const EndpointPart& part);

}  // namespace palier
