#include "bench/html_advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "bench/html_page.hpp"
#include "bench/html_text.hpp"

namespace palier::html {
namespace {

constexpr double month_hours = 730;
constexpr double months = 36;

const Json& member(const Json& object, std::string_view key) {
  static const Json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

const Json& list_of(const Json& object, std::string_view key) {
  static const Json none = Json::array();
  const Json& found = member(object, key);
  return found.is_array() ? found : none;
}

double number_of(const Json& range, std::string_view end) {
  const Json& value = member(range, end);
  return value.is_number() ? value.get<double>() : 0;
}

const char* word(Lang lang, const char* en, const char* fr) { return lang == Lang::fr ? fr : en; }

// Two digits and a half: what an estimate can carry.
std::string amount(double value, Lang lang) {
  const double size = std::abs(value);
  std::string text = fmt::format("{:.{}f}", value, size >= 20 ? 0 : size >= 1 ? 1 : size >= 0.0005 ? 3 : 0);
  if (lang == Lang::fr) std::ranges::replace(text, '.', ',');
  return text;
}

std::string range_text(const Json& range, Lang lang) {
  const std::string low = amount(number_of(range, "low"), lang);
  const std::string high = amount(number_of(range, "high"), lang);
  const std::string central = amount(number_of(range, "central"), lang);
  if (low == high) return escape(central);
  return escape(central) + " " + element("small", escape(fmt::format("{} – {}", low, high)), "range");
}

std::string list(const Json& texts) {
  std::string items;
  for (const Json& text : texts) {
    if (text.is_string()) items += element("li", escape(text.get<std::string>()));
  }
  return items.empty() ? "" : element("ul", items);
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
  return rows.empty() ? "" : facts({}, rows);
}

std::string stack_table(const Json& advice) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : list_of(advice, "stack")) {
    rows.push_back({escape(text_of(item, "role")), element("strong", escape(text_of(item, "name"))),
                    escape(text_of(item, "why"))});
  }
  return rows.empty() ? "" : facts({}, rows);
}

std::string recommendation(const Json& advice, Lang lang) {
  Json changes = Json::array();
  for (const Json& flip : list_of(advice, "flips")) {
    changes.push_back(fmt::format("{} → {}", text_of(flip, "change"), text_of(flip, "title")));
  }
  std::string out = element("h2", word(lang, "Recommendation", "Recommandation")) +
                    element("p", escape(text_of(advice, "summary")), "lead") + path_table(advice);
  const auto part = [&](const char* title, const std::string& content) {
    if (!content.empty()) out += element("h3", title) + content;
  };
  part(word(lang, "What would change the answer", "Ce qui changerait la réponse"), list(changes));
  part(word(lang, "What to use", "Avec quoi"), stack_table(advice));
  part(word(lang, "Keep in mind", "À savoir"), list(list_of(advice, "risks")));
  return element("section", out);
}

// From nothing to the central value, and the range on it, in hundredths of the dearest.
std::string bar(const Json& month, double most) {
  const auto percent = [&](double value) { return std::clamp(value / most * 100, 0.0, 100.0); };
  const double low = percent(number_of(month, "low"));
  const double high = percent(number_of(month, "high"));
  return fmt::format(
      R"(<div class="bar"><i style="width:{:.1f}%"></i><b style="left:{:.1f}%;width:{:.1f}%"></b></div>)",
      percent(number_of(month, "central")), low, std::max(0.0, high - low));
}

std::string remarks(const Json& option, Lang lang) {
  std::string text = text_of(option, "note");
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (const std::string terms = text_of(option, "terms"); !terms.empty()) add(terms);
  const double upfront = number_of(member(option, "upfront"), "central");
  if (upfront > 0) add(fmt::format("{} USD {}", amount(upfront, lang), word(lang, "to buy", "à l’achat")));
  const Json& source = member(option, "provenance");
  if (text_of(source, "confidence") == "unconfirmed") add(word(lang, "unconfirmed", "non confirmé"));
  return fmt::format("{}{}[{}, {}]", text, text.empty() ? "" : " ", text_of(source, "source"), text_of(source, "date"));
}

std::string cost_table(const Json& options, Lang lang) {
  double most = 1e-9;
  for (const Json& option : options) most = std::max(most, number_of(member(option, "month"), "high"));
  std::vector<std::vector<std::string>> rows;
  for (const Json& option : options) {
    const Json& month = member(option, "month");
    const std::string three_years = amount(number_of(member(option, "three_years"), "central"), lang);
    rows.push_back({element("strong", escape(text_of(option, "name"))) + bar(month, most) +
                        element("small", escape(remarks(option, lang))),
                    range_text(month, lang) + " " + word(lang, "USD a month", "USD par mois"),
                    element("span", escape(three_years) + " " + word(lang, "in 3 years", "en 3 ans"), "range")});
  }
  return facts({}, rows);
}

// What a month costs by its hours: the rented machine with its range, and the bought one.
std::optional<Json> break_even_plot(const Json& costs, Lang lang) {
  const Json& even = member(costs, "break_even");
  const Json& rent = member(even, "rent_per_hour");
  for (const Json& option : list_of(costs, "options")) {
    if (!even.is_object() || text_of(option, "id") != text_of(even, "buy")) continue;
    const double fixed =
        (number_of(member(option, "upfront"), "central") - number_of(member(option, "resale"), "central")) / months;
    const double hour = number_of(member(option, "per_hour"), "central");
    const double crossing = number_of(even, "central");
    const double most = crossing > 0 ? std::clamp(std::ceil(crossing / 25) * 50, 50.0, month_hours) : month_hours;
    Json points = Json::array();
    Json bought = Json::array();
    for (int i = 0; i <= 10; ++i) {
      const double hours = most * i / 10;
      points.push_back({{"x", hours},
                        {"y", hours * number_of(rent, "central")},
                        {"low", hours * number_of(rent, "low")},
                        {"high", hours * number_of(rent, "high")}});
      bought.push_back({hours, fixed + hours * hour});
    }
    return Json{{"unit", word(lang, "USD a month", "USD par mois")},
                {"axis", word(lang, "hours a month", "heures par mois")},
                {"points", points},
                {"curve", bought},
                {"names", {word(lang, "rent", "louer"), word(lang, "buy", "acheter")}}};
  }
  return std::nullopt;
}

std::string costs_section(const Json& costs, Lang lang, Json& plots) {
  if (!costs.is_object()) return {};
  std::string out = element("h2", word(lang, "What it costs", "Ce que ça coûte")) +
                    element("p", escape(text_of(costs, "basis")), "lead") + cost_table(list_of(costs, "options"), lang);
  Json sentences = Json::array();
  for (const Json& plan : list_of(costs, "free_plans")) sentences.push_back(text_of(plan, "sentence"));
  out += list(sentences);
  if (const std::optional<Json> plot = break_even_plot(costs, lang)) {
    out += element("h3", word(lang, "Buy or rent?", "Acheter ou louer ?")) +
           element("p", escape(text_of(member(costs, "break_even"), "sentence"))) + place_of_plot(plots);
    plots.push_back(*plot);
  }
  return element("section", out);
}

std::vector<std::string> figure_row(const std::string& name, const Json& figure, Lang lang) {
  const Json& year = member(figure, "year");
  const std::string source = text_of(figure, "source") + (year.is_number() ? ", " + year.dump() : "");
  return {escape(name), range_text(member(figure, "value"), lang) + " " + escape(text_of(figure, "unit")),
          escape(text_of(figure, "method")) + "<br>" + element("small", escape(source))};
}

std::string footprint_section(const Json& footprint, Lang lang) {
  if (!footprint.is_object()) return {};
  const char* requests = word(lang, "per 1000 requests", "pour 1000 requêtes");
  std::vector<std::vector<std::string>> rows = {
      figure_row(word(lang, "energy a month", "énergie par mois"), member(footprint, "energy"), lang),
      figure_row("scope 2", member(footprint, "scope2"), lang),
      figure_row("scope 3", member(footprint, "scope3"), lang),
      figure_row(requests, member(footprint, "energy_per_thousand"), lang),
      figure_row(requests, member(footprint, "kg_per_thousand"), lang)};
  std::string out = element("h2", word(lang, "Footprint", "Empreinte")) +
                    element("p", escape(text_of(footprint, "name")), "lead") + facts({}, rows) +
                    element("p", escape(text_of(footprint, "note")));
  rows.clear();
  for (const Json& each : list_of(footprint, "improvements")) {
    rows.push_back({element("strong", escape(text_of(each, "action"))), escape(text_of(each, "impact")),
                    escape(text_of(each, "difficulty")), escape(text_of(each, "tools"))});
  }
  if (!rows.empty()) {
    out += element("h3", word(lang, "What lowers it", "Ce qui la réduit")) +
           facts({"Action", word(lang, "Estimated impact", "Impact estimé"), word(lang, "Difficulty", "Difficulté"),
                  word(lang, "Tools", "Outils")},
                 rows);
  }
  return element("section", out);
}

}  // namespace

std::string text_of(const Json& object, std::string_view key) {
  const Json& found = member(object, key);
  return found.is_string() ? found.get<std::string>() : std::string();
}

Lang lang_of(const Json& advice) { return parse_lang(text_of(member(advice, "needs"), "lang")).value_or(Lang::en); }

std::string advice_sections(const Json& advice, Json& plots) {
  if (!advice.is_object()) return {};
  const Lang lang = lang_of(advice);
  return recommendation(advice, lang) + "\n" + costs_section(member(advice, "costs"), lang, plots) + "\n" +
         footprint_section(member(advice, "footprint"), lang);
}

}  // namespace palier::html
