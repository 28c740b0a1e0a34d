#include "profiles/fit/answer.hpp"

namespace palier {
namespace {

Json to_json_range(const std::optional<Range>& range) {
  if (!range) return nullptr;
  return {{"low", range->low}, {"likely", range->central}, {"high", range->high}};
}

Json model_json(const Model& model) {
  return {{"id", model.id},
          {"name", model.name},
          {"architecture", model.architecture},
          {"licence", model.licence},
          {"origin", model.origin},
          {"type", model.type},
          {"parameters", static_cast<std::uint64_t>(model.parameters())},
          {"active_parameters", static_cast<std::uint64_t>(model.active_parameters())},
          {"context", model.context},
          {"layers", model.layers.size()},
          {"hidden", model.hidden},
          {"vocabulary", model.vocabulary},
          {"weights", model.weight_bytes()},
          {"vision", model.vision_bytes()}};
}

Json share_json(const Share& share) {
  return {{"device", share.device},
          {"layers", share.layers},
          {"weights", share.weights},
          {"vision", share.vision},
          {"cache", share.cache},
          {"compute", share.compute},
          {"overhead", to_json_range(share.overhead)},
          {"free", share.free},
          {"left", static_cast<std::int64_t>(share.left())}};
}

}  // namespace

Json to_document(const FitAnswer& answer) {
  Json document = {{"schema", FitAnswer::schema}, {"model", model_json(answer.model)}};
  document["serving"] = {{"engine", to_string(answer.serving.engine)},
                         {"context", answer.serving.context},
                         {"sequences", answer.serving.sequences},
                         {"cache_key", answer.serving.key.name},
                         {"cache_value", answer.serving.value.name},
                         {"batch", answer.serving.batch},
                         {"flash_attention", answer.serving.flash_attention}};
  document["fits"] = answer.placement.fits;
  document["surely"] = answer.placement.surely;
  document["mode"] = to_string(answer.placement.mode);
  document["margin"] = static_cast<std::int64_t>(answer.placement.margin());
  document["gpu_layers"] = answer.placement.gpu_layers;
  document["cpu_experts"] = answer.placement.cpu_experts;
  Json& devices = document["devices"] = Json::array();
  for (const Share& share : answer.placement.shares) devices.push_back(share_json(share));
  document["largest_context"] = answer.largest_context;
  document["most_sequences"] = answer.most_sequences;
  document["speed"] = {{"decode", to_json_range(answer.speed.decode)},
                       {"decode_all", to_json_range(answer.speed.decode_all)},
                       {"prefill", to_json_range(answer.speed.prefill)},
                       {"energy_wh_per_1000_tokens", to_json_range(answer.speed.energy)},
                       {"basis", answer.speed.basis}};
  Json& stored = document["types"] = Json::array();
  for (const Stored& each : answer.stored) {
    stored.push_back({{"type", each.type},
                      {"weights", each.weights},
                      {"fits", each.fits},
                      {"mode", to_string(each.mode)},
                      {"largest_context", each.largest_context},
                      {"decode", to_json_range(each.decode)}});
  }
  Json& remedies = document["remedies"] = Json::array();
  for (const Remedy& remedy : answer.remedies)
    remedies.push_back({{"text", remedy.text}, {"mode", to_string(remedy.mode)}});
  document["command"] = answer.command.empty() ? Json(nullptr) : Json(answer.command);
  document["notes"] = answer.notes;
  return document;
}

}  // namespace palier
