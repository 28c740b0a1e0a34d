// Probes that ask the wrong door, give up before a model is loaded, or a pod that is killed in mid-answer.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Loading and compiling take up to ten minutes with public servers' own settings; slower disks take longer.
constexpr long long shortest_start = 600;
// A busy server may leave a probe unanswered for some seconds; a restart takes minutes. Kubernetes' own choice is 30.
constexpr long long shortest_life = 30;
// What is left to end in after preStop; answers of a model take longer than a page does.
constexpr long long shortest_end = 5, shortest_answer = 15;

Part port_of(const Part& handler) {
  for (const char* kind : {"httpGet", "tcpSocket", "grpc"}) {
    if (const Part port = handler[kind]["port"]; port) return port;
  }
  return {};
}

// Seconds until the kubelet gives up.
long long budget(const Part& probe) {
  return probe["initialDelaySeconds"].integer_or(0) +
         probe["periodSeconds"].integer_or(10) * probe["failureThreshold"].integer_or(3);
}

std::string named_ports(const Container& container) {
  std::vector<std::string> names;
  for (const Part& port : container.part["ports"].items())
    names.push_back(port["name"] ? port["name"].text() : port["containerPort"].text());
  return names.empty() ? "declare the port under 'ports'" : "its ports are " + join(names, ", ");
}

void check_port(const Container& container, const PodTemplate& pods, const char* kind, const Part& port,
                Findings& findings) {
  if (!port) return;
  const auto ports = container.part["ports"].items();
  const auto number = port.integer();
  const bool known = std::any_of(ports.begin(), ports.end(), [&](const Part& item) {
    return number ? item["containerPort"].integer() == number : item["name"].text() == port.text();
  });
  const bool elsewhere = !container.argument({"--config", "--config-file"}).empty();  // says where it listens
  if (known || (number && (pods.declares_port(*number) || ports.empty() || elsewhere))) return;
  findings.add(
      "probe-port", port,
      fmt::format("the {} asks port '{}', which {} does not have", kind, port.text(), title_of(container, pods)),
      named_ports(container));
}

// The port that a server listens on.
std::optional<long long> listening_port(const Container& container, const ServingEngine& engine) {
  const std::string host = container.env("OLLAMA_HOST").value_or("");
  for (const std::string& said : {container.argument({"--port", "-p"}), container.env("LLAMA_ARG_PORT").value_or(""),
                                  host.substr(host.rfind(':') + 1)}) {
    if (!said.empty() && said != host) return to_integer(said);
  }
  return engine.port;
}

// A prefix that stands before all of its paths.
bool has_prefix(const Container& container) {
  return !container.argument({"--root-path", "--api-prefix"}).empty() || container.env("LLAMA_ARG_API_PREFIX");
}

bool answers(const ServingEngine& engine, std::string path) {
  path = path.substr(0, path.find('?'));
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();  // redirected
  return path.starts_with("/v1/models/") ||
         std::find(engine.paths.begin(), engine.paths.end(), path) != engine.paths.end();
}

void check_path(const Container& container, const PodTemplate& pods, const char* kind, Findings& findings) {
  const ServingEngine* engine = engine_of(container);
  const Part get = container.part[kind]["httpGet"];
  if (engine == nullptr || !get || has_prefix(container)) return;
  auto number = get["port"].integer();
  for (const Part& port : container.part["ports"].items()) {
    if (!number && port["name"].text() == get["port"].text()) number = port["containerPort"].integer();
  }
  const std::string path = get["path"] ? get["path"].text() : "/";
  if (number != listening_port(container, *engine) || answers(*engine, path)) return;
  findings.add("probe-path", first_of(get["path"], get["port"]),
               fmt::format("the {} of {} asks for '{}', which {} does not have", kind, title_of(container, pods), path,
                           engine->name),
               "ask for " + engine->paths.front());
}

void check_ports(const Container& container, const PodTemplate& pods, Findings& findings) {
  for (const char* kind : {"startupProbe", "readinessProbe", "livenessProbe"}) {
    const Part probe = container.part[kind];
    check_port(container, pods, kind, port_of(probe), findings);
    check_path(container, pods, kind, findings);
    const auto timeout = probe["timeoutSeconds"].integer_or(1), period = probe["periodSeconds"].integer_or(10);
    if (probe && timeout > period) {
      findings.add("probe-timing", probe["timeoutSeconds"],
                   fmt::format("the {} waits {} s for an answer and asks every {} s", kind, timeout, period));
    }
  }
  for (const char* hook : {"preStop", "postStart"})
    check_port(container, pods, hook, port_of(container.part["lifecycle"][hook]), findings);
}

