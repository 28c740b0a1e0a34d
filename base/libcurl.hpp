#pragma once
#include <curl/curl.h>

namespace palier {

/// The functions of libcurl that are used here, under their own names less "curl_".
struct CurlLibrary {
  decltype(curl_global_init)* global_init;
  decltype(curl_easy_init)* easy_init;
  decltype(curl_easy_cleanup)* easy_cleanup;
  decltype(curl_easy_setopt)* easy_setopt;
  decltype(curl_easy_perform)* easy_perform;
  decltype(curl_easy_getinfo)* easy_getinfo;
  decltype(curl_easy_strerror)* easy_strerror;
  decltype(curl_multi_init)* multi_init;
  decltype(curl_multi_cleanup)* multi_cleanup;
  decltype(curl_multi_setopt)* multi_setopt;
  decltype(curl_multi_assign)* multi_assign;
  decltype(curl_multi_add_handle)* multi_add_handle;
  decltype(curl_multi_remove_handle)* multi_remove_handle;
  decltype(curl_multi_socket_action)* multi_socket_action;
  decltype(curl_multi_info_read)* multi_info_read;
  decltype(curl_slist_append)* slist_append;
  decltype(curl_slist_free_all)* slist_free_all;
};

/// Loads and starts libcurl with the first call: few commands need it, and it is slow to start. Throws Error where it
/// is not there.
const CurlLibrary& libcurl();

}  // namespace palier
