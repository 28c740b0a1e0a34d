#pragma once
#include <sys/socket.h>

#include <string>
#include <vector>

namespace palier {

/// Where requests go.
struct HttpTarget {
  std::string url;        ///< as it was given, without what follows '?' or '#', and without a user and password
  bool tls = false;       ///< https
  std::string host;       ///< without the brackets of an IPv6 address
  std::string port;       ///< "8000"
  std::string authority;  ///< for the Host header: "localhost:8000"
  std::string base_path;  ///< "" or "/v1" or "/gateway/v1", without a slash at its end
};

/// Takes "http://host:port/v1" apart. Throws a usage Error for what is no http or https address, has a user or password
/// in it (they would stand in the shell's history), or control characters.
HttpTarget parse_target(const std::string& url);

/// The path of an endpoint: "/v1/chat/completions" for "chat/completions"; a target whose path names one already
/// keeps it.
std::string endpoint_path(const HttpTarget& target, const std::string& endpoint);

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  bool loopback() const;
};

/// The addresses of the target's host, in the order in which the system prefers them; at least one. Throws Error.
std::vector<Address> resolve(const HttpTarget& target);

/// The first address that accepts a connection within two seconds ("localhost" is often two, and a server listens on
/// one); the first of all where none does.
Address first_that_answers(const std::vector<Address>& addresses);

}  // namespace palier
