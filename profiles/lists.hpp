#pragma once
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/lang.hpp"
#include "base/terminal.hpp"
#include "profiles/sheet.hpp"

namespace palier {

struct ListItem {
  Text role;
  Text use;
  Text now;  ///< what has changed since; may be empty
};

/// A short list that is asked for by name: lists.yaml.
struct ShortList {
  std::string id;  ///< "minimum-cost"
  Text title;
  std::string leaf;  ///< of the budget tree, where it leads on
  std::vector<ListItem> items;
  Provenance provenance;
};

const Sheet::Format& list_format();
std::vector<ShortList> read_lists(const Sheet& sheet);

/// The list of that name. Throws Error (usage) that names them all where there is none.
const ShortList& find_list(const std::vector<ShortList>& lists, const std::string& name);

/// Document schema "palier.list/1".
Json to_document(const ShortList& list, Lang lang);

/// The list as people read it.
std::string render(const ShortList& list, Lang lang, const Terminal& terminal);

}  // namespace palier
