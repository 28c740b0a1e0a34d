#include "profiles/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/embedded.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/sheet.hpp"

namespace palier {
namespace {

constexpr const char* cannot = "cannot update the data";
constexpr const char* unchanged = "the data in use were not changed";
constexpr std::string_view marker = "# Written by palier data update.";
constexpr std::size_t most_pages = 50;

[[noreturn]] void fail(const std::string& where, std::string reason, std::string help = {}) {
  throw Error({.message = cannot, .reason = std::move(reason), .location = {.file = where}, .help = std::move(help)});
}

// Scheme and host: "https://prices.azure.com".
std::string host_of(const std::string& url) { return url.substr(0, url.find('/', url.find("://") + 3)); }

// The day a downloaded text is of: a file's own, for an address the day it answered.
std::string day_of(const std::string& source) {
  if (is_url(source)) return today();
  std::error_code error;
  const auto time = std::filesystem::last_write_time(source, error);
  if (error) return today();
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::file_clock::to_sys(time));
  const std::chrono::year_month_day date(std::chrono::time_point_cast<std::chrono::days>(day));
  const std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::min(text, today());
}

std::string provider_of(const std::string& source) {
  std::string name = source.substr(0, source.find_first_of("?#"));
  name = name.substr(name.find_last_of('/') + 1);
  name = lower(name.substr(0, name.find('.')));
  if (name == "aws") return "ec2";
  if (name == "azure") return "azure-vm";
  if (name == "digitalocean") return "gpu-droplet";
  if (name.empty()) fail(source, "the provider is the file's name, and it has none", "e.g. runpod.csv");
  return name;
}

// An answer of Azure and the pages it leads on to, all of one host.
std::vector<std::string> azure_pages(std::string first, const std::string& source, const HttpRequest& limits) {
  std::vector<std::string> pages = {std::move(first)};
  while (true) {
    const Json page = parse_json(pages.back(), source);
    const auto next = page.is_object() ? page.find("NextPageLink") : page.end();
    if (!page.is_object() || next == page.end() || !next->is_string() || next->get<std::string>().empty()) return pages;
    const auto url = next->get<std::string>();
    if (!is_url(source)) fail(source, "it is the first of several pages", "give the address instead");
    if (host_of(url) != host_of(source))
      fail(source, fmt::format("the next page is at another host: {}", printable(url)));
    if (pages.size() >= most_pages)
      fail(source, fmt::format("it has more than {} pages", most_pages), "filter the query");
    HttpRequest request = limits;
    request.url = url;
    pages.push_back(http_download(request));
  }
}

const DataSet& set_of(const Yaml& document, const std::string& source) {
  const std::string schema = document.at("schema").text();
  for (const DataSet& set : data_sets()) {
    const std::string_view stem = set.name.substr(0, set.name.find('.'));
    if (set.name != "tree.yaml" && schema == fmt::format("palier.{}/1", stem)) return set;
  }
  document.at("schema").fail(cannot, fmt::format("'{}' is no schema of a data file in {}", schema, source));
}

// The lines of a file that an earlier update wrote which belong to other providers.
struct Kept {
  std::string sources, offers;
  std::size_t rows = 0;
  std::size_t replaced = 0;  // the provider's own rows
  std::string updated;       // of the provider's own rows, empty where it has none
};

Kept keep_others(const std::string& text, const std::string& provider) {
  Kept kept;
  bool in_offers = false;
  for (const std::string_view line : lines(text)) {
    if (line == "offers:") in_offers = true;
    const bool own = in_offers ? line.ends_with(fmt::format("source: {}}}", provider))
                               : line.starts_with(fmt::format("  {}: {{text", provider));
    const std::size_t date = line.find("date: ");
    if (own && !in_offers && date != line.npos) kept.updated = line.substr(date + 6, 10);
    kept.replaced += own && in_offers ? 1 : 0;
    if (own || !line.starts_with("  ")) continue;
    (in_offers ? kept.offers : kept.sources) += fmt::format("{}\n", line);
    kept.rows += in_offers ? 1 : 0;
  }
  return kept;
}

// The new rows with those that other providers have in the file that is there.
std::string merged(const Converted& converted, const std::string& provider, const std::string& date,
                   const std::filesystem::path& path, const std::string& source) {
  const bool exists = std::filesystem::exists(path);
  const std::string before = exists ? read_file(path) : std::string();
  if (exists && !before.starts_with(marker)) {
    fail(path.string(), "it was written by hand and would be lost", "move it away, or give its rows to --data-dir");
  }
  const Kept kept = keep_others(before, provider);
  if (!kept.updated.empty() && date < kept.updated) {
    fail(source, fmt::format("it is of {}, and the data in use are of {}", date, kept.updated));
  }
  // A download that was cut at the end of a line looks whole.
  if (converted.rows * 2 < kept.replaced) {
    fail(source,
         fmt::format("it has {} rows, and the data in use have {} of {}", converted.rows, kept.replaced, provider),
         "is it whole? if it is, delete the old file first");
  }
  return fmt::format(
      "{}\nschema: palier.prices/1\nupdated: {}\nextends: built-in\nrows: {}\nsources:\n{}{}offers:\n{}{}", marker,
      today(), kept.rows + converted.rows, kept.sources, converted.sources, kept.offers, converted.offers);
}

void check_age(const Yaml& document, const DataPath& data, const DataSet& set) {
  const std::string before = Yaml::parse(data.find(std::string(set.name)).text, "").at("updated").text();
  const std::string& after = document.at("updated").text();
  if (after < before) {
    document.at("updated").fail(cannot, fmt::format("it is of {}, and the data in use are of {}", after, before));
  }
}

// Reads the new file as palier will, in a folder of its own. What is wrong is said of the source.
std::string verify(const DataSet& set, const std::string& text, const std::string& source) {
  const TemporaryDirectory folder;
  const std::filesystem::path file = folder.path() / set.name;
  write_file(file, text);
  try {
    return set.check(DataPath(folder.path(), embedded::data()));
  } catch (const Error& error) {
    ErrorText said = error.text();
    if (said.location.file == file.string()) said.location.file = source;
    throw Error(said, error.code());
  }
}

struct Prepared {
  const DataSet* set = nullptr;
  std::string text;
  std::size_t rows = 0, skipped = 0;
};

const DataSet& prices_set() { return *std::ranges::find(data_sets(), std::string_view("prices.yaml"), &DataSet::name); }

Prepared prepare_prices(const Converted& converted, const std::string& provider, const std::string& source,
                        const std::filesystem::path& folder) {
  return {&prices_set(), merged(converted, provider, day_of(source), folder / "prices.yaml", source), converted.rows,
          converted.skipped};
}

Prepared prepare(const std::string& text, const std::string& source, const DataPath& data,
                 const std::filesystem::path& folder, const HttpRequest& limits) {
  if (trim(text).starts_with('{')) {
    return prepare_prices(convert_azure(azure_pages(text, source, limits), source, day_of(source)), "azure-vm", source,
                          folder);
  }
  if (text.substr(0, text.find('\n')).find("instance_name") != std::string::npos) {
    const std::string provider = provider_of(source);
    return prepare_prices(convert_gpuhunt(text, source, provider, day_of(source)), provider, source, folder);
  }
  const Yaml document = Yaml::parse(text, source);
  const DataSet& set = set_of(document, source);
  const long long rows = document.at("rows").integer();
  check_age(document, data, set);
  return {&set, text, static_cast<std::size_t>(std::max(0LL, rows)), 0};
}

}  // namespace

Update update_data(const std::string& source, const DataPath& data, const std::filesystem::path& folder,
                   HttpRequest limits) try {
  limits.url = source;
  const std::string text = is_url(source) ? http_download(limits) : read_file(source);
  if (trim(text).empty()) fail(source, "it is empty");
  const Prepared prepared = prepare(text, source, data, folder, limits);
  Update update{.name = std::string(prepared.set->name),
                .path = folder / prepared.set->name,
                .summary = verify(*prepared.set, prepared.text, source),
                .rows = prepared.rows,
                .skipped = prepared.skipped};
  write_file(update.path, prepared.text);
  return update;
} catch (const Error& error) {
  ErrorText said = error.text();
  said.help = said.help.empty() ? unchanged : fmt::format("{}; {}", said.help, unchanged);
  throw Error(said, error.code());
}

}  // namespace palier
