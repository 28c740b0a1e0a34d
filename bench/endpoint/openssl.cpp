#include "bench/endpoint/openssl.hpp"

#include "base/library.hpp"

namespace palier {
namespace {

OpensslLibrary load_openssl() {
  const Library ssl("libssl.so.3", "libssl3"), crypto("libcrypto.so.3", "libssl3");
  OpensslLibrary found = {};
  ssl.find("TLS_client_method", found.TLS_client_method);
  ssl.find("SSL_CTX_new", found.SSL_CTX_new);
  ssl.find("SSL_CTX_free", found.SSL_CTX_free);
  ssl.find("SSL_CTX_ctrl", found.SSL_CTX_ctrl);
  ssl.find("SSL_CTX_set_options", found.SSL_CTX_set_options);
  ssl.find("SSL_CTX_set_verify", found.SSL_CTX_set_verify);
  ssl.find("SSL_CTX_set_default_verify_paths", found.SSL_CTX_set_default_verify_paths);
  ssl.find("SSL_CTX_load_verify_file", found.SSL_CTX_load_verify_file);
  ssl.find("SSL_CTX_set_alpn_protos", found.SSL_CTX_set_alpn_protos);
  ssl.find("SSL_CTX_get0_param", found.SSL_CTX_get0_param);
  ssl.find("SSL_new", found.SSL_new);
  ssl.find("SSL_free", found.SSL_free);
  ssl.find("SSL_ctrl", found.SSL_ctrl);
  ssl.find("SSL_set_bio", found.SSL_set_bio);
  ssl.find("SSL_set_connect_state", found.SSL_set_connect_state);
  ssl.find("SSL_do_handshake", found.SSL_do_handshake);
  ssl.find("SSL_read_ex", found.SSL_read_ex);
  ssl.find("SSL_write_ex", found.SSL_write_ex);
  ssl.find("SSL_shutdown", found.SSL_shutdown);
  ssl.find("SSL_get_error", found.SSL_get_error);
  ssl.find("SSL_get_verify_result", found.SSL_get_verify_result);
  crypto.find("X509_VERIFY_PARAM_set_flags", found.X509_VERIFY_PARAM_set_flags);
  crypto.find("X509_VERIFY_PARAM_set_hostflags", found.X509_VERIFY_PARAM_set_hostflags);
  crypto.find("X509_VERIFY_PARAM_set1_host", found.X509_VERIFY_PARAM_set1_host);
  crypto.find("X509_VERIFY_PARAM_set1_ip_asc", found.X509_VERIFY_PARAM_set1_ip_asc);
  crypto.find("X509_verify_cert_error_string", found.X509_verify_cert_error_string);
  crypto.find("BIO_meth_new", found.BIO_meth_new);
  crypto.find("BIO_meth_free", found.BIO_meth_free);
  crypto.find("BIO_meth_set_read", found.BIO_meth_set_read);
  crypto.find("BIO_meth_set_write", found.BIO_meth_set_write);
  crypto.find("BIO_meth_set_ctrl", found.BIO_meth_set_ctrl);
  crypto.find("BIO_new", found.BIO_new);
  crypto.find("BIO_set_data", found.BIO_set_data);
  crypto.find("BIO_get_data", found.BIO_get_data);
  crypto.find("BIO_set_flags", found.BIO_set_flags);
  crypto.find("BIO_clear_flags", found.BIO_clear_flags);
  crypto.find("ERR_get_error", found.ERR_get_error);
  crypto.find("ERR_clear_error", found.ERR_clear_error);
  crypto.find("ERR_reason_error_string", found.ERR_reason_error_string);
  return found;
}

}  // namespace

const OpensslLibrary& openssl() {
  static const OpensslLibrary functions = load_openssl();
  return functions;
}

}  // namespace palier
