#include "profiles/models/open_model.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/http.hpp"
#include "base/text.hpp"
#include "profiles/models/gguf.hpp"

namespace palier {
namespace {

[[noreturn]] void unknown(const std::string& name, const std::vector<KnownModel>& catalogue) {
  std::vector<std::string> ids;
  for (const KnownModel& known : catalogue) ids.push_back(known.model.id);
  const std::string near = closest(lower(name), ids);
  throw Error(
      {.message = fmt::format("there is no model '{}'", printable(name)),
       .reason = "it is no file, and models.yaml has no such row",
       .help = (near.empty() ? "" : fmt::format("did you mean '{}'? ", near)) + "palier fit lists what runs here"},
      ExitCode::usage);
}

}  // namespace

Model open_model(const std::string& name, const std::vector<KnownModel>& catalogue) {
  std::error_code ignored;
  if (is_url(name) || std::filesystem::exists(name, ignored)) return read_gguf(*open_bytes(name));
  if (const KnownModel* known = find_model(catalogue, name)) return known->model;
  unknown(name, catalogue);
}

}  // namespace palier
