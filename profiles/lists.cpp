#include "profiles/lists.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

ListItem read_item(const Yaml& yaml) {
  yaml.allow_only({"role", "use", "now"});
  ListItem item{yaml.at("role").localized(), yaml.at("use").localized(), {}};
  if (const Yaml* now = yaml.find("now")) item.now = now->localized();
  return item;
}

ShortList read_list(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"title", "leaf", "items"}));
  ShortList list{row.name, yaml.at("title").localized(), yaml.at("leaf").text(), {}, row.provenance};
  for (const Yaml& item : yaml.at("items").items()) list.items.push_back(read_item(item));
  if (list.items.empty()) yaml.at("items").fail(wrong, "the list is empty");
  return list;
}

}  // namespace

const Sheet::Format& list_format() {
  static const Sheet::Format format = {"lists.yaml", "palier.lists/1", {"lists"}};
  return format;
}

std::vector<ShortList> read_lists(const Sheet& sheet) {
  std::vector<ShortList> lists;
  for (const SheetRow& row : sheet.rows("lists")) lists.push_back(read_list(row));
  return lists;
}

const ShortList& find_list(const std::vector<ShortList>& lists, const std::string& name) {
  const auto found = std::ranges::find(lists, name, &ShortList::id);
  if (found != lists.end()) return *found;
  std::vector<std::string> known;
  known.reserve(lists.size());
  for (const ShortList& list : lists) known.push_back(list.id);
  const std::string near = suggestion(name, known);
  throw Error({.message = fmt::format("there is no list '{}'", name),
               .reason = fmt::format("the lists are {}", join(known, ", ")),
               .help = near.empty() ? "palier advise --list local" : near},
              ExitCode::usage);
}

Json to_document(const ShortList& list, Lang lang) {
  Json items = Json::array();
  for (const ListItem& item : list.items) {
    items.push_back({{"role", item.role.in(lang)}, {"use", item.use.in(lang)}, {"now", item.now.in(lang)}});
  }
  return {{"schema", "palier.list/1"}, {"name", list.id}, {"title", list.title.in(lang)},
          {"leaf", list.leaf},         {"items", items},  {"provenance", list.provenance}};
}

std::string render(const ShortList& list, Lang lang, const Terminal& terminal) {
  std::string out = styled(terminal, Style::good, printable(list.title.in(lang)));
  out += styled(terminal, Style::dim, printable(fmt::format("  ({})", list.leaf))) + "\n";
  Table table({Align::left, Align::left});
  for (const ListItem& item : list.items) {
    table.row({Cell(item.role.in(lang), Style::dim), item.use.in(lang)});
    if (!item.now.en.empty()) {
      table.row({"", say(lang, "now ({}): {}", "aujourd’hui ({}) : {}", day_text(list.provenance.date, lang),
                         item.now.in(lang))});
    }
  }
  return out + table.render(terminal, 2);
}

}  // namespace palier
