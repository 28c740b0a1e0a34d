// Gateways: listeners that are refused, routes that no listener takes, references that nobody grants.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Listeners = std::vector<Part>;

void refuse(const Part& place, std::string message, const char* help, Findings& findings) {
  findings.add("wrong-listener", place, std::move(message), help);
}

// Source: the Gateway API's reference of listeners, 2026-11-22.
void check_listener(const Part& listener, Findings& findings) {
  const Part protocol = listener["protocol"], tls = listener["tls"];
  check_word(listener.at("allowedRoutes.namespaces.from"), {"All", "Same", "Selector", "None"}, findings);
  check_word(tls["mode"], {"Terminate", "Passthrough"}, findings);
  const std::string name = protocol.text();
  if ((name == "HTTPS" || name == "TLS") && !tls)
    refuse(protocol, fmt::format("a listener of {} has no certificate", name),
           "tls: {certificateRefs: [{name: SECRET}]}", findings);
  if ((name == "HTTP" || name == "TCP" || name == "UDP") && tls)
    refuse(protocol, fmt::format("a listener of {} has no tls", name), "protocol: HTTPS, or remove tls", findings);
  if (name == "HTTPS" && tls["mode"].text() == "Passthrough")
    refuse(tls["mode"], "HTTPS ends at the Gateway: it cannot be passed through", "mode: Terminate, or protocol: TLS",
           findings);
  const Part space = listener.at("allowedRoutes.namespaces");
  if (space["from"].text() == "Selector" && !space["selector"])
    refuse(space["from"], "a listener says no selector of namespaces", "selector: {matchLabels: ...}", findings);
}

void check_twice(const Object& gateway, const Listeners& listeners, Findings& findings) {
  std::set<std::string> names, places;
  for (const Part& listener : listeners) {
    if (!names.insert(listener["name"].text()).second)
      refuse(listener["name"], fmt::format("{} has two listeners '{}'", gateway.title(), listener["name"].text()),
             "give each its own name", findings);
    const std::string place =
        join({listener["port"].text(), listener["protocol"].text(), listener["hostname"].text()}, " ");
    if (!places.insert(place).second)
      refuse(first_of(listener["port"], listener["name"]),
             fmt::format("{} has two listeners for the same port, protocol and host", gateway.title()),
             "give one another port or hostname", findings);
  }
}

// True where a ReferenceGrant in `space` lets `kind` of `from` name an object there.
bool is_granted(const Bundle& bundle, const std::string& kind, const std::string& from, const std::string& to_kind,
                const std::string& name, const std::string& space) {
  for (const Object* grant : bundle.anywhere("ReferenceGrant")) {
    if (grant->space != space) continue;
    const auto sources = grant->root().at("spec.from").items(), targets = grant->root().at("spec.to").items();
    const bool source = std::any_of(sources.begin(), sources.end(), [&](const Part& one) {
      return one["kind"].text() == kind && one["namespace"].text() == from;
    });
    const bool target = std::any_of(targets.begin(), targets.end(), [&](const Part& one) {
      return one["kind"].text() == to_kind && (!one["name"] || one["name"].text() == name);
    });
    if (source && target) return true;
  }
  return false;
}

// `reference` of `from` names an object in another namespace, which has to allow it.
void check_grant(const Bundle& bundle, const Object& from, const Part& reference, const char* kind,
                 Findings& findings) {
  const std::string space = reference["namespace"].text(), name = reference["name"].text();
  if (space.empty() || from.space.empty() || space == from.space || !bundle.complete) return;
  if (is_granted(bundle, from.kind, from.space, kind, name, space)) return;
  const auto grants = bundle.anywhere("ReferenceGrant");
  const bool known = !grants.empty() || bundle.find_anywhere(kind, name, space) != nullptr ||
                     bundle.find_anywhere("Namespace", space, "") != nullptr;
  if (!known) return;  // that namespace is somebody else's
  findings.add("missing-grant", reference["namespace"],
               fmt::format("{} in '{}' names {} '{}' in '{}', which no ReferenceGrant there allows", from.title(),
                           from.space, kind, printable(shorten(name, 60)), printable(shorten(space, 60))));
}

void check_gateway(const Bundle& bundle, const Object& gateway, Findings& findings) {
  const Listeners listeners = gateway.root().at("spec.listeners").items();
  check_twice(gateway, listeners, findings);
  for (const Part& listener : listeners) {
    check_listener(listener, findings);
    for (const Part& certificate : listener.at("tls.certificateRefs").items())
      check_grant(bundle, gateway, certificate, "Secret", findings);
  }
}

