// HAProxy's configuration: names, times and servers that belong together. Source: its manual of 2.6 to 3.2, 2026-11-22.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/line_files.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

struct Section {
  std::string kind, name;
  int line = 0;
  std::vector<WordLine> lines;

  bool is_proxy() const { return kind == "frontend" || kind == "backend" || kind == "listen" || kind == "defaults"; }
  bool takes() const { return kind == "frontend" || kind == "listen"; }
  bool gives() const { return kind == "backend" || kind == "listen"; }
};

const Names sections = {"global",      "defaults", "frontend",    "backend", "listen",    "peers",       "resolvers",
                        "mailers",     "userlist", "program",     "cache",   "ring",      "http-errors", "fcgi-app",
                        "log-forward", "crt-list", "log-profile", "traces",  "crt-store", "acme"};

std::vector<Section> read_sections(std::string_view text) {
  std::vector<Section> out;
  for (WordLine& line : read_words(text)) {
    const std::string& first = line.words[0];
    if (std::find(sections.begin(), sections.end(), first) != sections.end() &&
        (first != "crt-list" || line.words.size() < 3))
      out.push_back({first, line.words.size() > 1 ? line.words[1] : "", line.line, {}});
    else if (!out.empty())
      out.back().lines.push_back(std::move(line));
  }
  return out;
}

// Seconds of "300s", "5000" (milliseconds), "2m"; nullopt for what HAProxy refuses.
std::optional<double> seconds_of(const std::string& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = to_number(text.substr(0, end));
  if (!number) return std::nullopt;
  const std::string unit = text.substr(end);
  if (unit == "us") return *number / 1e6;
  if (unit.empty() || unit == "ms") return *number / 1e3;
  if (unit == "s") return *number;
  if (unit == "m") return *number * 60;
  if (unit == "h") return *number * 3600;
  if (unit == "d") return *number * 86400;
  return std::nullopt;
}

class Configuration {
 public:
  Configuration(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings)
      : path_(path), text_(text), files_(files), findings_(findings), all_(read_sections(text)) {
    for (const Section& section : all_) {
      if (section.gives()) backends_.push_back(section.name);
      if (section.kind == "resolvers") resolvers_.push_back(section.name);
    }
  }

  void check() {
    for (const Section& section : all_) {
      check_spelling(section);
      if (section.is_proxy()) check_proxy(section);
      if (section.kind == "global") check_global(section);
    }
    check_names();
    check_binds();
    check_timeouts();
    check_lua();
    check_sizes();
  }

 private:
  void wrong(int line, std::string message, std::string help = {}) {
    findings_.add("haproxy-refused", Location{path_, line}, std::move(message), std::move(help));
  }
  void odd(int line, std::string message, std::string help = {}) {
    findings_.add("haproxy-odd", Location{path_, line}, std::move(message), std::move(help));
  }
  static const FieldTable& table() {
    static const FieldTable fields(check_data("line_fields.txt"));
    return fields;
  }
  void spelt(int line, const std::string& word, std::string_view list) {
    static std::map<std::string_view, Names> known;
    Names& names = known[list];
    if (names.empty()) names = table().names_of(list);
    if (const std::string near = mistyped(word, names); !near.empty())
      wrong(line, fmt::format("HAProxy has no '{}' there", printable(word)), fmt::format("did you mean '{}'?", near));
  }
  void one_of(int line, const std::string& word, const Names& known) {
    if (const std::string near = mistyped(word, known); !near.empty())
      wrong(line, fmt::format("'{}' is nothing that is taken there", printable(word)),
            fmt::format("did you mean '{}'?", near));
  }

