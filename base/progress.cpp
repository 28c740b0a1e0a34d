#include "base/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

std::string bar(double fraction) {
  constexpr int width = 20;
  const int full = std::clamp(static_cast<int>(std::lround(fraction * width)), 0, width);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < full ? "█" : "░";
  return text;
}

}  // namespace

Progress::Progress(std::ostream& out, const Terminal& terminal) : out_(out), terminal_(terminal) {}

Progress::~Progress() { clear(); }

void Progress::stage(const std::string& name) {
  stage_ = name;
  if (!terminal_.interactive) {
    out_ << name << "\n" << std::flush;
  } else {
    last_draw_ = {};
  }
}

void Progress::update(double fraction, const std::string& detail, double seconds_left) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_.interactive || now - last_draw_ < std::chrono::milliseconds(100)) return;
  last_draw_ = now;
  const std::string left = seconds_left < 0 ? "" : fmt::format("  {} left", format_seconds(std::ceil(seconds_left)));
  const std::string line = fmt::format("{} {:3.0f} %  {}{}{}{}", bar(fraction), fraction * 100, stage_,
                                       detail.empty() ? "" : ": ", detail, left);
  out_ << "\r\033[K" << shorten(line, terminal_.width - 1) << std::flush;
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  out_ << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace palier
