#include "bench/html_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace palier::html {
namespace {

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) {
    if (c == from) {
      out += to;
    } else {
      out += c;
    }
  }
  return out;
}

std::string row(const std::vector<std::string>& cells, std::string_view tag) {
  std::string out;
  for (const std::string& cell : cells) out += element(tag, cell);
  return element("tr", out) + "\n";
}

std::string table_of(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                     std::string_view css) {
  std::string body;
  for (const auto& cells : rows) body += row(cells, "td");
  const std::string head = header.empty() ? "" : element("thead", row(header, "th"));
  return element("div", element("table", head + element("tbody", body), css), "scroll") + "\n";
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string element(std::string_view tag, std::string_view content, std::string_view css) {
  if (css.empty()) return fmt::format("<{0}>{1}</{0}>", tag, content);
  return fmt::format("<{0} class=\"{2}\">{1}</{0}>", tag, content, css);
}

std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  return table_of(header, rows, "");
}

std::string facts(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  return table_of(header, rows, "facts");
}

std::string script_data(std::string_view json) { return replaced(json, '<', "\\u003c"); }

}  // namespace palier::html
