#include <fmt/format.h>

#include <cmath>

#include "base/french.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "profiles/estimate.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

std::string place_of(const Fit& fit, Lang lang) {
  if (fit.mode == "gpu") return say(lang, "on the GPU", "sur le GPU");
  if (fit.mode == "processor") return say(lang, "with the processor", "avec le processeur");
  if (fit.mode == "experts in memory")
    return say(lang, "on the GPU, experts in memory", "sur le GPU, experts en mémoire");
  return say(lang, "on the GPU and with the processor", "sur le GPU et avec le processeur");
}

std::string verdict(const Fit& fit, Lang lang) {
  const std::string size = size_text(std::abs(static_cast<double>(fit.margin)), lang);
  if (!fit.fits) return say(lang, "does not fit: {} more memory is needed", "ne tient pas : il manque {}", size);
  const std::string close = fit.surely ? "" : say(lang, ", close", ", de justesse");
  return say(lang, "fits {}{}, {} left, {} sequences of {} tokens", "tient {}{}, reste {}, {} séquences de {} tokens",
             place_of(fit, lang), close, size, fit.sequences, fit.context);
}

std::string range_text(const Range& range, Lang lang) {
  return fmt::format("{} ({}-{})", rough_text(range.central, lang), rough_text(range.low, lang),
                     rough_text(range.high, lang));
}

std::string speed_text(const FitSpeed& speed, std::uint64_t sequences, Lang lang) {
  const std::string together = sequences < 2 ? ""
                                             : say(lang, ", {} sequences together {}", ", {} séquences ensemble {}",
                                                   sequences, range_text(speed.all, lang));
  return say(lang, "tokens/s: one sequence {}{} [roofline; {}]", "tokens/s : une séquence {}{} [roofline ; {}]",
             range_text(speed.one, lang), together, lang == Lang::fr ? in_french(speed.basis) : speed.basis);
}

}  // namespace

std::string fit_text(const Fit& fit, Lang lang) {
  return say(lang, "{}, {} as {}: {}", "{}, {} en {} : {}", fit.name, fit.engine, fit.type, verdict(fit, lang));
}

std::string pace_text(const Fit& fit, Lang lang) {
  if (!fit.speed) return {};
  return say(lang, ", about {} tokens/s", ", environ {} tokens/s", rough_text(fit.speed->one.central, lang));
}

std::string render_fits(const Advice& advice, const Terminal& terminal) {
  const Lang lang = advice.needs.lang;
  std::string out = "\n" + styled(terminal, Style::bold, say(lang, "Model", "Modèle")) + "\n";
  for (const Fit& fit : advice.fits) {
    out += hanging(fit_text(fit, lang), terminal, "  ", "    ");
    if (fit.speed) out += hanging(speed_text(*fit.speed, fit.sequences, lang), terminal, "    ", "      ");
    if (!fit.command.empty()) out += hanging(fit.command, terminal, "    ", "      ");
  }
  return out;
}

}  // namespace palier
