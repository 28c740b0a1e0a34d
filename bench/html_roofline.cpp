#include "bench/html_roofline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/units.hpp"
#include "bench/gpu/device.hpp"
#include "bench/html_page.hpp"
#include "bench/html_text.hpp"

namespace palier::html {
namespace {

constexpr double triad_operations = 2;  // of an element: a product and a sum
constexpr double gpu_triad_bytes = 12;  // of an element: three numbers of fp32

struct Ceiling {
  std::string name, unit;
  double rate;
};

struct Point {
  std::string name, unit;
  double intensity, rate;  ///< operations a byte, operations a second
};

struct Roof {
  std::string of;  ///< "GPU 0: NVIDIA L4"; empty of the processor
  double bandwidth = 0;
  std::vector<Ceiling> ceilings;  ///< the highest last
  std::vector<Point> points;

  double at(double intensity, double rate) const { return std::min(intensity * bandwidth, rate); }
};

double number(const Benchmark& benchmark, const char* key) {
  const Json value = benchmark.parameters.value(key, Json());
  return value.is_number() ? value.get<double>() : 0;
}

// Each number is moved once at least: two matrices that are read and one of 32 bits that is written.
double intensity_of_product(const Benchmark& product) {
  const std::string precision = product.parameters.value("precision", "");
  const double width = precision == "fp32" ? 4 : precision == "int8" ? 1 : 2;
  return 2 * number(product, "n") / (2 * width + 4);
}

// The best of each name counts, which is that of the most threads as a rule.
std::vector<const Benchmark*> best_of_names(const Report& report, std::string_view begin) {
  std::vector<const Benchmark*> best;
  for (const Benchmark& b : report.benchmarks) {
    if (!b.name.starts_with(begin) || !(b.median > 0)) continue;
    const auto found = std::ranges::find(best, b.name, [](const Benchmark* other) { return other->name; });
    if (found == best.end()) {
      best.push_back(&b);
    } else if (b.median > (*found)->median) {
      *found = &b;
    }
  }
  return best;
}

void add_memory(Roof& roof, const Report& report) {
  for (const Benchmark* triad : best_of_names(report, "memory triad")) {
    const double bytes = number(*triad, "bytes_counted_per_element");
    if (bytes <= 0) continue;
    roof.bandwidth = std::max(roof.bandwidth, triad->median);
    const double intensity = triad_operations / bytes;
    roof.points.push_back({triad->name, "FLOP/s", intensity, intensity * triad->median});
  }
}

Roof roof_of(const Report& report) {
  Roof roof;
  add_memory(roof, report);
  const auto products = best_of_names(report, "matrix product");
  auto highest = best_of_names(report, "peak,");
  if (highest.empty()) highest = products;
  for (const Benchmark* b : highest) roof.ceilings.push_back({b->name, b->unit, b->median});
  std::ranges::sort(roof.ceilings, {}, &Ceiling::rate);
  for (const Benchmark* b : products) {
    if (number(*b, "n") > 0) roof.points.push_back({b->name, b->unit, intensity_of_product(*b), b->median});
  }
  return roof;
}

// Of the formats that GPUs have: bytes of a number of each matrix, and of the result.
double intensity_of_gpu_product(const Benchmark& product) {
  for (const GpuFormat format : gpu_formats) {
    if (product.parameters.value("format", "") == to_string(format))
      return 2 * number(product, "n") / static_cast<double>(2 * width(format) + result_width(format));
  }
  return 0;
}

// A ceiling is what the data sheet says, or the product itself where that says nothing.
void add_gpu_benchmark(Roof& roof, const Benchmark& b) {
  if (b.name == "gpu copy" || b.name == "gpu triad") roof.bandwidth = std::max(roof.bandwidth, b.median);
  if (b.name == "gpu triad") {
    const double intensity = triad_operations / gpu_triad_bytes;
    roof.points.push_back({"triad, fp32", "FLOP/s", intensity, intensity * b.median});
  }
  const double intensity = b.name == "gpu matrix product" ? intensity_of_gpu_product(b) : 0;
  if (!(intensity > 0)) return;
  const std::string format = b.parameters.value("format", "");
  const double limit = number(b, "limit");
  roof.points.push_back({"matrix product, " + format, b.unit, intensity, b.median});
  roof.ceilings.push_back({format, b.unit, limit > 0 ? limit : b.median});
}

std::vector<Roof> gpu_roofs(const Report& report) {
  std::vector<Roof> roofs;
  for (const Json& gpu : report.method.value("gpus", Json::array())) {
    Roof roof;
    roof.of = fmt::format("GPU {}: {}", gpu.value("device", 0), gpu.value("name", ""));
    for (const Benchmark& b : report.benchmarks) {
      if (b.parameters.value("device", -1) == gpu.value("device", 0) && b.median > 0) add_gpu_benchmark(roof, b);
    }
    std::ranges::sort(roof.ceilings, {}, &Ceiling::rate);
    roofs.push_back(std::move(roof));
  }
  return roofs;
}

const char* intensity_title(Lang lang) { return lang == Lang::fr ? "opérations par octet" : "operations a byte"; }

Json plot_of(const Roof& roof, Lang lang) {
  Json ceilings = Json::array(), points = Json::array();
  for (const Ceiling& ceiling : roof.ceilings) ceilings.push_back({{"name", ceiling.name}, {"rate", ceiling.rate}});
  for (const Point& point : roof.points)
    points.push_back({{"name", point.name}, {"x", point.intensity}, {"y", point.rate}});
  Json plot = Json::object();
  plot["roof"] = {{"bandwidth", roof.bandwidth}, {"ceilings", ceilings}, {"points", points}};
  plot["unit"] = roof.ceilings.back().unit;
  plot["axis"] = intensity_title(lang);
  return plot;
}

// The marks that page.js draws: the table is the plot's legend.
constexpr std::array marks = {"●", "■", "▲", "◆"};

std::string table_of(const Roof& roof, Lang lang) {
  const char* of_roof = lang == Lang::fr ? "du toit" : "of the roof";
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < roof.points.size(); ++i) {
    const Point& point = roof.points[i];
    const double share = point.rate / roof.at(point.intensity, roof.ceilings.back().rate);
    rows.push_back({fmt::format("{} {}", marks.at(i % marks.size()), escape(point.name)),
                    escape(fmt::format("{} {}", format_number(point.intensity), intensity_title(lang))),
                    escape(format_si(point.rate, point.unit)), fmt::format("{:.0f} % {}", 100 * share, of_roof)});
  }
  for (const Ceiling& ceiling : roof.ceilings)
    rows.push_back({"━ " + escape(ceiling.name), "", escape(format_si(ceiling.rate, ceiling.unit)), ""});
  return facts({}, rows);
}

std::string explanation(const Roof& roof, Lang lang) {
  const Ceiling& top = roof.ceilings.back();
  const std::string ridge = format_number(top.rate / roof.bandwidth), memory = format_si(roof.bandwidth, "B/s"),
                    rate = format_si(top.rate, top.unit);
  return lang == Lang::fr
             ? fmt::format(
                   "En dessous de {} opérations par octet, c’est la mémoire qui limite ({})\u00a0; au-dessus, "
                   "les instructions ({}).",
                   ridge, memory, rate)
             : fmt::format("Below {} operations a byte the memory is the limit ({}), above it the instructions ({}).",
                           ridge, memory, rate);
}

std::string section_of(const Roof& roof, Lang lang, Json& plots) {
  if (roof.bandwidth <= 0 || roof.ceilings.empty()) return {};
  std::string title = lang == Lang::fr ? "Mémoire ou calcul : le toit" : "Memory or computing: the roofline";
  if (!roof.of.empty()) title += ", " + roof.of;
  std::string out = element("h2", escape(title)) + element("p", escape(explanation(roof, lang))) +
                    place_of_plot(plots) + table_of(roof, lang);
  plots.push_back(plot_of(roof, lang));
  return element("section", out) + "\n";
}

}  // namespace

std::string roofline_section(const Report& report, Lang lang, Json& plots) {
  std::string out = section_of(roof_of(report), lang, plots);
  for (const Roof& roof : gpu_roofs(report)) out += section_of(roof, lang, plots);
  return out;
}

}  // namespace palier::html
