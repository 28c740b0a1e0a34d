#include "bench/endpoint/compat.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/table.hpp"
#include "base/units.hpp"
#include "bench/endpoint/compat_parts.hpp"

namespace palier {
namespace compat {
namespace {

Seen seen_in(const LoadResult& load) {
  Seen seen;
  seen.from = seen.to = load.measure_from;
  std::unordered_map<std::uint64_t, std::size_t> places;  // of requests in `completed`, by index
  for (const RequestRecord& record : load.records) {
    if (record.warm_up || record.outcome == Outcome::cancelled) continue;
    seen.first = seen.first == 0 ? record.begun : std::min(seen.first, record.begun);
    seen.to = std::max(seen.to, record.end);
    if (record.outcome == Outcome::failed) {
      ++seen.failed;
      continue;
    }
    places.emplace(record.index, seen.completed.size());
    seen.completed.push_back({.record = &record, .chunks = {}});
  }
  for (const Chunk& chunk : load.chunks) {
    if (const auto place = places.find(chunk.request); place != places.end())
      seen.completed[place->second].chunks.push_back(chunk);
  }
  return seen;
}

}  // namespace

double per_second(double count, Nanoseconds time) { return time > 0 ? count / seconds(time) : 0; }

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  const double middle = mean(values);
  std::vector<double> squares;
  squares.reserve(values.size());
  for (const double value : values) squares.push_back((value - middle) * (value - middle));
  return std::sqrt(mean(squares));
}

CompatFigure number(std::string name, std::string unit, std::string definition, double value) {
  CompatFigure figure{.name = name, .unit = std::move(unit), .definition = std::move(definition), .values = {}};
  figure.values.emplace_back(std::move(name), value);
  return figure;
}

}  // namespace compat

Compat reproduce(CompatTool tool, const LoadResult& load) {
  const compat::Seen seen = compat::seen_in(load);
  switch (tool) {
    case CompatTool::vllm:
      return compat::vllm(seen);
    case CompatTool::guidellm:
      return compat::guidellm(seen);
    default:
      return compat::aiperf(seen);
  }
}

Json to_json_object(const std::vector<Compat>& compats) {
  Json all = Json::object();
  for (const Compat& compat : compats) {
    Json figures = Json::object();
    for (const CompatFigure& figure : compat.figures) {
      Json values = Json::object();
      for (const auto& [name, value] : figure.values) values[name] = value;
      figures[figure.name]["unit"] = figure.unit;
      figures[figure.name]["definition"] = figure.definition;
      figures[figure.name]["values"] = std::move(values);
    }
    all[compat.tool]["source"] = compat.source;
    all[compat.tool]["figures"] = std::move(figures);
  }
  return all;
}

std::string render(const Compat& compat, const Terminal& terminal) {
  Table values({Align::left, Align::right, Align::left});
  Table definitions({Align::left, Align::left});
  for (const CompatFigure& figure : compat.figures) {
    for (const auto& [name, value] : figure.values) {
      const bool whole_name = name.find(figure.name) != name.npos;
      values.row({whole_name ? name : figure.name + "." + name, format_number(value), figure.unit});
    }
    definitions.row({{figure.name, Style::dim}, {figure.definition, Style::dim}});
  }
  return styled(terminal, Style::bold, "As " + compat.tool + " reports it") + " (" + compat.source + ")\n\n" +
         values.render(terminal) + "\n" + definitions.render(terminal) + "\n";
}

}  // namespace palier
