#include <fmt/format.h>
#include <yaml.h>

#include <map>
#include <new>
#include <set>

#include "base/yaml.hpp"

namespace palier {
namespace {

struct Parser : yaml_parser_t {
  Parser() : yaml_parser_t() {
    if (yaml_parser_initialize(this) == 0) throw std::bad_alloc();
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(this); }
};

// libyaml's events, one at a time, freed as they go by.
class Events {
 public:
  Events(std::string_view text, const std::string& name) : name_(name) {
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    advance();  // the beginning of the stream
    advance();
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() { yaml_event_delete(&event_); }

  const yaml_event_t& now() const { return event_; }

  void advance() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const bool placed = parser_.error != YAML_READER_ERROR;  // which counts bytes instead
    const auto& mark = parser_.problem_mark;
    std::string reason = parser_.problem == nullptr ? "it is no YAML" : parser_.problem;
    if (parser_.context != nullptr) reason += fmt::format(", {}", parser_.context);
    throw Error({.message = "cannot read YAML document",
                 .reason = reason,
                 .location = {.file = name_,
                              .line = placed ? static_cast<int>(mark.line) + 1 : 0,
                              .column = placed ? static_cast<int>(mark.column) + 1 : 0}});
  }

  const std::string& name_;
  Parser parser_;
  yaml_event_t event_ = {};
};

std::string text_of(const yaml_char_t* text) { return text == nullptr ? "" : reinterpret_cast<const char*>(text); }

bool means_nothing(std::string_view plain) {
  return plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

}  // namespace

// Builds our nodes from the events and counts them: an alias bomb expands here, and is stopped here.
class YamlReader {
 public:
  /// With `repeated` it reads as parse_all() says, without as parse().
  YamlReader(std::string_view text, const std::string& name, std::vector<Yaml>* repeated = nullptr)
      : name_(std::make_shared<const std::string>(name)), events_(text, *name_), repeated_(repeated) {}

  bool at_end() const { return events_.now().type == YAML_STREAM_END_EVENT; }

  Yaml document() {
    anchors_.clear();
    events_.advance();  // its beginning
    Yaml root = node(0);
    events_.advance();  // its end
    return root;
  }

  /// Nothing, at the top of the file.
  Yaml nothing() const {
    Yaml out;
    out.file_ = name_;
    out.line_ = out.column_ = 1;
    return out;
  }

 private:
  struct Anchor {
    Yaml value;
    std::size_t size;
  };

  Yaml node(int depth) {
    Yaml out = here();
    count(1, out);
    if (depth > 64) out.fail("cannot use YAML document", "it is nested more than 64 levels deep");
    const yaml_event_t& event = events_.now();
    if (event.type == YAML_ALIAS_EVENT) return aliased(out);
    const std::size_t before = count_;
    std::string anchor;
    switch (event.type) {
      case YAML_SCALAR_EVENT:
        anchor = text_of(event.data.scalar.anchor);
        scalar(event, out);
        break;
      case YAML_SEQUENCE_START_EVENT:
        anchor = text_of(event.data.sequence_start.anchor);
        out.kind_ = Yaml::Kind::list;
        events_.advance();
        while (events_.now().type != YAML_SEQUENCE_END_EVENT) out.items_.push_back(node(depth + 1));
        break;
      default:
        anchor = text_of(event.data.mapping_start.anchor);
        map(out, depth);
        break;
    }
    events_.advance();
    if (!anchor.empty()) anchors_.insert_or_assign(anchor, Anchor{out, count_ - before});
    return out;
  }

  Yaml here() const {
    Yaml out;
    out.file_ = name_;
    out.line_ = static_cast<int>(events_.now().start_mark.line) + 1;
    out.column_ = static_cast<int>(events_.now().start_mark.column) + 1;
    return out;
  }

  void count(std::size_t more, const Yaml& place) {
    const std::size_t limit = repeated_ == nullptr ? 1'000'000 : 250'000;
    const char* text = repeated_ == nullptr ? "a million values" : "250,000 values";
    count_ += more;
    if (count_ > limit) place.fail("cannot use YAML document", fmt::format("it expands to more than {}", text));
  }

  // Only what stands before it is known: an alias cannot contain itself.
  Yaml aliased(const Yaml& place) {
    const std::string name = text_of(events_.now().data.alias.anchor);
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) place.fail("cannot read YAML document", fmt::format("there is no anchor '{}'", name));
    count(found->second.size, place);
    events_.advance();
    return found->second.value;
  }

  static void scalar(const yaml_event_t& event, Yaml& out) {
    const auto& data = event.data.scalar;
    out.quoted_ = data.style != YAML_PLAIN_SCALAR_STYLE || text_of(data.tag) == YAML_STR_TAG;
    out.scalar_.assign(reinterpret_cast<const char*>(data.value), data.length);
    if (out.quoted_ || !means_nothing(out.scalar_)) out.kind_ = Yaml::Kind::scalar;
    if (out.is_null()) out.scalar_.clear();
  }

  void map(Yaml& out, int depth) {
    out.kind_ = Yaml::Kind::map;
    std::set<std::string> seen;
    events_.advance();
    while (events_.now().type != YAML_MAPPING_END_EVENT) {
      Yaml key = node(depth + 1);
      if (!key.is_scalar()) key.fail("cannot use YAML document", "a key must be a plain word");
      const bool fresh = seen.insert(key.scalar_).second;
      if (!fresh && repeated_ == nullptr)
        key.fail("cannot use YAML document", fmt::format("the key '{}' is there twice", key.scalar_));
      if (!fresh) repeated_->push_back(key);
      Yaml value = node(depth + 1);
      if (repeated_ != nullptr && !value.is_scalar()) {
        value.line_ = key.line_;
        value.column_ = key.column_;
      }
      if (fresh) {
        out.members_.emplace_back(std::move(key), std::move(value));
      } else {
        out.set(key, std::move(value));
      }
    }
    if (repeated_ != nullptr) merge(out);
  }

  // `<<: *base`, or a list of them: what the map itself says stands.
  static void merge(Yaml& map) {
    const Yaml* found = map.find("<<");
    if (found == nullptr) return;
    const Yaml merged = *found;
    map.erase("<<");
    for (const Yaml& part : merged.is_list() ? merged.items() : std::vector<Yaml>{merged}) {
      if (!part.is_map()) continue;
      for (const auto& [key, value] : part.members()) {
        if (map.find(key.scalar_) == nullptr) map.members_.emplace_back(key, value);
      }
    }
  }

  std::shared_ptr<const std::string> name_;
  Events events_;
  std::vector<Yaml>* repeated_;
  std::map<std::string, Anchor> anchors_;
  std::size_t count_ = 0;
};

Yaml Yaml::parse(std::string_view text, const std::string& name) {
  YamlReader reader(text, name);
  if (reader.at_end()) return reader.nothing();
  Yaml document = reader.document();
  if (!reader.at_end()) reader.document().fail("cannot use YAML document", "a second document begins here");
  return document;
}

std::vector<Yaml> Yaml::parse_all(std::string_view text, const std::string& name, std::vector<Yaml>& repeated) {
  YamlReader reader(text, name, &repeated);
  std::vector<Yaml> out;
  while (!reader.at_end()) out.push_back(reader.document());
  return out;
}

}  // namespace palier
