#include "profiles/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "base/embedded.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/convert.hpp"
#include "profiles/sheet.hpp"
#include "profiles/update_source.hpp"

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
    pages.push_back(http_download(request).body);
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

// A file that is not ours is not replaced.
std::string text_before(const std::filesystem::path& path) {
  const bool exists = std::filesystem::exists(path);
  std::string before = exists ? read_file(path) : std::string();
  if (exists && !before.starts_with(marker))
    fail(path.string(), "it was written by hand and would be lost", "move it away, or give its rows to --data-dir");
  return before;
}

// The lines of a file that an earlier update wrote which belong to other providers.
struct Kept {
  std::string sources, offers;
  std::vector<std::string> providers;
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
    if (!in_offers) kept.providers.emplace_back(line.substr(2, line.find(':') - 2));
    (in_offers ? kept.offers : kept.sources) += fmt::format("{}\n", line);
    kept.rows += in_offers ? 1 : 0;
  }
  return kept;
}

// The new rows with those that other providers have in the file that is there.
std::string merged(const Converted& converted, const std::string& provider, const std::string& date,
                   const std::string& before, const std::string& source) {
  Kept kept = keep_others(before, provider);
  if (!kept.updated.empty() && date < kept.updated) {
    fail(source, fmt::format("it is of {}, and the data in use are of {}", date, kept.updated));
  }
  // A download that was cut at the end of a line looks whole.
  if (converted.rows * 4 < kept.replaced * 3) {
    fail(source,
         fmt::format("it has {} rows, and the data in use have {} of {}", converted.rows, kept.replaced, provider),
         "is it whole? if it is, delete the old file first");
  }
  kept.providers.push_back(provider);
  return fmt::format(
      "{}\nschema: palier.prices/1\nupdated: {}\nextends: built-in\nreplaces: [{}]\nrows: "
      "{}\nsources:\n{}{}offers:\n{}{}",
      marker, today(), join(kept.providers, ", "), kept.rows + converted.rows, kept.sources, converted.sources,
      kept.offers, converted.offers);
}

void check_age(const Yaml& document, const DataPath& data, const DataSet& set) {
  const std::string before = Yaml::parse(data.find(std::string(set.name)).text, "").at("updated").text();
  const std::string& after = document.at("updated").text();
  if (after < before) {
    document.at("updated").fail(cannot, fmt::format("it is of {}, and the data in use are of {}", after, before));
  }
}

// Reads the new file as palier will, in a folder of its own. What is wrong is said of the source, and of its line where
// the source is the file and not what it was made from.
std::string verify(const DataSet& set, const std::string& text, const UpdateSource& source) {
  const TemporaryDirectory folder;
  const std::filesystem::path file = folder.path() / set.name;
  write_file(file, text);
  try {
    return set.check(DataPath(folder.path(), embedded::data()));
  } catch (const Error& error) {
    ErrorText said = error.text();
    if (said.location.file == file.string()) {
      const bool same = text == source.text;
      said.location = {source.name, same ? said.location.line : 0, same ? said.location.column : 0};
    }
    throw Error(said, error.code());
  }
}

struct Prepared {
  const DataSet* set = nullptr;
  std::string text;
  std::size_t rows = 0, skipped = 0;
  std::vector<std::string> gone = {};
  bool dated = false;  ///< the day of the source is that of its rows
};

const DataSet& prices_set() { return *std::ranges::find(data_sets(), std::string_view("prices.yaml"), &DataSet::name); }

Market market_of(const DataPath& data) {
  Market market;
  market.gpus = read_gpus(Sheet::load(data, gpu_format()));
  market.platforms = read_platforms(Sheet::load(data, platform_format()), market.gpus);
  market.offers = read_offers(Sheet::load(data, price_format()));
  return market;
}

void require_platform(const Market& market, const std::string& provider, const std::string& source) {
  if (find_platform(market.platforms, provider) != nullptr) return;
  std::set<std::string> known;
  for (const Offer& offer : market.offers) known.insert(offer.platform);
  fail(source, fmt::format("platforms.yaml has no '{}', so no advice could name its prices", printable(provider)),
       suggestion(provider, {known.begin(), known.end()}));
}

