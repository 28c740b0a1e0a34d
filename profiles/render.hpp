#pragma once
#include <string>

#include "profiles/advise.hpp"

namespace palier {

/// A text from outside, wrapped: the first line begins with `first`, the others with `next`. Ends in a newline.
std::string hanging(const std::string& text, const Terminal& terminal, const std::string& first,
                    const std::string& next);

/// A part's title with a text from outside beside it, wrapped. Ends in a newline.
std::string titled(const std::string& title, const std::string& text, const Terminal& terminal);

/// Whether no line of `text` is wider than the terminal.
bool fits_across(const std::string& text, const Terminal& terminal);

/// The part of the page on costs; the advice has some.
std::string render_costs(const Advice& advice, const Terminal& terminal, Detail detail);

/// The part on the model to be served; the advice has fits.
std::string render_fits(const Advice& advice, const Terminal& terminal, Detail detail);

/// The part on energy and carbon; the advice has a footprint.
std::string render_footprint(const Advice& advice, const Terminal& terminal, Detail detail);

}  // namespace palier
