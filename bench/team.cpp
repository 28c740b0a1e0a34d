#include "bench/team.hpp"

#include <algorithm>
#include <chrono>

namespace palier {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

Team::Team(const Binding& binding, int size)
    : places_(binding.places_for(static_cast<std::size_t>(size))),
      unfinished_(size),
      times_(static_cast<std::size_t>(size)) {
  for (int i = 0; i < size; ++i) threads_.emplace_back([this, &binding, i] { live(binding, i); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unfinished_ == 0; });
}

Team::~Team() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

double Team::run(int count, const std::function<void(const Turn&)>& work) {
  Job job{count, work, std::barrier<>(count)};
  {
    const std::lock_guard lock(mutex_);
    job_ = &job;
    unfinished_ = count;
    ++generation_;
  }
  changed_.notify_all();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unfinished_ == 0; });
  job_ = nullptr;
  double begin = times_[0][0];
  double end = times_[0][1];
  for (int i = 1; i < count; ++i) {
    begin = std::min(begin, times_[static_cast<std::size_t>(i)][0]);
    end = std::max(end, times_[static_cast<std::size_t>(i)][1]);
  }
  return end - begin;
}

void Team::live(const Binding& binding, int thread) {
  if (!binding.bind(places_[static_cast<std::size_t>(thread)])) bound_ = false;
  unsigned long seen = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (--unfinished_ == 0) changed_.notify_all();
    do {
      changed_.wait(lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
    } while (job_ == nullptr || thread >= job_->count);
    Job& job = *job_;
    lock.unlock();
    // Nobody's clock starts before everybody is awake.
    job.barrier.arrive_and_wait();
    auto& [begin, end] = times_[static_cast<std::size_t>(thread)];
    begin = now();
    job.work({thread, job.count, job.barrier});
    end = now();
    lock.lock();
  }
}

}  // namespace palier
