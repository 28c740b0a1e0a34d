#pragma once
#include <string>
#include <vector>

#include "base/terminal.hpp"

namespace palier {

/// A cell's text, which may hold anything, and how it looks.
struct Cell {
  Cell(std::string text_, Style style_ = Style::plain)
      : text(std::move(text_)), style(style_) {}  // NOLINT: a text is a cell
  Cell(const char* text_) : text(text_) {}        // NOLINT
  std::string text;
  Style style = Style::plain;
};

enum class Align { left, right };

/// Rows in aligned columns. The last column wraps where the terminal is narrow, under itself; the others keep their
/// width.
class Table {
 public:
  /// One alignment per column.
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  /// A row of as many cells as there are columns; missing ones are empty.
  void row(std::vector<Cell> cells);
  /// A first row in bold.
  void header(const std::vector<std::string>& names);
  bool empty() const { return rows_.empty(); }

  /// The table, each line ending in a newline and starting with `indent` spaces.
  std::string render(const Terminal& terminal, std::size_t indent = 0) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace palier
