#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "templates/evaluate.hpp"
#include "templates/imports.hpp"

namespace palier {

/// A template and everything that it imports, as one text: libjsonnet reads its whole standard library anew for every
/// file, which takes longer than the file itself. Imports become locals of the text, which are as lazy as imports are
/// and may need each other as they do; lines and columns stay what they are.
class Program {
 public:
  /// `start` need not be a file of the tree. Throws Error with the message `purpose` at an import that finds nothing.
  Program(const TemplateTree& tree, const DataFile& start, const std::string& purpose);

  const std::string& text() const { return text_; }

  /// Where a place of the text stands in the templates.
  Location place(int line, int column) const;

  /// What an import of `name` read: every file, with the SHA-256 of its text.
  std::map<std::string, std::string> sources(const std::string& name) const;

 private:
  struct Part {
    DataFile file;
    std::string sha256;             ///< of its text
    std::string local;              ///< what the text calls it
    std::string body;               ///< its text with locals for imports; after importstr a literal
    std::set<std::string> imports;  ///< their keys in parts_
  };

  void link(Part& part, const TemplateTree& tree, const std::string& purpose);
  const Part& import(const Import& wanted, const DataFile& from, const TemplateTree& tree, const std::string& purpose);
  void append(const Part& part);
  void append(std::string_view text);

  std::map<std::string, Part> parts_;                // what is imported, by how and name: "importstr python/setup.sh"
  std::vector<std::pair<int, std::string>> starts_;  // the first line of each file, and what errors call the file
  std::string text_;
  int line_ = 1;  // on which the text ends
};

}  // namespace palier
