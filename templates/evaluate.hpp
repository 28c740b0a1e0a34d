#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/data.hpp"
#include "base/json.hpp"

namespace palier {

/// The tree of Jsonnet files that templates are made of, found as DataPath finds data: --data-dir first, the copy in
/// the program last. Names are relative to the tree's root: "python/main.jsonnet".
class TemplateTree {
 public:
  explicit TemplateTree(const std::optional<std::filesystem::path>& data_dir,
                        std::span<const EmbeddedFile> built_in = embedded::templates());

  /// Throws Error for a name that is absolute, that has "..", that is nowhere, or that a symbolic link leads out of its
  /// tree.
  DataFile find(const std::string& name) const;

 private:
  DataPath path_;
};

/// What an evaluation gave, and every file that it read with the SHA-256 of its text.
struct Evaluated {
  Json value;
  std::map<std::string, std::string> sources;
};

/// Evaluates the file `name` of the tree. Where it holds a function, `arguments` are its parameters; they are handed
/// over as values, never as program text. Nothing but the tree and the arguments can be read: no clock, no environment,
/// no other file. `purpose` starts the errors: "cannot generate local-python". Throws Error with file:line:column for
/// whatever goes wrong in a template; a template that says `error 'why\nhelp: what to do'` chooses both texts.
Evaluated evaluate(const TemplateTree& tree, const std::string& name, const std::map<std::string, Json>& arguments,
                   const std::string& purpose);

}  // namespace palier
