#pragma once
#include <string>
#include <vector>

#include "bench/endpoint/sweep.hpp"

namespace palier {

/// What is said of each load, for the terminal and for the page.
std::vector<std::string> sweep_header(const EndpointSweep& sweep);
/// The figures of run `i`, as many as the header has names.
std::vector<std::string> sweep_row(const EndpointSweep& sweep, std::size_t i);

/// What there is to say of a run in a word or two, and whether it is good.
struct SweepRemark {
  std::string text;
  Style style = Style::plain;
};
SweepRemark remark_on(const EndpointSweep& sweep, std::size_t i);

/// The highest load that meets the objectives and what the knee is, a sentence each.
std::vector<std::string> conclusions(const EndpointSweep& sweep);

/// "requests/s" or "requests under way".
const char* load_unit(const EndpointSweep& sweep);

}  // namespace palier
