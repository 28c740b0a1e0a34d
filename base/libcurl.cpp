#include "base/libcurl.hpp"

#include "base/error.hpp"
#include "base/library.hpp"

namespace palier {
namespace {

CurlLibrary load_curl() {
  const Library library("libcurl.so.4", "libcurl4");
  CurlLibrary found = {};
  library.find("curl_global_init", found.global_init);
  library.find("curl_easy_init", found.easy_init);
  library.find("curl_easy_cleanup", found.easy_cleanup);
  library.find("curl_easy_setopt", found.easy_setopt);
  library.find("curl_easy_perform", found.easy_perform);
  library.find("curl_easy_getinfo", found.easy_getinfo);
  library.find("curl_easy_strerror", found.easy_strerror);
  library.find("curl_multi_init", found.multi_init);
  library.find("curl_multi_cleanup", found.multi_cleanup);
  library.find("curl_multi_setopt", found.multi_setopt);
  library.find("curl_multi_assign", found.multi_assign);
  library.find("curl_multi_add_handle", found.multi_add_handle);
  library.find("curl_multi_remove_handle", found.multi_remove_handle);
  library.find("curl_multi_socket_action", found.multi_socket_action);
  library.find("curl_multi_info_read", found.multi_info_read);
  library.find("curl_slist_append", found.slist_append);
  library.find("curl_slist_free_all", found.slist_free_all);
  if (const CURLcode code = found.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
    throw Error({.message = "cannot start libcurl", .reason = found.easy_strerror(code)});
  return found;
}

}  // namespace

const CurlLibrary& libcurl() {
  static const CurlLibrary functions = load_curl();
  return functions;
}

}  // namespace palier
