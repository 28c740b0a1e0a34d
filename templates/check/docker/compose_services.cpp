// Services of Compose, each by itself: GPUs, health checks, what they wait for.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/engines/engines.hpp"

namespace palier {
namespace {

void check_gpu(const std::string& name, const Part& service, Findings& findings) {
  for (const Part& device : service.at("deploy.resources.reservations.devices").items()) {
    if (!device["capabilities"])
      findings.add("compose-gpu", device, fmt::format("a device of '{}' has no capabilities", name),
                   "capabilities: [gpu]");
    else if (device["count"] && device["device_ids"])
      findings.add("compose-gpu", device["count"], fmt::format("the devices of '{}' are counted and named", name));
    else if (!device["count"] && !device["device_ids"])  // docker/docs#20588 and #21026, moby/moby#48483
      findings.add("compose-gpu-count", device, fmt::format("'{}' reserves devices, and says not how many", name));
  }
}

void check_health(const std::string& name, const Part& service, Findings& findings) {
  for (const char* key : {"interval", "timeout", "start_period"}) {
    const Part time = service["healthcheck"][key];
    if (time.integer())
      findings.add("compose-healthcheck", time, fmt::format("the health check of '{}' has a time without a unit", name),
                   "write a unit: 30s");
  }
  const auto words = service.at("healthcheck.test").items();  // a text is a command for the shell
  if (words.empty() || words[0].text() == "CMD" || words[0].text() == "CMD-SHELL" || words[0].text() == "NONE") return;
  findings.add("compose-healthcheck", words[0],
               fmt::format("the health check of '{}' does not start with CMD or CMD-SHELL", name));
}

void check_dependencies(const std::string& name, const ComposeFile& file, const Part& service, Findings& findings) {
  for (const auto& [other, dependency] : service["depends_on"].members()) {
    const Part target = file.service(other), condition = dependency["condition"];
    // An image may bring a health check of its own; one that is built here as well.
    if (condition.text() == "service_healthy" && target && !target["healthcheck"])
      findings.add("compose-dependency", condition,
                   fmt::format("'{}' waits until '{}' is healthy, which has no health check here", name, other));
    const std::string restart = target["restart"].text();
    if (condition.text() == "service_completed_successfully" && (restart == "always" || restart == "unless-stopped"))
      findings.add("compose-dependency", target["restart"],
                   fmt::format("'{}' waits until '{}' has ended, which is started again for ever", name, other),
                   "restart: on-failure");
  }
}

void check_image(const Part& service, Findings& findings) {
  const Part image = service["image"];
  const std::string text = image.text(), name = text.substr(0, text.find('@'));
  if (name.find('$') != std::string::npos) return;
  if (std::count(name.begin() + static_cast<std::ptrdiff_t>(name.rfind('/') + 1), name.end(), ':') > 1)
    findings.add("wrong-image", image, fmt::format("'{}' has two tags", printable(text)), "NAME:TAG");
  else if (!text.empty() && !service["build"] && is_moving(text))
    findings.add("latest-tag", image, fmt::format("the image '{}' is another one tomorrow", printable(text)));
}

}  // namespace

void check_compose_services(const ComposeFile& file, Findings& findings) {
  for (const auto& [name, service] : file.services) {
    if (!service["restart"].text().starts_with("on-failure:"))
      check_word(service["restart"], {"no", "false", "always", "on-failure", "unless-stopped"}, findings);
    check_gpu(name, service, findings);
    check_health(name, service, findings);
    check_dependencies(name, file, service, findings);
    check_image(service, findings);
    check_server_words(Container{service, name, false}, findings);
  }
}

}  // namespace palier
