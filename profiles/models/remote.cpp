#include "profiles/models/remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/http.hpp"

namespace palier {
namespace {

constexpr std::uint64_t part = std::uint64_t{256} << 10;

HttpRequest request_of(const std::string& url) {
  HttpRequest request{.url = url};
  const char* token = std::getenv("HF_TOKEN");
  if (token != nullptr && *token != '\0' && url.starts_with("https://huggingface.co/")) {
    request.headers.push_back(fmt::format("Authorization: Bearer {}", token));
  }
  return request;
}

[[noreturn]] void fail(const std::string& url, const std::string& reason, const std::string& help = {}) {
  throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = url}, .help = help});
}

std::string help_for(int status) {
  return status == 401 || status == 403 ? "a model that asks for consent needs your token in HF_TOKEN" : "";
}

class RemoteBytes : public ByteSource {
 public:
  explicit RemoteBytes(std::string url) : url_(std::move(url)) {
    const HttpResponse first = get(0, part);
    if (first.status == 200) {
      // A small file came whole.
      size_ = first.body.size();
    } else if (first.whole_size) {
      size_ = *first.whole_size;
    } else {
      fail(url_, "the server does not say how large the file is");
    }
    cache_ = first.body;
  }

  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return url_; }

  std::string read(std::uint64_t offset, std::size_t length) const override {
    if (offset >= size_) return {};
    length = static_cast<std::size_t>(std::min<std::uint64_t>(length, size_ - offset));
    if (offset + length <= cache_.size()) return cache_.substr(offset, length);
    HttpResponse response = get(offset, length);
    if (response.status != 206 || response.body.size() < length)
      fail(url_, "the server gave another part than was asked for");
    return std::move(response.body);
  }

 private:
  HttpResponse get(std::uint64_t offset, std::uint64_t length) const {
    HttpRequest request = request_of(url_);
    request.range = {offset, offset + length - 1};
    request.size_limit = length;
    HttpResponse response = http_get(request);
    if (response.status == 206 || (response.status == 200 && offset == 0)) return response;
    fail(url_, fmt::format("the server answered with status {}", response.status), help_for(response.status));
  }

  std::string url_;
  std::uint64_t size_ = 0;
  std::string cache_;
};

}  // namespace

std::unique_ptr<ByteSource> open_remote(const std::string& url) { return std::make_unique<RemoteBytes>(url); }

bool exists_remote(const std::string& url) {
  HttpRequest request = request_of(url);
  request.range = {0, 0};
  request.size_limit = part;
  const int status = http_get(request).status;
  return status == 206 || status == 200;
}

}  // namespace palier
