#include "bench/html.hpp"

#include <fmt/format.h>

#include "base/embedded.hpp"
#include "base/lang.hpp"
#include "base/units.hpp"
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

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& list_of(const Json& object, const char* key) {
  static const Json none = Json::array();
  return object.is_object() && object.contains(key) && object[key].is_array() ? object[key] : none;
}

Lang lang_of(const Json& advice) {
  if (!advice.is_object() || !advice.contains("needs")) return Lang::en;
  return parse_lang(text_of(advice["needs"], "lang")).value_or(Lang::en);
}

std::string path_table(const Json& advice) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& step : list_of(advice, "path")) {
    std::string why = escape(text_of(step, "fact"));
    for (const char* part : {"threshold", "margin"}) {
      const std::string more = text_of(step, part);
      if (!more.empty()) why += (why.empty() ? "" : "<br>") + element("small", escape(more));
    }
    rows.push_back({escape(text_of(step, "text")), element("strong", escape(text_of(step, "answer_text"))), why});
  }
  return rows.empty() ? "" : html::table({}, rows);
}

std::string stack_table(const Json& advice) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : list_of(advice, "stack")) {
    rows.push_back({escape(text_of(item, "role")), element("strong", escape(text_of(item, "name"))),
                    escape(text_of(item, "why"))});
  }
  return rows.empty() ? "" : html::table({}, rows);
}

std::string flips(const Json& advice) {
  std::string items;
  for (const Json& flip : list_of(advice, "flips")) {
    items += element("li", escape(fmt::format("{} → {}", text_of(flip, "change"), text_of(flip, "title"))));
  }
  return items.empty() ? "" : element("ul", items);
}

std::string recommendation(const Json& advice, Lang lang) {
  if (!advice.is_object()) return {};
  const bool fr = lang == Lang::fr;
  std::string out = element("p", escape(text_of(advice, "summary")), "lead") + path_table(advice);
  if (const std::string changes = flips(advice); !changes.empty()) {
    out += element("h3", fr ? "Ce qui changerait la réponse" : "What would change the answer") + changes;
  }
  out += element("h3", fr ? "Avec quoi" : "What to use") + stack_table(advice);
  return element("section", element("h2", fr ? "Recommandation" : "Recommendation") + out);
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
    out += element("h3", escape(section.title)) + html::table({}, rows);
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
  const Lang lang = lang_of(advice);
  const html::Measured results = html::measured(report, lang);
  const std::string title = text_of(advice, "title");
  const std::string fallback = lang == Lang::fr ? "Ce que la machine porte" : "What the machine carries";
  return filled(file(embedded::report(), "page.html"),
                {{"lang", std::string(to_string(lang))},
                 {"title", escape(title.empty() ? fallback : title)},
                 {"style", std::string(file(embedded::report(), "page.css"))},
                 {"heading", escape(title.empty() ? fallback : title)},
                 {"figures", results.figures},
                 {"recommendation", recommendation(advice, lang)},
                 {"measured", results.sections},
                 {"machine", machine_section(report.machine, lang)},
                 {"method", method(lang)},
                 {"version", PALIER_VERSION},
                 {"data", html::script_data(results.plots.dump(-1, ' ', false, Json::error_handler_t::replace))},
                 {"chart", std::string(file(embedded::chart(), "chart.min.js"))},
                 {"script", std::string(file(embedded::report(), "page.js"))}});
}

}  // namespace palier
