#include "profiles/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/embedded.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

Confidence read_confidence(const Yaml& yaml) {
  const std::string text = yaml.text();
  for (const Confidence each : {Confidence::confirmed, Confidence::reported, Confidence::unconfirmed}) {
    if (text == to_string(each)) return each;
  }
  yaml.fail(wrong, fmt::format("there is no confidence '{}'", text),
            suggestion(text, {"confirmed", "reported", "unconfirmed"}));
}

const Yaml& source_of(const Yaml& row, const Yaml& document) {
  const Yaml& name = row.at("source");
  const Yaml* source = document.at("sources").find(name.text());
  if (source != nullptr) return *source;
  std::vector<std::string> known;
  for (const auto& [key, value] : document.at("sources").members()) known.push_back(key.text());
  name.fail(wrong, fmt::format("there is no source '{}'", name.text()), suggestion(name.text(), known));
}

// A row's own value, or its source's.
const Yaml& own_or(const Yaml& row, const Yaml& source, std::string_view key) {
  const Yaml* own = row.find(key);
  return own != nullptr ? *own : source.at(key);
}

void check_count(const Yaml& document, const Sheet::Format& format) {
  const Yaml* count = document.find("rows");
  if (count == nullptr) return;
  std::size_t rows = 0;
  for (const std::string_view section : format.sections) {
    if (const Yaml* found = document.find(section)) rows += found->members().size();
  }
  if (count->integer() == static_cast<long long>(rows)) return;
  count->fail(wrong, fmt::format("the file says it has {} rows and has {}", count->text(), rows), "is it whole?");
}

void check_head(const Yaml& document, const Sheet::Format& format) {
  std::vector<std::string> keys = {"schema", "updated", "extends", "replaces", "rows", "sources"};
  for (const std::string_view section : format.sections) keys.emplace_back(section);
  document.allow_only(keys);
  const Yaml& schema = document.at("schema");
  if (schema.text() != format.schema) {
    schema.fail(wrong, fmt::format("expected schema '{}', got '{}'", format.schema, schema.text()));
  }
  if (const Yaml* base = document.find("extends"); base != nullptr && base->text() != "built-in") {
    base->fail(wrong, fmt::format("cannot extend '{}'", base->text()), "built-in is all there is");
  }
  const Yaml& updated = document.at("updated");
  const int ahead = days_between(today(), read_day(updated));
  // A day's grace: it may be tomorrow already where the file was written.
  if (ahead > 1) updated.fail(wrong, fmt::format("'{}' is in the future", updated.text()), "is the clock right?");
  for (const auto& [key, source] : document.at("sources").members())
    source.allow_only({"text", "url", "date", "confidence"});
  check_count(document, format);
}

// All rows of these platforms: what was sold under another name is not sold beside today's offers.
void remove_of(const Yaml& platforms, std::vector<SheetRow>& rows) {
  for (const Yaml& platform : platforms.items()) {
    std::erase_if(rows, [&](const SheetRow& row) { return row.yaml->text_or("platform", "") == platform.text(); });
  }
}

}  // namespace

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::confirmed:
      return "confirmed";
    case Confidence::reported:
      return "reported";
    case Confidence::unconfirmed:
      return "unconfirmed";
  }
  return "";
}

void to_json(Json& json, const Provenance& provenance) {
  json = {{"date", provenance.date}, {"source", provenance.source}, {"confidence", to_string(provenance.confidence)}};
}

void from_json(const Json& json, Provenance& provenance) {
  json.at("date").get_to(provenance.date);
  json.at("source").get_to(provenance.source);
  const auto confidence = json.at("confidence").get<std::string>();
  provenance.confidence = confidence == "confirmed"  ? Confidence::confirmed
                          : confidence == "reported" ? Confidence::reported
                                                     : Confidence::unconfirmed;
}

std::vector<std::string> row_keys(std::vector<std::string> own) {
  own.insert(own.end(), {"date", "source", "confidence"});
  return own;
}

SheetRow Sheet::row(const Yaml& key, const Yaml& value, const Yaml& document) const {
  const Yaml& source = source_of(value, document);
  const Yaml& date = own_or(value, source, "date");
  SheetRow row{key.text(), &value, {}};
  row.provenance.date = read_day(date);
  if (row.provenance.date > document.at("updated").text()) {
    date.fail(wrong, fmt::format("'{}' is later than the file's own date, {}", row.provenance.date,
                                 document.at("updated").text()));
  }
  row.provenance.source = source.at("text").text();
  row.provenance.confidence = read_confidence(own_or(value, source, "confidence"));
  return row;
}

void Sheet::add(std::string_view text, const std::string& name, const Format& format) {
  documents_.push_back(Yaml::parse(text, name));
  const Yaml& document = documents_.back();
  check_head(document, format);
  // Rows of two files are as fresh as the older one.
  const std::string updated = document.at("updated").text();
  updated_ = updated_.empty() ? updated : std::min(updated_, updated);
  for (const std::string_view section : format.sections) {
    std::vector<SheetRow>& rows = rows_[std::string(section)];
    const Yaml* found = document.find(section);
    if (found == nullptr) continue;
    if (const Yaml* replaced = document.find("replaces")) remove_of(*replaced, rows);
    for (const auto& [key, value] : found->members()) {
      SheetRow added = row(key, value, document);
      const auto same = std::ranges::find(rows, added.name, &SheetRow::name);
      if (same == rows.end()) {
        rows.push_back(std::move(added));
      } else {
        *same = std::move(added);
      }
    }
  }
}

Sheet Sheet::parse(std::string_view text, const std::string& name, const Format& format) {
  Sheet sheet;
  sheet.add(text, name, format);
  return sheet;
}

Sheet Sheet::load(const DataPath& data, const Format& format) {
  const DataFile file = data.find(std::string(format.file));
  Sheet sheet;
  // Cheap to ask before reading it all: the built-in rows come first, so that the file's replace them.
  if (file.origin != "built in" && Yaml::parse(file.text, file.label()).find("extends") != nullptr) {
    for (const EmbeddedFile& built_in : embedded::data()) {
      if (built_in.name == format.file) sheet.add(built_in.text, fmt::format("{} (built in)", format.file), format);
    }
  }
  sheet.add(file.text, file.label(), format);
  return sheet;
}

const std::vector<SheetRow>& Sheet::rows(std::string_view section) const { return rows_.find(section)->second; }

std::size_t Sheet::size() const {
  std::size_t count = 0;
  for (const auto& [section, rows] : rows_) count += rows.size();
  return count;
}

std::string Sheet::summary() const {
  std::string oldest = updated_;
  std::size_t unconfirmed = 0;
  for (const auto& [section, rows] : rows_) {
    for (const SheetRow& row : rows) {
      oldest = std::min(oldest, row.provenance.date);
      unconfirmed += row.provenance.confidence == Confidence::unconfirmed ? 1 : 0;
    }
  }
  std::string text = fmt::format("{} rows, checked {}, oldest {}", size(), updated_, oldest);
  if (unconfirmed > 0) text += fmt::format(", {} unconfirmed", unconfirmed);
  return text;
}

}  // namespace palier
