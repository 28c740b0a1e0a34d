#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace palier {

/// A GET request. TLS certificates are always verified, only http and https are spoken, and a redirect never leads from
/// https back to http.
struct HttpRequest {
  std::string url;
  /// "Name: value"; they may hold keys, so errors never print them. Authorization goes to no other host than url's.
  std::vector<std::string> headers = {};
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  std::size_t size_limit = std::size_t{64} << 20;  ///< bytes of the body, after decompression
  int redirect_limit = 5;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> range =
      {};                    ///< the first and the last byte wanted: status 206
  std::string ca_file = {};  ///< certificates to trust, in PEM format; empty: the system's
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string url;                               ///< the one that answered, after redirects
  std::optional<std::uint64_t> whole_size = {};  ///< of the file of which this is a part, by Content-Range
  std::optional<std::int64_t> modified = {};     ///< seconds since 1970, by Last-Modified
};

/// Throws Error where no complete answer arrives within the limits; an answer of any status is returned. Throws
/// Interrupted on Ctrl-C.
HttpResponse http_get(const HttpRequest& request);

/// http_get(), and an Error for every status but 200.
HttpResponse http_download(const HttpRequest& request);

/// True for "http://..." and "https://...".
bool is_url(const std::string& text);

}  // namespace palier
