#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/data.hpp"
#include "base/http.hpp"

namespace palier {

/// What an update did.
struct Update {
  std::string name;            ///< "prices.yaml"
  std::filesystem::path path;  ///< what was written
  std::string summary;         ///< Sheet::summary() of what is now in force
  std::size_t rows = 0;        ///< read from the source
  std::size_t skipped = 0;     ///< machines without GPU, reservations and the like, which are not prices of ours
};

/// Reads `source` (a file or an http(s) address), which is one of
///   a data file of palier's own whose `schema` says which, with `rows`, so that a file cut short is found out;
///   a CSV of gpuhunt's catalogue (its header names the columns); the provider is the file's name: "runpod.csv";
///   an answer of Azure's retail price API (JSON); further pages at the same host are followed.
/// Everything is read and checked as palier will read it before `folder`/NAME is replaced in one step. Throws Error
/// otherwise, with the place, and leaves what was there. Older data never replace newer.
Update update_data(const std::string& source, const DataPath& data, const std::filesystem::path& folder,
                   HttpRequest limits = {});

/// The rows of such texts as lines of a prices.yaml; `name` is what errors call them, `date` the day they are of.
/// Throws Error with line where a row cannot be right.
struct Converted {
  std::string sources, offers;  ///< lines
  std::size_t rows = 0;
  std::size_t skipped = 0;
};
Converted convert_gpuhunt(std::string_view csv, const std::string& name, const std::string& provider,
                          const std::string& date);
/// `pages`: the answers in order.
Converted convert_azure(const std::vector<std::string>& pages, const std::string& name, const std::string& date);

}  // namespace palier
