// Jupyter's notebooks. Sources: nbformat's schemas 3 to 4.5, and what its reader says
// (tests/templates/python_refuses.py).
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/python/json.hpp"

namespace palier {
namespace {

constexpr std::string_view databricks = "application/vnd.databricks.v1+notebook";  ///< it has no kernels

void check_cells(const Part& notebook, Findings& findings) {
  std::set<std::string> ids;
  const bool has_ids = notebook["nbformat"].integer_or(0) == 4 && notebook["nbformat_minor"].integer_or(0) >= 5;
  for (const Part& cell : notebook["cells"].items()) {
    const Part id = cell["id"], type = cell["cell_type"];
    if (id && !has_ids)
      return findings.add("notebook-cell", notebook["nbformat_minor"], "cells have ids from nbformat 4.5 on",
                          "\"nbformat_minor\": 5");
    if (id && !ids.insert(id.text()).second)
      findings.add("notebook-cell", id, fmt::format("two cells have the id '{}'", printable(id.text())),
                   "give each its own");
    if (type.text() == "code" && cell.yaml()->find("outputs") == nullptr)
      findings.add("notebook-cell", type, "a code cell has no outputs", "\"outputs\": [], \"execution_count\": null");
  }
}

// "python3.11" and "py310" are names that people give; "pyhton3" is none.
void check_kernel(const Part& notebook, Findings& findings) {
  const Part kernel = notebook.at("metadata.kernelspec");
  const bool other = notebook.at("metadata.kernel_info") || notebook["metadata"][databricks];
  if (!kernel && !other)
    return findings.add("notebook-kernel", first_of(notebook["metadata"], notebook),
                        "the notebook says no kernel: whoever opens it is asked, and papermill does not run it");
  std::string letters = kernel["name"].text();
  std::erase_if(letters, [](unsigned char c) { return std::isalpha(c) == 0; });
  if (!mistyped(letters, {"python"}).empty() && letters != "xpython" && letters != "ipython")
    findings.add("notebook-kernel", kernel["name"],
                 fmt::format("there is hardly a kernel '{}'", printable(kernel["name"].text())),
                 "did you mean 'python3'?");
}

void check_notebook(const Part& notebook, Findings& findings) {
  if (notebook["cells"].items().empty()) return;
  if (notebook["nbformat"].integer_or(4) < 4)
    findings.add("notebook-cell", notebook["nbformat"], "notebooks of this format have worksheets, and no cells",
                 "\"nbformat\": 4");
  check_cells(notebook, findings);
  check_kernel(notebook, findings);
}

int line_with(std::string_view text, std::string_view part) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(text.find(part), text.size()));
  return end == text.end() ? 1 : 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

// Colab writes metadata.widgets without "state"; viewers then refuse the whole notebook.
void check_widgets(const std::string& path, const std::string& text, Findings& findings) {
  try {
    const Json notebook = parse_json(text, path);
    const Json none = Json::object();
    const Json& metadata = notebook.is_object() && notebook.contains("metadata") ? notebook["metadata"] : none;
    if (!metadata.is_object() || !metadata.contains("widgets")) return;
    const Json& widgets = metadata["widgets"];
    const bool whole = widgets.is_object() && std::all_of(widgets.begin(), widgets.end(), [](const Json& one) {
                         return one.is_object() && one.contains("state");
                       });
    if (!whole)
      findings.add("notebook-widgets", Location{path, line_with(text, "\"widgets\"")}, "metadata.widgets has no state");
  } catch (const Error& error) {
    findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                 error.text().reason);
  }
}

}  // namespace

void check_notebooks(const JsonFiles& json, const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files)
    if (path.ends_with(".ipynb")) check_widgets(path, text, findings);
  for (const auto& [path, document] : json)
    if (path.ends_with(".ipynb")) check_notebook(document, findings);
}

}  // namespace palier
