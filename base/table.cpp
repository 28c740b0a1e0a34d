#include "base/table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_last_column = 20;

std::string padded(const Terminal& terminal, const Cell& cell, const std::string& text, Align align,
                   std::size_t width) {
  const std::size_t used = display_width(text);
  const std::string space(width > used ? width - used : 0, ' ');
  const std::string drawn = styled(terminal, cell.style, text);
  return align == Align::right ? space + drawn : drawn + space;
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

}  // namespace

void Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size(), Cell(""));
  for (Cell& cell : cells) cell.text = printable(cell.text);
  rows_.push_back(std::move(cells));
}

void Table::header(const std::vector<std::string>& names) {
  std::vector<Cell> cells;
  cells.reserve(names.size());
  for (const std::string& name : names) cells.emplace_back(name, Style::bold);
  row(std::move(cells));
}

std::string Table::render(const Terminal& terminal, std::size_t indent) const {
  const std::size_t last = columns_.size() - 1;
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], display_width(cells[i].text));
  }
  std::size_t before = indent;
  for (std::size_t i = 0; i < last; ++i) before += widths[i] + gap;
  const std::size_t room =
      terminal.width > before + narrowest_last_column ? terminal.width - before : narrowest_last_column;
  const std::size_t last_width = std::min(widths[last], room);

  std::string out;
  for (const auto& cells : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < last; ++i) {
      line += padded(terminal, cells[i], cells[i].text, columns_[i], widths[i]) + std::string(gap, ' ');
    }
    const bool fits = display_width(cells[last].text) <= last_width;
    const std::vector<std::string> parts = fits ? std::vector{cells[last].text} : wrap(cells[last].text, last_width);
    append_line(out, line + padded(terminal, cells[last], parts.front(), columns_[last], last_width));
    for (std::size_t i = 1; i < parts.size(); ++i) {
      append_line(out, std::string(before, ' ') + padded(terminal, cells[last], parts[i], columns_[last], last_width));
    }
  }
  return out;
}

}  // namespace palier
