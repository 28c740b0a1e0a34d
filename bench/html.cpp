#include "bench/html.hpp"

#include <fmt/format.h>

#include "base/embedded.hpp"
#include "base/lang.hpp"
#include "base/units.hpp"
#include "bench/html_advice.hpp"
#include "bench/html_measured.hpp"
#include "bench/html_text.hpp"
#include "hwdetect/describe.hpp"

namespace palier {
namespace {

using html::element;
using html::escape;

std::string_view file(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const EmbeddedFile& f : files) {
    if (f.name.ends_with(name)) return f.text;
  }
  throw std::logic_error(fmt::format("{} is not in the program", name));
}

std::string machine_section(const Json& document, Lang lang) {
  if (!document.is_object()) return {};
  std::string out = element("h2", lang == Lang::fr ? "La machine" : "The machine");
  for (const MachineSection& section : describe(machine_from(document, "the report's machine"))) {
    std::vector<std::vector<std::string>> rows;
    for (const MachineRow& row : section.rows) {
      rows.push_back(
          {escape(row.label), row.warning ? element("span", escape(row.text), "warning") : escape(row.text)});
    }
    out += element("h3", escape(section.title)) + html::facts({}, rows);
  }
  return element("section", out);
}

std::string method(Lang lang) {
  return element(
      "p",
      lang == Lang::fr
          ? "Chaque valeur est la médiane de mesures entrelacées ; la bande est l’intervalle de confiance à 95 % de la "
            "médiane "
            "(bootstrap). Toutes les mesures brutes sont dans report.json."
          : "Every figure is the median of interleaved samples; the band is the 95 % bootstrap interval of the median. "
            "All raw samples are in report.json.",
      "method");
}

/// `page` with each {{name}} replaced once, from left to right; what is put in is never read again.
std::string filled(std::string_view page, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  for (const auto& [name, value] : values) {
    const std::string mark = fmt::format("{{{{{}}}}}", name);
    const std::size_t at = page.find(mark);
    if (at == std::string_view::npos) throw std::logic_error(fmt::format("page.html lacks {}", mark));
    out.append(page.substr(0, at)).append(value);
    page.remove_prefix(at + mark.size());
  }
  return out.append(page);
}

}  // namespace

std::string render_html(const Report& report, const Json& advice) {
  const Lang lang = html::lang_of(advice);
  html::Measured results = html::measured(report, lang);
  const std::string advised = html::advice_sections(advice, results.plots);
  const std::string title = html::text_of(advice, "title");
  const std::string fallback = lang == Lang::fr ? "Ce que la machine porte" : "What the machine carries";
  return filled(file(embedded::report(), "page.html"),
                {{"lang", std::string(to_string(lang))},
                 {"title", escape(title.empty() ? fallback : title)},
                 {"style", std::string(file(embedded::report(), "page.css"))},
                 {"heading", escape(title.empty() ? fallback : title)},
                 {"figures", results.figures},
                 {"recommendation", advised},
                 {"measured", results.sections},
                 {"machine", machine_section(report.machine, lang)},
                 {"method", method(lang)},
                 {"version", PALIER_VERSION},
                 {"data", html::script_data(results.plots.dump(-1, ' ', false, Json::error_handler_t::replace))},
                 {"chart", std::string(file(embedded::chart(), "chart.min.js"))},
                 {"script", std::string(file(embedded::report(), "page.js"))}});
}

}  // namespace palier