// False where a listener takes no route of a namespace for sure.
bool takes_space(const Bundle& bundle, const Object& gateway, const Part& listener, const std::string& space) {
  const Part spaces = listener.at("allowedRoutes.namespaces");
  const std::string from = spaces["from"] ? spaces["from"].text() : "Same";
  if (from == "Same") return gateway.space.empty() || gateway.space == space;
  if (from != "Selector") return from != "None";
  return may_select_space(bundle, spaces["selector"], space);
}

bool takes_kind(const Part& listener, const std::string& kind) {
  const auto kinds = listener.at("allowedRoutes.kinds").items();
  return kinds.empty() ||
         std::any_of(kinds.begin(), kinds.end(), [&](const Part& one) { return one["kind"].text() == kind; });
}

// "*.example.com" holds every name that ends in ".example.com".
bool hosts_meet(const std::string& a, const std::string& b) {
  const auto holds = [](const std::string& wide, const std::string& name) {
    return wide.starts_with("*.") && name.size() > wide.size() - 1 && name.ends_with(wide.substr(1));
  };
  return a == b || holds(a, b) || holds(b, a);
}

bool takes_hosts(const Part& listener, const Part& hosts) {
  const Part own = listener["hostname"];
  const auto names = hosts.texts();
  return !own || names.empty() ||
         std::any_of(names.begin(), names.end(), [&](const std::string& name) { return hosts_meet(own.text(), name); });
}

// Why none of the listeners takes a route; the place is in the listener, or in the route for its hosts.
void check_attachment(const Bundle& bundle, const Object& route, const Part& parent, const Object& gateway,
                      Findings& findings) {
  Listeners open;
  for (const Part& listener : gateway.root().at("spec.listeners").items()) {
    if (!parent["sectionName"] || listener["name"].text() == parent["sectionName"].text()) open.push_back(listener);
  }
  if (open.empty()) return;
  const auto refused = [&](const char* what, const Part& place, const auto& takes) {
    const bool none = std::none_of(open.begin(), open.end(), takes);
    if (none)
      findings.add("route-refused", place,
                   fmt::format("no listener of {} that {} in '{}' hangs on takes {}", gateway.title(), route.title(),
                               route.space, what));
    return none;
  };
  const Part hosts = route.root().at("spec.hostnames"), allowed = open.front()["allowedRoutes"];
  const Part spaces = allowed["namespaces"], kinds = allowed["kinds"], name = open.front()["name"];
  const Part chosen = spaces["selector"] ? label_of(spaces["selector"]) : first_of(spaces["from"], name);
  if (!route.space.empty() && refused("routes of that namespace", chosen, [&](const Part& listener) {
        return takes_space(bundle, gateway, listener, route.space);
      }))
    return;
  if (refused("routes of that kind", kinds.items().empty() ? name : kinds.items().front(),
              [&](const Part& listener) { return takes_kind(listener, route.kind); }))
    return;
  refused("its host names", hosts.items().empty() ? hosts : hosts.items().front(),
          [&](const Part& listener) { return takes_hosts(listener, hosts); });
}

void check_route(const Bundle& bundle, const Object& route, Findings& findings) {
  const Part spec = route.root()["spec"];
  for (const Part& parent : spec["parentRefs"].items()) {
    if (parent["kind"] && parent["kind"].text() != "Gateway") continue;
    const std::string space = parent["namespace"] ? parent["namespace"].text() : route.space;
    const Object* gateway = bundle.find_anywhere("Gateway", parent["name"].text(), space);
    if (gateway != nullptr) check_attachment(bundle, route, parent, *gateway, findings);
  }
  for (const Part& rule : spec["rules"].items()) {
    for (const Part& backend : rule["backendRefs"].items()) {
      if (!backend["kind"] || backend["kind"].text() == "Service")
        check_grant(bundle, route, backend, "Service", findings);
    }
  }
}

}  // namespace

void check_gateways(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (!object.api.starts_with("gateway.networking.k8s.io/")) continue;
    if (object.kind == "Gateway") check_gateway(bundle, object, findings);
    if (object.kind.ends_with("Route")) check_route(bundle, object, findings);
  }
}

}  // namespace palier
