#include "profiles/fits.hpp"

#include "profiles/costs.hpp"

namespace palier {

void to_json(Json& json, const FitSpeed& speed) {
  json = {{"one", speed.one}, {"all", speed.all}, {"basis", speed.basis}};
}

void from_json(const Json& json, FitSpeed& speed) {
  json.at("one").get_to(speed.one);
  json.at("all").get_to(speed.all);
  json.at("basis").get_to(speed.basis);
}

void to_json(Json& json, const Fit& fit) {
  json = {{"model", fit.model},
          {"name", fit.name},
          {"repository", fit.repository},
          {"engine", fit.engine},
          {"type", fit.type},
          {"fits", fit.fits},
          {"surely", fit.surely},
          {"mode", fit.mode},
          {"weights", fit.weights},
          {"cache", fit.cache},
          {"compute", fit.compute},
          {"files", fit.files},
          {"overhead", fit.overhead},
          {"memory", fit.memory},
          {"gpus", fit.gpus},
          {"gpu_total", fit.gpu_total},
          {"margin", fit.margin},
          {"context", fit.context},
          {"sequences", fit.sequences},
          {"largest_context", fit.largest_context},
          {"most_sequences", fit.most_sequences},
          {"gpu_memory_utilization", fit.gpu_memory_utilization},
          {"speed", fit.speed},
          {"command", fit.command},
          {"notes", fit.notes}};
}

void from_json(const Json& json, Fit& fit) {
  json.at("model").get_to(fit.model);
  read(json, "name", fit.name);
  json.at("repository").get_to(fit.repository);
  json.at("engine").get_to(fit.engine);
  json.at("type").get_to(fit.type);
  json.at("fits").get_to(fit.fits);
  read(json, "surely", fit.surely);
  read(json, "mode", fit.mode);
  json.at("weights").get_to(fit.weights);
  json.at("cache").get_to(fit.cache);
  json.at("compute").get_to(fit.compute);
  json.at("files").get_to(fit.files);
  read(json, "overhead", fit.overhead);
  json.at("memory").get_to(fit.memory);
  json.at("gpus").get_to(fit.gpus);
  json.at("gpu_total");  // null on processors
  read(json, "gpu_total", fit.gpu_total);
  read(json, "margin", fit.margin);
  json.at("context").get_to(fit.context);
  json.at("sequences").get_to(fit.sequences);
  read(json, "largest_context", fit.largest_context);
  read(json, "most_sequences", fit.most_sequences);
  read(json, "gpu_memory_utilization", fit.gpu_memory_utilization);
  read(json, "speed", fit.speed);
  read(json, "command", fit.command);
  read(json, "notes", fit.notes);
}

}  // namespace palier
