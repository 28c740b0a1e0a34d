#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace palier {

/// The functions of OpenSSL 3 that are used here, under their own names.
struct OpensslLibrary {
  decltype(::TLS_client_method)* TLS_client_method;
  decltype(::SSL_CTX_new)* SSL_CTX_new;
  decltype(::SSL_CTX_free)* SSL_CTX_free;
  decltype(::SSL_CTX_ctrl)* SSL_CTX_ctrl;
  decltype(::SSL_CTX_set_options)* SSL_CTX_set_options;
  decltype(::SSL_CTX_set_verify)* SSL_CTX_set_verify;
  decltype(::SSL_CTX_set_default_verify_paths)* SSL_CTX_set_default_verify_paths;
  decltype(::SSL_CTX_load_verify_file)* SSL_CTX_load_verify_file;
  decltype(::SSL_CTX_set_alpn_protos)* SSL_CTX_set_alpn_protos;
  decltype(::SSL_CTX_get0_param)* SSL_CTX_get0_param;
  decltype(::SSL_new)* SSL_new;
  decltype(::SSL_free)* SSL_free;
  decltype(::SSL_ctrl)* SSL_ctrl;
  decltype(::SSL_set_bio)* SSL_set_bio;
  decltype(::SSL_set_connect_state)* SSL_set_connect_state;
  decltype(::SSL_do_handshake)* SSL_do_handshake;
  decltype(::SSL_read_ex)* SSL_read_ex;
  decltype(::SSL_write_ex)* SSL_write_ex;
  decltype(::SSL_shutdown)* SSL_shutdown;
  decltype(::SSL_get_error)* SSL_get_error;
  decltype(::SSL_get_verify_result)* SSL_get_verify_result;
  decltype(::X509_VERIFY_PARAM_set_flags)* X509_VERIFY_PARAM_set_flags;
  decltype(::X509_VERIFY_PARAM_set_hostflags)* X509_VERIFY_PARAM_set_hostflags;
  decltype(::X509_VERIFY_PARAM_set1_host)* X509_VERIFY_PARAM_set1_host;
  decltype(::X509_VERIFY_PARAM_set1_ip_asc)* X509_VERIFY_PARAM_set1_ip_asc;
  decltype(::X509_verify_cert_error_string)* X509_verify_cert_error_string;
  decltype(::BIO_meth_new)* BIO_meth_new;
  decltype(::BIO_meth_free)* BIO_meth_free;
  decltype(::BIO_meth_set_read)* BIO_meth_set_read;
  decltype(::BIO_meth_set_write)* BIO_meth_set_write;
  decltype(::BIO_meth_set_ctrl)* BIO_meth_set_ctrl;
  decltype(::BIO_new)* BIO_new;
  decltype(::BIO_set_data)* BIO_set_data;
  decltype(::BIO_get_data)* BIO_get_data;
  decltype(::BIO_set_flags)* BIO_set_flags;
  decltype(::BIO_clear_flags)* BIO_clear_flags;
  decltype(::ERR_get_error)* ERR_get_error;
  decltype(::ERR_clear_error)* ERR_clear_error;
  decltype(::ERR_reason_error_string)* ERR_reason_error_string;
};

/// Loads OpenSSL with the first call, as libcurl() does. Throws Error where it is not there.
const OpensslLibrary& openssl();

}  // namespace palier