void check_start(const Container& container, const PodTemplate& pods, Findings& findings) {
  const Part startup = container.part["startupProbe"], liveness = container.part["livenessProbe"];
  if (!startup && liveness && budget(liveness) < shortest_start) {
    findings.add("liveness-kills-start", liveness,
                 fmt::format("{} is restarted after {} s, loading a model may take longer", title_of(container, pods),
                             budget(liveness)));
  }
  if (startup && liveness && budget(liveness) < shortest_life) {
    findings.add("liveness-too-eager", first_of(liveness["failureThreshold"], liveness),
                 fmt::format("{} is restarted after {} s without an answer, and loads its model again",
                             title_of(container, pods), budget(liveness)));
  }
  if (startup && budget(startup) < shortest_start) {
    findings.add("startup-too-short", first_of(startup["failureThreshold"], startup),
                 fmt::format("{} has {} s to start, loading a model may take longer", title_of(container, pods),
                             budget(startup)));
  }
  if (!container.part["readinessProbe"] && !container.part["ports"].items().empty()) {
    findings.add("no-readiness-probe", container.part["name"],
                 fmt::format("{} gets requests before its model is loaded", title_of(container, pods)));
  }
}

// What the API server takes is one way to ask, no more and no less.
void check_handler(const Part& probe, const char* name, const std::string& whose, Findings& findings) {
  if (!probe.is_map()) return;
  std::vector<std::string> ways;
  for (const char* way : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    if (probe[way]) ways.emplace_back(way);
  }
  const Part exec = probe["exec"];
  if (ways.size() != 1) {
    findings.add(
        "probe-handler", probe,
        fmt::format("the {} of {} {}", name, whose,
                    ways.empty() ? "says neither httpGet nor tcpSocket, exec or grpc" : "says " + join(ways, " and ")));
  } else if (exec && exec["command"].items().empty()) {
    findings.add("probe-handler", exec, fmt::format("the {} of {} runs no command", name, whose),
                 "exec: {command: [...]}");
  }
}

void check_handlers(const Container& container, const PodTemplate& pods, Findings& findings) {
  for (const char* name : {"startupProbe", "readinessProbe", "livenessProbe"})
    check_handler(container.part[name], name, title_of(container, pods), findings);
  for (const char* name : {"preStop", "postStart"})
    check_handler(container.part["lifecycle"][name], name, title_of(container, pods), findings);
}

// An update that may neither stop an old pod nor start a new one.
void check_rollout(const PodTemplate& pods, Findings& findings) {
  const bool on_each = pods.is("DaemonSet");  // whose surge is 0 where it says none
  const Part rolling =
      pods.object->root().at(on_each ? "spec.updateStrategy.rollingUpdate" : "spec.strategy.rollingUpdate");
  const auto is_none = [](const Part& part) { return part.text() == "0" || part.text() == "0%"; };
  const bool no_surge = is_none(rolling["maxSurge"]) || (on_each && !rolling["maxSurge"]);
  if (!no_surge || !is_none(rolling["maxUnavailable"])) return;
  findings.add("rollout-stuck", rolling["maxUnavailable"],
               fmt::format("an update of {} may neither stop an old pod nor start a new one", pods.object->title()));
}

void check_deadline(const Container& container, const PodTemplate& pods, Findings& findings) {
  const Part spec = pods.object->root()["spec"], startup = container.part["startupProbe"];
  const long long deadline = spec["progressDeadlineSeconds"].integer_or(600);
  if (!pods.is("Deployment") || !startup || deadline > budget(startup)) return;
  findings.add("deadline-too-short", first_of(spec["progressDeadlineSeconds"], startup),
               fmt::format("{} is called failed after {} s, but may take {} s to start", pods.object->title(), deadline,
                           budget(startup)));
}

// Seconds that preStop sleeps: sleep.seconds, or the number after "sleep" in a command.
long long pre_stop_sleep(const Container& container) {
  const Part hook = container.part.at("lifecycle.preStop");
  if (const auto seconds = hook.at("sleep.seconds").integer()) return *seconds;
  const std::string command = join(hook.at("exec.command").texts(), " ");
  const std::size_t at = command.find("sleep ");
  if (at == std::string::npos) return 0;
  const auto rest = words(std::string_view(command).substr(at + 6));
  const std::string number(rest.empty() ? "" : rest.front().substr(0, rest.front().find_first_not_of("0123456789")));
  return to_integer(number).value_or(0);
}

