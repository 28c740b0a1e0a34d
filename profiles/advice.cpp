#include "profiles/advice.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace palier {
namespace {

Json to_json_value(const Needs& needs) {
  return {{"answers", needs.answers}, {"lang", to_string(needs.lang)}, {"usage", needs.usage}};
}

}  // namespace

void to_json(Json& json, const Step& step) {
  json = {{"question", step.question},       {"text", step.text},           {"answer", step.answer},
          {"answer_text", step.answer_text}, {"source", step.source},       {"fact", step.fact},
          {"fact_source", step.fact_source}, {"threshold", step.threshold}, {"margin", step.margin}};
}

void from_json(const Json& json, Step& step) {
  json.at("question").get_to(step.question);
  json.at("text").get_to(step.text);
  json.at("answer").get_to(step.answer);
  read(json, "answer_text", step.answer_text);
  json.at("source").get_to(step.source);
  read(json, "fact", step.fact);
  read(json, "fact_source", step.fact_source);
  read(json, "threshold", step.threshold);
  read(json, "margin", step.margin);
}

void to_json(Json& json, const StackItem& item) {
  json = {{"name", item.name}, {"role", item.role}, {"why", item.why}};
}

void from_json(const Json& json, StackItem& item) {
  json.at("name").get_to(item.name);
  json.at("role").get_to(item.role);
  read(json, "why", item.why);
}

void to_json(Json& json, const Alternative& other) {
  json = {{"leaf", other.leaf}, {"title", other.title}, {"why_not", other.why_not}};
}

void from_json(const Json& json, Alternative& other) {
  json.at("leaf").get_to(other.leaf);
  read(json, "title", other.title);
  json.at("why_not").get_to(other.why_not);
}

void to_json(Json& json, const Flip& flip) {
  json = {{"change", flip.change}, {"leaf", flip.leaf}, {"title", flip.title}};
}

void from_json(const Json& json, Flip& flip) {
  json.at("change").get_to(flip.change);
  json.at("leaf").get_to(flip.leaf);
  read(json, "title", flip.title);
}

void to_json(Json& json, const Upgrade& upgrade) {
  json = {{"name", upgrade.name}, {"why", upgrade.why}, {"price", upgrade.price}, {"provenance", upgrade.provenance}};
}

void from_json(const Json& json, Upgrade& upgrade) {
  json.at("name").get_to(upgrade.name);
  json.at("why").get_to(upgrade.why);
  json.at("price").get_to(upgrade.price);
  json.at("provenance").get_to(upgrade.provenance);
}

void to_json(Json& json, const Advice& advice) {
  json = Json::object();
  json["schema"] = Advice::schema;
  json["needs"] = to_json_value(advice.needs);
  json["leaf"] = advice.leaf;
  json["title"] = advice.title;
  json["tier"] = advice.tier;
  json["summary"] = advice.summary;
  json["data"] = advice.data;
  json["checked"] = advice.checked;
  json["path"] = advice.path;
  json["stack"] = advice.stack;
  json["alternatives"] = advice.alternatives;
  json["flips"] = advice.flips;
  json["risks"] = advice.risks;
  json["costs"] = advice.costs;
  json["fits"] = advice.fits;
  json["footprint"] = advice.footprint;
  json["upgrades"] = advice.upgrades;
  json["next"] = advice.next;
}

void from_json(const Json& json, Needs& needs) {
  read(json, "answers", needs.answers);
  std::string lang = "en";
  read(json, "lang", lang);
  read(json, "usage", needs.usage);
  needs.lang = parse_lang(lang).value_or(Lang::en);
}

void from_json(const Json& json, Advice& advice) {
  read(json, "needs", advice.needs);
  json.at("leaf").get_to(advice.leaf);
  json.at("title").get_to(advice.title);
  json.at("tier").get_to(advice.tier);
  read(json, "summary", advice.summary);
  read(json, "data", advice.data);
  read(json, "checked", advice.checked);
  json.at("path").get_to(advice.path);
  json.at("stack").get_to(advice.stack);
  read(json, "alternatives", advice.alternatives);
  read(json, "flips", advice.flips);
  read(json, "risks", advice.risks);
  read(json, "costs", advice.costs);
  read(json, "fits", advice.fits);
  read(json, "footprint", advice.footprint);
  read(json, "upgrades", advice.upgrades);
  read(json, "next", advice.next);
}

Advice advice_from(const Json& document, const std::string& name) {
  require_schema(document, Advice::schema, name);
  return from_document<Advice>(document, name);
}

}  // namespace palier
