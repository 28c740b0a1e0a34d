#pragma once
#include <string>

#include "base/json.hpp"
#include "base/lang.hpp"

namespace palier::html {

/// The parts of a page. What is no title is markup, made with html_text.hpp.
struct Page {
  Lang lang = Lang::en;
  std::string title;           ///< as text
  std::string figures;         ///< the few numbers that matter, as cards
  std::string recommendation;  ///< the sections, in this order
  std::string measured;
  std::string machine;
  std::string method;          ///< how it was measured
  Json plots = Json::array();  ///< what the plots are drawn from (page/page.js), each at the place that has its number
};

/// A number that matters: "42.3 GB/s", "memory triad", "2 threads". As text.
std::string card(const std::string& value, const std::string& label, const std::string& detail);

/// The place of the next plot, whose data the caller adds to the plots.
std::string place_of_plot(const Json& plots);

/// The whole page, which needs nothing else: styles, plots and their library inside.
std::string render(const Page& page);

}  // namespace palier::html