// The longest that a route lets an answer of these pods take, in seconds, and the route.
std::pair<double, const Object*> longest_answer(const Bundle& bundle, const PodTemplate& pods) {
  std::pair<double, const Object*> longest = {0, nullptr};
  for (const Object* route : bundle.of_kind("HTTPRoute")) {
    for (const Part& rule : route->root().at("spec.rules").items()) {
      const double seconds = parse_duration(rule.at("timeouts.request").text()).value_or(0);
      for (const Part& backend : rule["backendRefs"].items()) {
        const Object* service = bundle.find("Service", backend["name"].text(), route->space);
        if (service == nullptr || !same_space(service->space, pods.object->space)) continue;
        const Labels wanted = labels_from(service->root().at("spec.selector"));
        if (!wanted.empty() && selects_all(wanted, pods.labels) && seconds > longest.first) longest = {seconds, route};
      }
    }
  }
  return longest;
}

void check_answers(const Bundle& bundle, const Container& container, const PodTemplate& pods, const Part& grace,
                   Findings& findings) {
  const long long seconds = grace.integer_or(30), sleep = pre_stop_sleep(container);
  const auto [longest, route] = longest_answer(bundle, pods);
  const Part place = first_of(grace, container.part["name"]);
  if (longest > static_cast<double>(seconds)) {
    findings.add("grace-cuts-answers", place,
                 fmt::format("{} is killed {} s after it is stopped, {} lets an answer take {:g} s",
                             title_of(container, pods), seconds, route->title(), longest));
  } else if ((seconds <= 30 && (!grace || sleep == 0)) || (sleep > 0 && seconds - sleep < shortest_answer)) {
    findings.add("grace-cuts-answers", place,
                 fmt::format("{} has {} s to finish its answers when it is stopped", title_of(container, pods),
                             seconds - sleep));
  }
}

// A pod hears that it is to end when its Service still sends requests to it.
void check_drain(const Bundle& bundle, const Container& container, const PodTemplate& pods, Findings& findings) {
  const auto services = bundle.of_kind("Service");
  const bool served = std::any_of(services.begin(), services.end(), [&](const Object* service) {
    const Labels wanted = labels_from(service->root().at("spec.selector"));
    return !wanted.empty() && same_space(service->space, pods.object->space) && selects_all(wanted, pods.labels);
  });
  if (!served || container.init || container.part["ports"].items().empty() || container.part.at("lifecycle.preStop"))
    return;
  findings.add("no-drain", container.part["name"],
               fmt::format("{} ends while its Service still sends requests", title_of(container, pods)));
}

void check_end(const Bundle& bundle, const Container& container, const PodTemplate& pods, Findings& findings) {
  const Part grace = pods.pod["terminationGracePeriodSeconds"];
  const long long seconds = grace.integer_or(30), sleep = pre_stop_sleep(container);
  const Part place = first_of(grace, container.part.at("lifecycle.preStop"));
  if (sleep > 0 && seconds <= sleep) {
    findings.add("grace-too-short", place,
                 fmt::format("{} is killed after {} s, while preStop still sleeps ({} s)", title_of(container, pods),
                             seconds, sleep));
  } else if (container.serves_model() && pods.runs_on() && !pods.is("Pod")) {
    check_answers(bundle, container, pods, grace, findings);
  } else if (sleep > 0 && seconds - sleep < shortest_end) {
    findings.add("grace-without-room", place,
                 fmt::format("{} is killed after {} s, of which preStop sleeps {} s", title_of(container, pods),
                             seconds, sleep));
  }
}

}  // namespace

void check_probes(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_rollout(pods, findings);
    for (const Container& container : pods.containers) {
      check_ports(container, pods, findings);
      check_handlers(container, pods, findings);
      check_end(bundle, container, pods, findings);
      if (!container.serves_model() || !pods.runs_on()) continue;
      check_start(container, pods, findings);
      if (!pods.is("Pod")) check_drain(bundle, container, pods, findings);
      check_deadline(container, pods, findings);
    }
  }
}

}  // namespace palier
