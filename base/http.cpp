#include "base/http.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/libcurl.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

struct Transfer {
  const HttpRequest& request;
  HttpResponse response = {};
  bool too_large = false;
};

// libcurl's callbacks are C: nothing may be thrown through them.
std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + size > transfer.request.size_limit) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

// "Content-Range: bytes 0-1023/146515": what stands behind the slash, of the last answer.
std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  constexpr std::string_view name = "content-range:";
  if (line.starts_with("HTTP/")) transfer.response.whole_size.reset();
  if (size > name.size() && lower(line.substr(0, name.size())) == name) {
    const std::size_t slash = line.find('/');
    const auto whole = slash == line.npos ? std::nullopt : to_integer(trim(line.substr(slash + 1)));
    if (whole && *whole >= 0) transfer.response.whole_size = static_cast<std::uint64_t>(*whole);
  }
  return size;
}

int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept { return interrupted() ? 1 : 0; }

void set_up(CURL* curl, Transfer& transfer, char* error) {
  const HttpRequest& request = transfer.request;
  const auto set = libcurl().easy_setopt;
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https:") ? "https" : "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, static_cast<long>(request.redirect_limit));
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_ACCEPT_ENCODING, "");
  set(curl, CURLOPT_USERAGENT, "palier/" PALIER_VERSION);
  set(curl, CURLOPT_ERRORBUFFER, error);
  set(curl, CURLOPT_WRITEFUNCTION, on_body);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_HEADERFUNCTION, on_header);
  set(curl, CURLOPT_HEADERDATA, &transfer);
  if (request.range) {
    // A part of what is compressed is of no use.
    set(curl, CURLOPT_ACCEPT_ENCODING, nullptr);
    set(curl, CURLOPT_RANGE, fmt::format("{}-{}", request.range->first, request.range->second).c_str());
  }
  set(curl, CURLOPT_FILETIME, 1L);
  if (!request.ca_file.empty()) set(curl, CURLOPT_CAINFO, request.ca_file.c_str());
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
}

[[noreturn]] void fail(const Transfer& transfer, CURLcode code, const char* detail) {
  const HttpRequest& request = transfer.request;
  std::string reason = *detail != '\0' ? detail : libcurl().easy_strerror(code);
  std::string help = "check the address and the network connection";
  if (transfer.too_large) {
    reason = fmt::format("the answer is larger than {}", format_bytes(static_cast<double>(request.size_limit)));
    help = {};
  } else if (code == CURLE_TOO_MANY_REDIRECTS) {
    reason = fmt::format("more than {} redirects", request.redirect_limit);
  } else if (code == CURLE_PEER_FAILED_VERIFICATION) {
    help = "the server's certificate is not trusted here; palier never skips this check";
  } else if (code == CURLE_SSL_CACERT_BADFILE) {
    help = "a file of certificates to trust is in PEM format: -----BEGIN CERTIFICATE-----";
  }
  throw Error(
      {.message = "cannot fetch the address", .reason = reason, .location = {.file = request.url}, .help = help});
}

}  // namespace

HttpResponse http_get(const HttpRequest& request) {
  const CurlLibrary& library = libcurl();
  const std::unique_ptr<CURL, decltype(library.easy_cleanup)> curl(library.easy_init(), library.easy_cleanup);
  if (!curl) throw Error({.message = "cannot start libcurl", .reason = "it gave no handle"});

  Transfer transfer{request};
  char detail[CURL_ERROR_SIZE] = "";
  set_up(curl.get(), transfer, detail);
  std::unique_ptr<curl_slist, decltype(library.slist_free_all)> headers(nullptr, library.slist_free_all);
  for (const std::string& header : request.headers) {
    headers.reset(library.slist_append(headers.release(), header.c_str()));
  }
  library.easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());

  const CURLcode code = library.easy_perform(curl.get());
  check_interrupt();
  if (code != CURLE_OK) fail(transfer, code, detail);
  long status = 0;
  const char* url = nullptr;
  library.easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  library.easy_getinfo(curl.get(), CURLINFO_EFFECTIVE_URL, &url);
  curl_off_t modified = -1;
  library.easy_getinfo(curl.get(), CURLINFO_FILETIME_T, &modified);
  if (modified >= 0) transfer.response.modified = modified;
  transfer.response.status = static_cast<int>(status);
  transfer.response.url = url != nullptr ? url : request.url;
  return std::move(transfer.response);
}

HttpResponse http_download(const HttpRequest& request) {
  HttpResponse response = http_get(request);
  if (response.status != 200) {
    throw Error({.message = "cannot fetch the address",
                 .reason = fmt::format("the server answered with status {}", response.status),
                 .location = {.file = response.url}});
  }
  return response;
}

bool is_url(const std::string& text) { return text.starts_with("http://") || text.starts_with("https://"); }

}  // namespace palier
