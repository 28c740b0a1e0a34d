#include "bench/gpu/gpu_text.hpp"

#include "base/table.hpp"
#include "base/text.hpp"
#include "bench/gpu/gpu_tables.hpp"

namespace palier {
namespace {

std::string paragraphs(const std::vector<std::string>& texts, const std::string& begin, Style style,
                       const Terminal& terminal) {
  std::string out;
  for (const std::string& text : texts) {
    for (const std::string& line : wrap(printable(begin + text), terminal.width))
      out += styled(terminal, style, line) + "\n";
  }
  return out;
}

std::string rendered(const GpuTable& gpu, const Terminal& terminal) {
  std::vector<Align> columns(gpu.header.size(), Align::right);
  columns.front() = Align::left;
  Table table(columns);
  table.header({gpu.header.begin(), gpu.header.end()});
  for (const GpuRow& row : gpu.rows) table.row({row.cells.begin(), row.cells.end()});
  const std::string title =
      gpu.title.empty() ? "" : styled(terminal, Style::bold, shorten(gpu.title, terminal.width)) + "\n";
  return title + table.render(terminal, 2) + paragraphs(gpu.sentences, "", Style::dim, terminal) +
         paragraphs(gpu.warnings, "Warning: ", Style::warning, terminal);
}

}  // namespace

std::string render_gpus(const Report& report, const Terminal& terminal) {
  std::string out;
  for (const GpuTable& table : gpu_tables(report, Lang::en))
    out += (out.empty() ? "" : "\n") + rendered(table, terminal);
  if (report.method.at("gpus").empty())
    out += paragraphs({"No GPU to measure: neither CUDA's driver nor OpenCL offers one here. "
                       "'palier detect --only gpus' says what this computer has."},
                      "", Style::plain, terminal);
  return out + paragraphs(report.warnings, "Warning: ", Style::warning, terminal);
}

}  // namespace palier