// The GPUs that a provider had and has no longer. Where they are half or more, a download was cut at the end of a line;
// a file was chosen by somebody, who is told.
std::vector<std::string> gone(const Market& market, const std::string& provider, const std::set<std::string>& now,
                              const UpdateSource& source) {
  std::set<std::string> names, all;
  for (const Offer& offer : market.offers) {
    if (offer.platform != provider || offer.gpu.empty()) continue;
    const GpuModel* model = find_gpu(market.gpus, offer.gpu, offer.memory);
    if (model == nullptr) continue;
    all.insert(model->name);
    if (!now.contains(model->name)) names.insert(model->name);
  }
  std::vector<std::string> missing(names.begin(), names.end());
  const bool may_be_cut = is_url(source.name) && !trim(source.text).starts_with('{');  // JSON says where it ends
  if (may_be_cut && names.size() >= 2 && names.size() * 2 >= all.size()) {
    fail(source.name,
         fmt::format("{} of {} GPUs are no longer there: {}", names.size(), all.size(), join(missing, ", ")),
         "is it whole? if it is, save it and give the file");
  }
  return missing;
}

// `before`: the prices that an earlier update wrote.
Prepared prepare_prices(const Converted& converted, const std::string& provider, const Market& market,
                        const UpdateSource& source, const std::string& before) {
  return {&prices_set(),
          merged(converted, provider, source.day, before, source.name),
          converted.rows,
          converted.skipped,
          gone(market, provider, converted.gpus, source),
          true};
}

// A whole file takes the place of the built-in one: it may not be much smaller.
void require_whole(const Yaml& document, const DataSet& set) {
  if (document.find("extends") != nullptr) return;
  const auto built_in = std::ranges::find(embedded::data(), set.name, &EmbeddedFile::name);
  const long long before = Yaml::parse(built_in->text, "").at("rows").integer();
  if (document.at("rows").integer() * 4 >= before * 3) return;
  document.at("rows").fail(
      cannot, fmt::format("it has {} rows, and the built-in file has {}", document.at("rows").text(), before),
      "'extends: built-in' keeps the others");
}

Prepared prepare_own(const UpdateSource& source, const DataPath& data, const std::filesystem::path& folder) {
  const Yaml document = Yaml::parse(source.text, source.name);
  const DataSet& set = set_of(document, source.name);
  const long long rows = document.at("rows").integer();
  check_age(document, data, set);
  require_whole(document, set);
  text_before(folder / set.name);
  return {&set, source.text, static_cast<std::size_t>(std::max(0LL, rows)), 0};
}

Prepared prepare(const UpdateSource& source, const DataPath& data, const std::filesystem::path& folder,
                 const HttpRequest& limits) {
  const bool azure = trim(source.text).starts_with('{');
  const bool gpuhunt = source.text.substr(0, source.text.find('\n')).find("instance_name") != std::string::npos;
  if (!azure && !gpuhunt) {
    if (source.from == DayFrom::user) fail(source.name, "it says its own day", "leave --date out");
    return prepare_own(source, data, folder);
  }
  const std::string before = text_before(folder / "prices.yaml");
  const Market market = market_of(data);
  if (azure) {
    return prepare_prices(convert_azure(azure_pages(source.text, source.name, limits), source.name, source.day, market),
                          "azure-vm", market, source, before);
  }
  const std::string provider = provider_of(source.name);
  require_platform(market, provider, source.name);
  return prepare_prices(convert_gpuhunt(source.text, source.name, provider, source.day, market), provider, market,
                        source, before);
}

// What palier writes it may replace.
std::string marked(const std::string& text) {
  return text.starts_with(marker) ? text : fmt::format("{}\n{}", marker, text);
}

}  // namespace

Update update_data(const std::string& source, const DataPath& data, const std::filesystem::path& folder,
                   const std::string& day, HttpRequest limits) try {
  limits.url = source;
  const UpdateSource given = open_source(source, limits, day);
  if (trim(given.text).empty()) fail(source, "it is empty");
  const Prepared prepared = prepare(given, data, folder, limits);
  Update update{.name = std::string(prepared.set->name),
                .path = folder / prepared.set->name,
                .summary = verify(*prepared.set, prepared.text, given),
                .rows = prepared.rows,
                .skipped = prepared.skipped,
                .gone = prepared.gone,
                .day = prepared.dated ? given.day : std::string(),
                .from = given.from};
  write_file(update.path, marked(prepared.text));
  return update;
} catch (const Error& error) {
  ErrorText said = error.text();
  said.help = said.help.empty() ? unchanged : fmt::format("{}; {}", said.help, unchanged);
  throw Error(said, error.code());
}

}  // namespace palier
