#include "bench/endpoint/server_watch.hpp"

#include <chrono>

#include "base/error.hpp"
#include "base/http.hpp"

namespace palier {
namespace {

constexpr auto interval = std::chrono::seconds(1);
constexpr auto patience = std::chrono::seconds(2);
constexpr std::size_t most_bytes = 4 << 20;

Exposition read(const ServerAddress& address) {
  try {
    const HttpResponse response = http_get({.url = address.url,
                                            .headers = address.headers,
                                            .connect_timeout = patience,
                                            .timeout = patience,
                                            .size_limit = most_bytes,
                                            .redirect_limit = 0,
                                            .ca_file = address.ca_file});
    return response.status == 200 ? read_exposition(response.body) : Exposition();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

ServerWatch::ServerWatch(ServerAddress address) : address_(std::move(address)) {
  readings_.before = read(address_);
  if (!readings_.before.empty()) thread_ = std::thread([this] { run(); });
}

ServerWatch::~ServerWatch() { stop(); }

void ServerWatch::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, interval, [&] { return stopped_; })) {
    lock.unlock();
    raise(readings_.peaks, read(address_), readings_.before);
    lock.lock();
  }
}

void ServerWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

ServerReadings ServerWatch::finish() {
  stop();
  if (!readings_.before.empty()) readings_.after = read(address_);
  return std::move(readings_);
}

}  // namespace palier
