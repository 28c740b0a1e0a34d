#pragma once
#include <string>
#include <vector>

#include "bench/endpoint/endpoint.hpp"

namespace palier {

/// What is said of a result in one line of a table, and the names of its columns.
std::vector<std::string> figures_header();
std::vector<std::string> figures_row(const EndpointResult& result);

/// A line of a table for each of several endpoints, its name first.
std::vector<std::string> parts_header();
std::vector<std::string> parts_row(const EndpointPart& part);
/// What else there is to say of it: its failures, what it said, and the warnings.
std::vector<std::string> remarks_on(const EndpointPart& part);

}  // namespace palier