  void check_spelling(const Section& section) {
    for (const WordLine& line : section.lines) {
      const auto& all = line.words;
      if (section.kind == "global") spelt(line.line, all[0], "haproxy.global");
      if (!section.is_proxy()) continue;
      spelt(line.line, all[0], "haproxy.proxy");
      const std::string second = all.size() > 1 ? all[1] : "";
      if (all[0] == "option") spelt(line.line, second, "haproxy.option");
      if (all[0] == "timeout") check_time(line, second);
      if (all[0] == "mode") check_mode(line, second);
      if (all[0] == "balance") check_balance(line, second);
      if (all[0] == "retry-on") check_retries(line);
      if (all[0] == "server" || all[0] == "default-server" || all[0] == "server-template") check_server_words(line);
      if (all[0] == "http-request") check_status(line);
      if (all[0] == "http-check" && second == "expect") check_expected(line);
    }
  }

  void check_time(const WordLine& line, const std::string& which) {
    spelt(line.line, which, "haproxy.timeout");
    if (line.words.size() < 3) return wrong(line.line, "the timeout has no time", "timeout connect 5s");
    const std::string& text = line.words[2];
    if (text.find('$') != std::string::npos) return;
    const auto time = seconds_of(text);
    if (!time)
      return wrong(line.line, fmt::format("'{}' is no time", printable(text)), "a number and us, ms, s, m, h or d");
    const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
    if (bare && *time < 0.1 && text != "0")
      odd(line.line, fmt::format("{} without a unit are milliseconds", text), fmt::format("{}s", text));
  }

  void check_mode(const WordLine& line, const std::string& mode) {
    for (const char* known : {"http", "tcp", "health", "log", "spop", "haterm"})
      if (mode == known) return;
    if (mode.find('$') == std::string::npos)
      wrong(line.line, fmt::format("there is no mode '{}'", printable(mode)), "http or tcp");
  }

  void check_balance(const WordLine& line, const std::string& word) {
    const Names known = {"roundrobin", "static-rr", "leastconn", "first",      "source",   "uri",        "url_param",
                         "hdr",        "hash",      "random",    "rdp-cookie", "log-hash", "log-sticky", "sticky"};
    const std::string name = word.substr(0, word.find('('));
    if (std::find(known.begin(), known.end(), name) == known.end() && name.find('$') == std::string::npos)
      wrong(line.line, fmt::format("there is no way '{}' to balance", printable(name)), suggestion(name, known));
  }

  void check_retries(const WordLine& line) {
    const Names known = {"none",          "all-retryable-errors", "conn-failure", "empty-response",
                         "junk-response", "response-timeout",     "0rtt-rejected"};
    for (std::size_t i = 1; i < line.words.size(); ++i) {
      if (!to_integer(line.words[i])) one_of(line.line, line.words[i], known);
    }
  }

  void check_server_words(const WordLine& line) {
    const auto& all = line.words;
    const std::size_t begin = all[0] == "default-server" ? 1 : 3;
    for (std::size_t i = begin; i < all.size(); ++i) {
      if (!all[i].empty() && std::isalpha(static_cast<unsigned char>(all[i][0])) == 0) continue;  // a value
      spelt(line.line, all[i], "haproxy.server");
      const std::string next = i + 1 < all.size() ? all[i + 1] : "";
      if (all[i] == "on-error") one_of(line.line, next, {"mark-down", "fastinter", "fail-check", "sudden-death"});
      if (all[i] == "observe") one_of(line.line, next, {"layer4", "layer7"});
      if (all[i] == "on-marked-down") one_of(line.line, next, {"shutdown-sessions"});
      if (all[i] == "resolvers" && !resolvers_.empty() &&
          std::find(resolvers_.begin(), resolvers_.end(), next) == resolvers_.end())
        wrong(line.line, fmt::format("there is no section 'resolvers {}'", printable(next)),
              suggestion(next, resolvers_));
      for (const char* time : {"inter", "fastinter", "downinter", "slowstart"}) {
        if (all[i] != time) continue;
        const auto seconds = seconds_of(next);
        if (!seconds)
          wrong(line.line, fmt::format("'{}' is no time", printable(next)), "a number and us, ms, s, m, h or d");
        if (seconds && next.find_first_not_of("0123456789") == std::string::npos && *seconds < 0.1)
          odd(line.line, fmt::format("{} without a unit are milliseconds", next), fmt::format("{}s", next));
      }
      if (all[i] == "verify" && next == "none")
        odd(line.line, "the server's certificate is not looked at: whoever answers gets the keys",
            "verify required ca-file ...");
    }
    const auto has = [&](const char* word) { return std::find(all.begin(), all.end(), word) != all.end(); };
    if (has("ssl") && has("verify") && has("required") && !has("ca-file") &&
        text_.find("ca-base") == std::string::npos && text_.find("ssl-server-verify") == std::string::npos)
      wrong(line.line, "'verify required' wants a ca-file", "ca-file /etc/ssl/certs/ca-certificates.crt");
  }

