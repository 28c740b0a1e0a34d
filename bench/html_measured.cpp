#include "bench/html_measured.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "bench/html_text.hpp"

namespace palier::html {
namespace {

using Group = std::vector<const Benchmark*>;

std::vector<Group> groups(const Report& report) {
  std::vector<Group> out;
  for (const Benchmark& benchmark : report.benchmarks) {
    const auto same = [&](const Group& group) { return group.front()->name == benchmark.name; };
    const auto found = std::ranges::find_if(out, same);
    if (found == out.end()) {
      out.push_back({&benchmark});
    } else {
      found->push_back(&benchmark);
    }
  }
  return out;
}

/// The parameter along which a group varies: "workers", "threads", or none.
const char* axis(const Group& group) {
  for (const char* name : {"workers", "threads"}) {
    const auto has = [&](const Benchmark* b) {
      return b->parameters.contains(name) && b->parameters[name].is_number();
    };
    if (std::ranges::all_of(group, has)) return name;
  }
  return nullptr;
}

std::string value_text(double value, const std::string& unit) {
  return unit == "B/s" || unit == "FLOP/s" || value >= 1e5 ? format_si(value, unit)
                                                           : fmt::format("{} {}", format_number(value), unit);
}

const Benchmark& best(const Group& group) {
  return **std::ranges::max_element(group, {}, [](const Benchmark* b) { return b->median; });
}

std::string warnings(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += element("p", escape(text), "warning");
  return out;
}

std::string group_table(const Group& group, const char* x, Lang lang) {
  const bool fr = lang == Lang::fr;
  const std::string first = x == nullptr                  ? (fr ? "paramètres" : "parameters")
                            : std::string(x) == "threads" ? "threads"
                                                          : "workers";
  std::vector<std::vector<std::string>> rows;
  for (const Benchmark* b : group) {
    const std::string interval = b->interval ? fmt::format("{} – {}", value_text((*b->interval)[0], b->unit),
                                                           value_text((*b->interval)[1], b->unit))
                                             : "–";
    rows.push_back({escape(x != nullptr ? b->parameters[x].dump() : b->parameters.dump()),
                    escape(value_text(b->median, b->unit)), escape(interval), fmt::format("{}", b->samples.size())});
  }
  return table(
      {first, fr ? "médiane" : "median", fr ? "intervalle à 95 %" : "95 % interval", fr ? "mesures" : "samples"}, rows);
}

Json plot(const Group& group, const char* x, const Report& report) {
  Json points = Json::array();
  for (const Benchmark* b : group) {
    points.push_back({{"x", b->parameters[x]},
                      {"y", b->median},
                      {"low", b->interval ? (*b->interval)[0] : b->median},
                      {"high", b->interval ? (*b->interval)[1] : b->median}});
  }
  Json out = {{"unit", group.front()->unit}, {"axis", x}, {"points", points}};
  const bool has_fit = std::string(x) == "workers" && report.scaling.is_object() && report.scaling.contains("curve");
  if (has_fit) out["curve"] = report.scaling["curve"];
  return out;
}

std::string recommended_text(const Report& report) {
  if (!report.scaling.is_object() || !report.scaling.contains("recommended")) return {};
  const Json& recommended = report.scaling["recommended"];
  if (!recommended.is_object() || !recommended.contains("workers")) return {};
  return recommended["workers"].dump();
}

std::string card(const std::string& value, const std::string& label, const std::string& detail) {
  return element("div",
                 element("strong", escape(value)) + element("span", escape(label)) + element("small", escape(detail)),
                 "card");
}

std::string group_card(const Group& group, const char* x, const Report& report, Lang lang) {
  const std::string recommended = x != nullptr && std::string(x) == "workers" ? recommended_text(report) : "";
  const Benchmark& top = best(group);
  if (!recommended.empty()) {
    return card(recommended, lang == Lang::fr ? "workers conseillés" : "workers recommended",
                value_text(top.median, top.unit));
  }
  return card(value_text(top.median, top.unit), top.name,
              x == nullptr ? "" : fmt::format("{} {}", top.parameters[x].dump(), x));
}

std::string why_recommended(const Group& group, const char* x, const Report& report) {
  if (x == nullptr || std::string(x) != "workers" || recommended_text(report).empty()) return {};
  const Json& recommended = report.scaling["recommended"];
  if (!recommended.contains("why") || !recommended["why"].is_string() || group.empty()) return {};
  return element("p", element("strong", escape(recommended_text(report) + " workers")) + ": " +
                          escape(recommended["why"].get<std::string>()));
}

}  // namespace

Measured measured(const Report& report, Lang lang) {
  Measured out;
  for (const Group& group : groups(report)) {
    const char* x = axis(group);
    out.figures += group_card(group, x, report, lang);
    std::string section = element("h2", escape(group.front()->name)) + why_recommended(group, x, report);
    if (x != nullptr && group.size() > 1) {
      section += fmt::format("<div class=\"plot\" data-plot=\"{}\"></div>\n", out.plots.size());
      out.plots.push_back(plot(group, x, report));
    }
    section += group_table(group, x, lang);
    for (const Benchmark* b : group) section += warnings(b->warnings);
    out.sections += element("section", section) + "\n";
  }
  out.sections += warnings(report.warnings);
  return out;
}

}  // namespace palier::html
