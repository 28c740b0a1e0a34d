#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/data.hpp"
#include "base/json.hpp"

namespace palier {

/// The tree of Jsonnet files that templates are made of, found as DataPath finds data: --data-dir first, the copy in
/// the program last. Names are relative to the tree's root: "python/main.jsonnet".
///
/// A user's overlay folder stands in the tree as "overlay/": its TARGET.jsonnet is laid over what that target's
/// template gives, and may import what is beside it.
class TemplateTree {
 public:
  explicit TemplateTree(const std::optional<std::filesystem::path>& data_dir,
                        std::span<const EmbeddedFile> built_in = embedded::templates());

  /// Lays a folder over the tree. Throws Error where it is none.
  void set_overlay(const std::filesystem::path& folder);

  /// The TARGETs that the overlay has a TARGET.jsonnet for, sorted.
  std::vector<std::string> overlaid() const;

  /// Throws Error for a name that is absolute, that has "..", that is nowhere, or that a symbolic link leads out of its
  /// tree.
  DataFile find(const std::string& name) const;

  /// The name in the tree that `import` of `name` means in a file of the tree's folder `folder` ("overlay/", or ""):
  /// names are relative to the tree's root, in an overlay first of all to itself.
  std::string resolve(const std::string& folder, const std::string& name) const;

 private:
  DataPath path_;
  std::optional<std::filesystem::path> overlay_;
};

class Program;

/// Evaluates a template. Where it holds a function, `arguments` are its parameters; they are handed over as values,
/// never as program text. Nothing but the tree and the arguments can be read: no clock, no environment, no other file.
/// `purpose` starts the errors: "cannot generate local-python". Throws Error with file:line:column for whatever goes
/// wrong in a template; a template that says `error 'why\nhelp: what to do'` chooses both texts.
Json run(const Program& program, const std::map<std::string, Json>& arguments, const std::string& purpose);

/// The same for the file `name` of the tree.
Json evaluate(const TemplateTree& tree, const std::string& name, const std::map<std::string, Json>& arguments,
              const std::string& purpose);

}  // namespace palier
