#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/data.hpp"
#include "base/http.hpp"
#include "profiles/update_source.hpp"

namespace palier {

/// What an update did.
struct Update {
  std::string name;               ///< "prices.yaml"
  std::filesystem::path path;     ///< what was written
  std::string summary;            ///< Sheet::summary() of what is now in force
  std::size_t rows = 0;           ///< read from the source
  std::size_t skipped = 0;        ///< machines without GPU, reservations and the like, which are not prices of ours
  std::vector<std::string> gone;  ///< GPUs that this provider had in the data before, and has not now
  std::string day;                ///< that prices are of; empty where the file says it itself
  DayFrom from = DayFrom::clock;  ///< who says that day
};

/// Reads `source` (a file or an http(s) address), which is one of
///   a data file of palier's own whose `schema` says which, with `rows`, so that a file cut short is found out;
///   a CSV of gpuhunt's catalogue (its header names the columns); the provider is the file's name: "runpod.csv";
///   an answer of Azure's retail price API (JSON); further pages at the same host are followed.
/// Everything is read and checked as palier will read it before `folder`/NAME is replaced in one step. Throws Error
/// otherwise, with the place, and leaves what was there. Older data never replace newer, and nothing that was written
/// by hand is replaced. `day`: what prices are of, where the source does not say it (see open_source).
Update update_data(const std::string& source, const DataPath& data, const std::filesystem::path& folder,
                   const std::string& day = {}, HttpRequest limits = {});

}  // namespace palier
