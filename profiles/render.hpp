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

/// The advice on one screen: what, why, when not, with what, for how much, what to beware of, what to do next.
std::string render_screen(const Advice& advice, const Terminal& terminal);

/// The whole page's part on costs; the advice has some.
std::string render_costs(const Advice& advice, const Terminal& terminal);

/// Its part on the model to be served; the advice has fits.
std::string render_fits(const Advice& advice, const Terminal& terminal);

/// Its part on energy and carbon; the advice has a footprint.
std::string render_footprint(const Advice& advice, const Terminal& terminal);

/// "Qwen3 8B, llama.cpp as Q8_0: fits on the GPU, ..."
std::string fit_text(const Fit& fit, Lang lang);

/// What may stand behind it, of one sequence: ", about 31 tokens/s"; empty where that is not known.
std::string pace_text(const Fit& fit, Lang lang);

/// "this machine (CPU): 0.76 kWh, 0.59 kg CO2e a month (0.28 to 0.9)"
std::string footprint_text(const Footprint& footprint, Lang lang);

/// "32 GB of memory (180-380 USD): it has 15.5 GiB"
std::string upgrade_text(const Upgrade& upgrade, Lang lang);

/// A command that is copied, in lines that fit beside `indent` columns: its comment is left out where there is no room
/// for it, and what is still too long goes on in the next line as a shell reads it, unless something quoted could be
/// parted.
std::string command_text(const std::string& command, const Terminal& terminal, std::size_t indent);

}  // namespace palier