  void check_status(const WordLine& line) {
    const auto& all = line.words;
    for (std::size_t i = 1; i + 1 < all.size(); ++i) {
      if (all[i] != "deny_status" && all[i] != "status") continue;
      const auto status = to_integer(all[i + 1]);
      if (status && (*status < 200 || *status > 599))
        wrong(line.line, fmt::format("{} is no status of an answer", *status), "200 to 599");
    }
  }

  void check_expected(const WordLine& line) {
    const auto found = std::find(line.words.begin(), line.words.end(), "status");
    if (found == line.words.end() || found + 1 == line.words.end()) return;
    if ((found + 1)->find_first_not_of("0123456789,-") != std::string::npos)
      wrong(line.line, fmt::format("'{}' is no status", printable(*(found + 1))), "200, or 200-399");
  }

  void check_global(const Section& section) {
    const Names facilities = {"kern",   "user",   "mail",   "daemon", "auth",   "syslog", "lpr",    "news",
                              "uucp",   "cron",   "auth2",  "ftp",    "ntp",    "audit",  "alert",  "cron2",
                              "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};
    for (const WordLine& line : section.lines) {
      if (line.words[0] == "maxconn" && line.words.size() > 1 && line.words[1] == "0")
        odd(line.line, "HAProxy takes its own number for 0", "a number of connections");
      if (line.words[0] != "log" || line.words.size() < 3) continue;
      for (std::size_t i = 2; i < line.words.size(); ++i) {
        if (line.words[i] == "format" || line.words[i] == "len" || line.words[i] == "sample" ||
            line.words[i] == "profile") {
          ++i;
          continue;
        }
        if (std::find(facilities.begin(), facilities.end(), line.words[i]) == facilities.end())
          wrong(line.line, fmt::format("there is no facility '{}'", printable(line.words[i])),
                suggestion(line.words[i], facilities));
        break;
      }
    }
  }

  void check_proxy(const Section& section) {
    std::set<std::string> names, addresses, acls;
    bool http_only = false, tcp = false, bound = !section.takes();
    int mode_line = 0;
    for (const WordLine& line : section.lines) {
      const auto& all = line.words;
      if (all[0] == "bind") bound = true;
      if (all[0] == "mode" && all.size() > 1) tcp = all[1] == "tcp", mode_line = line.line;
      if (all[0] == "option" && all.size() > 1 &&
          (all[1] == "httplog" || all[1] == "http-buffer-request" || all[1] == "http-no-delay"))
        http_only = true;
      if (all[0] == "acl" && all.size() > 1) acls.insert(all[1]);
      if (all[0] == "timeout" && all.size() > 1) check_timeout_place(section, line);
      if (all[0] != "server" || all.size() < 3) continue;
      if (!names.insert(all[1]).second)
        wrong(line.line, fmt::format("two servers are called '{}'", printable(all[1])), "give each its own name");
      if (!addresses.insert(all[2]).second)
        odd(line.line, fmt::format("'{}' is there twice, and gets twice the share", printable(all[2])),
            "one line for each server");
      check_address(line);
    }
    if (tcp && http_only) odd(mode_line, "in mode tcp the options of http do nothing", "mode http");
    if (!bound) odd(section.line, fmt::format("'{}' listens nowhere", section.name), "bind 127.0.0.1:8080");
    check_conditions(section, acls);
  }

  void check_timeout_place(const Section& section, const WordLine& line) {
    const std::string& which = line.words[1];
    const bool front = which == "client" || which == "http-request" || which == "http-keep-alive";
    const bool back =
        which == "server" || which == "connect" || which == "queue" || which == "check" || which == "tunnel";
    if ((section.kind == "frontend" && back && which != "queue") ||
        (section.kind == "backend" && front && which != "http-request" && which != "http-keep-alive"))
      odd(line.line, fmt::format("'timeout {}' does nothing in a {}", which, section.kind), "put it into defaults");
  }

  void check_address(const WordLine& line) {
    const std::string& address = line.words[2];
    if (address.find_first_of("$/@*[") != std::string::npos || address == "0.0.0.0") return;
    const std::size_t colon = address.rfind(':');
    const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
    if (colon == std::string::npos)
      return odd(
          line.line,
          fmt::format("the server '{}' has no port: requests go to the one that they came by", printable(address)),
          "HOST:PORT");
    const auto number = to_integer(port);
    if (number && (*number < 1 || *number > 65535))
      return wrong(line.line, fmt::format("{} is no port", port), "1 to 65535");
    for (const Section& section : all_) {
      for (const WordLine& bind : section.lines) {
        if (bind.words[0] == "bind" && bind.words.size() > 1 && bind.words[1] == address)
          odd(line.line,
              fmt::format("the server '{}' is HAProxy itself (line {}): a request goes round in circles", address,
                          bind.line),
              "the model server's port");
      }
    }
  }

  // { ... } is an expression; a word is an acl of the same section.
  void check_conditions(const Section& section, const std::set<std::string>& acls) {
    static const std::set<std::string> predefined = {
        "FALSE",         "TRUE",         "HTTP",         "HTTP_1.0",     "HTTP_1.1",
        "HTTP_2.0",      "HTTP_3.0",     "HTTP_CONTENT", "HTTP_URL_ABS", "HTTP_URL_SLASH",
        "HTTP_URL_STAR", "LOCALHOST",    "METH_CONNECT", "METH_DELETE",  "METH_GET",
        "METH_HEAD",     "METH_OPTIONS", "METH_POST",    "METH_PUT",     "METH_TRACE",
        "RDP_COOKIE",    "REQ_CONTENT",  "WAIT_END",     "or",           "||"};
    for (const WordLine& line : section.lines) {
      const auto start = std::find_if(line.words.begin() + 1, line.words.end(),
                                      [](const std::string& word) { return word == "if" || word == "unless"; });
      if (line.words[0] == "acl" || start == line.words.end()) continue;
      int depth = 0;
      for (auto word = start + 1; word != line.words.end(); ++word) {
        if (*word == "{" || *word == "!{") ++depth;
        if (*word == "}") --depth;
        const std::string name = word->starts_with('!') ? word->substr(1) : *word;
        if (depth != 0 || name.empty() || name == "}" || name == "{" || name.find('$') != std::string::npos) continue;
        if (predefined.count(name) != 0 || acls.count(name) != 0) continue;
        Names known(acls.begin(), acls.end());
        wrong(line.line, fmt::format("there is no acl '{}' here", printable(name)),
              known.empty() ? "" : suggestion(name, known));
      }
    }
  }

  void check_names() {
    std::map<std::string, int> seen;
    for (const Section& section : all_) {
      if (!section.is_proxy() || section.kind == "defaults") continue;
      if (const auto [at, fresh] = seen.emplace(section.kind + " " + section.name, section.line); !fresh)
        wrong(section.line, fmt::format("'{}' is there already (line {})", at->first, at->second),
              "give each its own name");
      for (const WordLine& line : section.lines) {
        const auto& all = line.words;
        if ((all[0] == "use_backend" || all[0] == "default_backend") && all.size() > 1)
          require_backend(line.line, all[1]);
        for (const std::string& word : all) {
          for (const char* call :
               {"nbsrv(", "queue(", "be_conn(", "srv_is_up(", "connslots(", "avg_queue(", "be_sess_rate("}) {
            if (word.starts_with(call))
              require_backend(line.line, word.substr(std::string(call).size(),
                                                     word.find_first_of(")/,") - std::string(call).size()));
          }
        }
      }
    }
  }

  void require_backend(int line, const std::string& name) {
    if (name.empty() || name.find_first_of("%$[") != std::string::npos ||
        std::find(backends_.begin(), backends_.end(), name) != backends_.end())
      return;
    wrong(line, fmt::format("there is no backend '{}'", printable(name)),
          backends_.empty() ? "" : suggestion(name, backends_));
  }

  void check_binds() {
    std::map<std::string, int> seen;
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines) {
        if (!section.takes() || line.words[0] != "bind" || line.words.size() < 2 ||
            line.words[1].find('$') != std::string::npos)
          continue;
        std::string address = line.words[1];
        if (address.starts_with("*:")) address.erase(0, 1);
        if (const auto [at, fresh] = seen.emplace(address, line.line); !fresh)
          odd(line.line,
              fmt::format("{} is bound already (line {}): the two share its connections by chance", printable(address),
                          at->second),
              "another port");
        check_open(line, section);
      }
    }
  }

  // A comment says that this machine alone listens, and the address says another thing.
  void check_open(const WordLine& line, const Section& section) {
    const std::string& address = line.words[1];
    const bool open = address.starts_with("0.0.0.0:") || address.starts_with("*:") || address.starts_with(":");
    const bool tls = std::find(line.words.begin(), line.words.end(), "ssl") != line.words.end();
    if (!open || tls || line.line < 2) return;
    const auto all = lines(text_);
    const std::string_view before = trim(all[static_cast<std::size_t>(line.line) - 2]);
    if (before.starts_with('#') &&
        (before.find("this machine") != std::string_view::npos || before.find("localhost") != std::string_view::npos))
      odd(line.line, fmt::format("'{}' takes requests from everywhere, without TLS", section.name),
          "bind 127.0.0.1:PORT");
  }

  std::optional<double> timeout(const Section& section, std::string_view which, int* where = nullptr) const {
    for (const WordLine& line : section.lines) {
      if (line.words.size() < 3 || line.words[0] != "timeout" || line.words[1] != which) continue;
      if (where != nullptr) *where = line.line;
      return seconds_of(line.words[2]);
    }
    return std::nullopt;
  }

  void check_timeouts() {
    const Section* defaults = nullptr;
    for (const Section& section : all_) {
      if (section.kind == "defaults") defaults = &section;
      if (section.kind != "frontend" && section.kind != "backend" && section.kind != "listen") continue;
      for (const char* which : {"client", "connect", "server"}) {
        const bool front = std::string_view(which) == "client";
        if ((front && section.kind == "backend") || (!front && section.kind == "frontend")) continue;
        if (timeout(section, which) || (defaults != nullptr && timeout(*defaults, which)) ||
            text_.find("spop") != std::string::npos)
          continue;
        const int at = defaults == nullptr ? section.line : defaults->line;
        if (text_.find(fmt::format("timeout {}", which)) == std::string::npos)
          odd(at, fmt::format("there is no 'timeout {}': what hangs stays for ever", which),
              fmt::format("timeout {} 30s, say", which));
      }
    }
    if (defaults != nullptr) check_longest(*defaults);
  }

  // What serves models says how long an answer may take: a check of a server waits behind such answers.
  void check_longest(const Section& defaults) {
    int client_line = 0, server_line = 0;
    const auto client = timeout(defaults, "client", &client_line), server = timeout(defaults, "server", &server_line),
               check = timeout(defaults, "check");
    const bool models =
        text_.find("/v1/completions") != std::string::npos || text_.find("/v1/chat") != std::string::npos;
    if (!client || !server || !models) return;
    const double longest = std::max({*client, *server, check.value_or(0)});
    for (const auto& [time, line] : {std::pair{*client, client_line}, std::pair{*server, server_line}}) {
      if (time * 2 <= longest)
        odd(line,
            fmt::format("an answer is cut off after {:g} s; another time here says that it may take {:g} s", time,
                        longest),
            fmt::format("{:g}s", longest));
    }
  }

  void check_lua() {
    std::string code;
    bool whole = true;
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines) {
        if (section.kind != "global" || !line.words[0].starts_with("lua-load") || line.words.size() < 2) continue;
        const auto file = resolve(folder_of(path_), line.words[1]);
        if (!file) {
          whole = false;
        } else if (files_.count(*file) == 0) {
          whole = false;
          findings_.add("file-missing", Location{path_, line.line},
                        fmt::format("'{}' is not there", printable(line.words[1])));
        } else {
          code += files_.at(*file);
        }
      }
    }
    if (!whole || code.empty()) return;
    std::set<std::string> variables;
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines) {
        if (line.words.size() > 1 && (line.words[0] == "setenv" || line.words[0] == "presetenv"))
          variables.insert(line.words[1]);
        for (const std::string& word : line.words) {
          if (!word.starts_with("lua.") || code.find("\"" + word.substr(4) + "\"") != std::string::npos ||
              code.find("'" + word.substr(4) + "'") != std::string::npos)
            continue;
          wrong(line.line, fmt::format("no script registers '{}'", printable(word.substr(4))),
                "the name of core.register_action");
        }
      }
    }
    check_lua_variables(code, variables);
  }

  void check_lua_variables(const std::string& code, const std::set<std::string>& variables) {
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines) {
        if (line.words.size() < 2 || (line.words[0] != "setenv" && line.words[0] != "presetenv")) continue;
        if (code.find(line.words[1]) == std::string::npos && text_.find("${" + line.words[1]) == std::string::npos)
          odd(line.line, fmt::format("no script here reads '{}'", printable(line.words[1])),
              "the name that os.getenv asks for");
      }
    }
    (void)variables;
  }

  // What is looked into must fit into a buffer.
  void check_sizes() {
    double buffer = 16384;
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines)
        if (line.words[0] == "tune.bufsize" && line.words.size() > 1)
          buffer = to_number(line.words[1]).value_or(buffer);
    }
    for (const Section& section : all_) {
      for (const WordLine& line : section.lines) {
        const auto found = std::find(line.words.begin(), line.words.end(), "req.body_size");
        if (found == line.words.end() || found + 2 >= line.words.end() || *(found + 1) != "gt") continue;
        if (const auto most = to_number(*(found + 2)); most && *most > buffer)
          odd(line.line,
              fmt::format("requests of up to {:.0f} bytes are let in, and a buffer holds {:.0f}", *most, buffer),
              "raise tune.bufsize, or lower the limit");
      }
    }
  }

  const std::string& path_;
  const std::string& text_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<Section> all_;
  Names backends_, resolvers_;
};

bool is_configuration(const std::string& path, const std::string& text) {
  return path.ends_with(".cfg") && text.size() < (1 << 20) &&
         (text.find("\nbackend ") != std::string::npos || text.find("\nlisten ") != std::string::npos ||
          text.find("\nfrontend ") != std::string::npos);
}

}  // namespace

void check_haproxy(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    if (is_configuration(path, text)) Configuration(path, text, files, findings).check();
  }
}

}  // namespace palier
