#include "bench/html.hpp"

#include "base/lang.hpp"
#include "bench/html_advice.hpp"
#include "bench/html_measured.hpp"
#include "bench/html_page.hpp"
#include "bench/html_text.hpp"
#include "hwdetect/describe.hpp"

namespace palier {
namespace {

using html::element;
using html::escape;

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

}  // namespace

std::string render_html(const Report& report, const Json& advice) {
  const Lang lang = html::lang_of(advice);
  html::Measured results = html::measured(report, lang);
  const std::string advised = html::advice_sections(advice, results.plots);
  const std::string title = html::text_of(advice, "title");
  return html::render({.lang = lang,
                       .title = !title.empty()     ? title
                                : lang == Lang::fr ? "Ce que la machine porte"
                                                   : "What the machine carries",
                       .figures = results.figures,
                       .recommendation = advised,
                       .measured = results.sections,
                       .machine = machine_section(report.machine, lang),
                       .method = method(lang),
                       .plots = std::move(results.plots)});
}

}  // namespace palier
