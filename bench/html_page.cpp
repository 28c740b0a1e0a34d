#include "bench/html_page.hpp"

#include <fmt/format.h>

#include <span>

#include "base/embedded.hpp"
#include "bench/html_text.hpp"

namespace palier::html {
namespace {

std::string_view file(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const EmbeddedFile& f : files) {
    if (f.name.ends_with(name)) return f.text;
  }
  throw std::logic_error(fmt::format("{} is not in the program", name));
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

std::string card(const std::string& value, const std::string& label, const std::string& detail) {
  return element("div",
                 element("strong", escape(value)) + element("span", escape(label)) + element("small", escape(detail)),
                 "card");
}

std::string place_of_plot(const Json& plots) {
  return fmt::format("<div class=\"plot\" data-plot=\"{}\"></div>\n", plots.size());
}

std::string render(const Page& page) {
  return filled(file(embedded::report(), "page.html"),
                {{"lang", std::string(to_string(page.lang))},
                 {"title", escape(page.title)},
                 {"style", std::string(file(embedded::report(), "page.css"))},
                 {"heading", escape(page.title)},
                 {"figures", page.figures},
                 {"recommendation", page.recommendation},
                 {"measured", page.measured},
                 {"machine", page.machine},
                 {"method", page.method},
                 {"version", PALIER_VERSION},
                 {"data", script_data(page.plots.dump(-1, ' ', false, Json::error_handler_t::replace))},
                 {"chart", std::string(file(embedded::chart(), "chart.min.js"))},
                 {"script", std::string(file(embedded::report(), "page.js"))}});
}

}  // namespace palier::html
