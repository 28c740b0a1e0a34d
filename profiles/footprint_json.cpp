#include "profiles/footprint.hpp"

namespace palier {

void to_json(Json& json, const Figure& figure) {
  json = {{"value", figure.value}, {"unit", figure.unit}, {"method", figure.method}};
  json["year"] = figure.year == 0 ? Json() : Json(figure.year);
  json["source"] = figure.source;
}

void from_json(const Json& json, Figure& figure) {
  json.at("value").get_to(figure.value);
  json.at("unit").get_to(figure.unit);
  read(json, "method", figure.method);
  figure.year = json.at("year").is_null() ? 0 : json.at("year").get<int>();
  read(json, "source", figure.source);
}

void to_json(Json& json, const Improvement& improvement) {
  json = {{"action", improvement.action}, {"impact", improvement.impact},        {"share", improvement.share},
          {"kg", improvement.kg},         {"computed", improvement.computed},    {"difficulty", improvement.difficulty},
          {"tools", improvement.tools},   {"provenance", improvement.provenance}};
}

void from_json(const Json& json, Improvement& improvement) {
  json.at("action").get_to(improvement.action);
  json.at("impact").get_to(improvement.impact);
  read(json, "share", improvement.share);
  read(json, "kg", improvement.kg);
  read(json, "computed", improvement.computed);
  read(json, "difficulty", improvement.difficulty);
  read(json, "tools", improvement.tools);
  json.at("provenance").get_to(improvement.provenance);
}

void to_json(Json& json, const Footprint& footprint) {
  json = {{"option", footprint.option},
          {"name", footprint.name},
          {"watts", footprint.watts},
          {"energy", footprint.energy},
          {"scope2", footprint.scope2},
          {"scope3", footprint.scope3},
          {"energy_per_thousand", footprint.energy_per_thousand},
          {"kg_per_thousand", footprint.kg_per_thousand},
          {"note", footprint.note},
          {"improvements", footprint.improvements}};
}

void from_json(const Json& json, Footprint& footprint) {
  json.at("option").get_to(footprint.option);
  read(json, "name", footprint.name);
  read(json, "watts", footprint.watts);
  json.at("energy").get_to(footprint.energy);
  json.at("scope2").get_to(footprint.scope2);
  json.at("scope3").get_to(footprint.scope3);
  json.at("energy_per_thousand").get_to(footprint.energy_per_thousand);
  json.at("kg_per_thousand").get_to(footprint.kg_per_thousand);
  read(json, "note", footprint.note);
  read(json, "improvements", footprint.improvements);
}

}  // namespace palier
