#include "bench/endpoint/loop.hpp"

#include <algorithm>
#include <limits>

namespace palier {
namespace {

// A closed loop that fails at once would ask thousands of times a second: its slots wait longer after each failure.
constexpr Nanoseconds first_pause = 10_ms;
constexpr Nanoseconds longest_pause = 1000_ms;

Nanoseconds pause_after(int failures) { return std::min(first_pause << std::min(failures - 1, 10), longest_pause); }

// The share of loop `index` where `total` is dealt out one by one.
int share_of(int total, int loops, int index) { return total / loops + (index < total % loops ? 1 : 0); }

}  // namespace

LoadLoop::LoadLoop(const LoadPlan& plan, LoadCounters& counters, int index)
    : plan_(plan), counters_(counters), next_arrival_(static_cast<std::size_t>(index)) {
  most_under_way_ =
      plan.concurrency > 0 ? share_of(plan.concurrency, plan.loops, index) : std::numeric_limits<int>::max();
  if (plan.arrivals == nullptr) {
    slots_.resize(static_cast<std::size_t>(most_under_way_));
    for (int slot = most_under_way_ - 1; slot >= 0; --slot) {
      slots_[static_cast<std::size_t>(slot)].target =
          target_of(static_cast<std::uint64_t>(slot) * static_cast<std::uint64_t>(plan.loops) +
                    static_cast<std::uint64_t>(index));
      free_slots_.push_back(slot);
    }
  }
  for (const LoadTarget& target : plan.targets) {
    Destination& destination = destinations_.emplace_back();
    destination.prompts = target.prompts;
    destination.log.keep_chunks = plan.keep_chunks;
    destination.transport = target.transport(poller_, destination.log, *this);
  }
}

std::uint16_t LoadLoop::target_of(std::uint64_t index) const {
  return static_cast<std::uint16_t>(index % plan_.targets.size());
}

void LoadLoop::run() {
  const Nanoseconds cpu_before = read_clock(CLOCK_THREAD_CPUTIME_ID);
  for (Nanoseconds now = monotonic_now(); !finished(now); now = monotonic_now()) {
    if (counters_.cancel || now >= plan_.give_up) {
      cancel_all();
      break;
    }
    for (const Destination& destination : destinations_) destination.transport->turn(now);
    send_due(now);
    expire(now);
    if (!finished(now)) poller_.wait(next_deadline(now));
  }
  cancel_all();
  cpu_ = read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
}

bool LoadLoop::finished(Nanoseconds now) const { return under_way_ == 0 && (exhausted_ || now >= plan_.stop); }

void LoadLoop::send_due(Nanoseconds now) {
  if (now < plan_.start || now >= plan_.stop) return;
  if (plan_.arrivals != nullptr) {
    send_arrivals(now);
  } else {
    send_closed(now);
  }
}

// What is due waits where as many as are allowed are under way: its response time counts from when it was due.
void LoadLoop::send_arrivals(Nanoseconds now) {
  const std::vector<Nanoseconds>& arrivals = *plan_.arrivals;
  while (next_arrival_ < arrivals.size() && plan_.start + arrivals[next_arrival_] <= now &&
         under_way_ < most_under_way_ && !exhausted_) {
    send(next_arrival_, plan_.start + arrivals[next_arrival_], -1, now);
    next_arrival_ += static_cast<std::size_t>(plan_.loops);
  }
  exhausted_ = exhausted_ || next_arrival_ >= arrivals.size();
}

void LoadLoop::send_closed(Nanoseconds now) {
  while (!pausing_.empty() && pausing_.front().first <= now) {
    free_slots_.push_back(pausing_.front().second);
    std::ranges::pop_heap(pausing_, std::greater<>());
    pausing_.pop_back();
  }
  // Those that fail at once come back into the list: they get their turn the next time.
  for (std::size_t left = free_slots_.size(); left > 0 && !exhausted_; --left) {
    const std::uint64_t index = counters_.next.fetch_add(1, std::memory_order_relaxed);
    exhausted_ = index >= plan_.most;
    if (exhausted_) return;
    const int slot = free_slots_.back();
    free_slots_.pop_back();
    send(index, std::max(slots_[static_cast<std::size_t>(slot)].ready, plan_.start), slot, now);
  }
}

void LoadLoop::send(std::uint64_t index, Nanoseconds scheduled, int slot, Nanoseconds now) {
  if (unused_.empty()) unused_.push_back(&exchanges_.emplace_back());
  Exchange& exchange = *unused_.back();
  unused_.pop_back();
  exchange.record = {.index = index,
                     .scheduled = scheduled,
                     .begun = monotonic_now(),
                     .warm_up = scheduled < plan_.measure_from || index < plan_.warm_up_requests,
                     .target = slot < 0 ? target_of(index) : slots_[static_cast<std::size_t>(slot)].target};
  Destination& destination = destination_of(exchange);
  exchange.body.clear();
  exchange.slot = slot;
  if (slot < 0) {
    destination.prompts->append(index, exchange.body);
  } else {
    const Slot& user = slots_[static_cast<std::size_t>(slot)];
    destination.prompts->append(index, exchange.body, user.history);
    exchange.record.turn = static_cast<std::uint16_t>(user.turn);
  }
  if (!pay(exchange)) return unused_.push_back(&exchange);
  exchange.reply.begin(exchange.record, destination.log, plan_.stream, plan_.turns > 1);
  exchange.deadline = now + plan_.timeout;
  exchange.earlier = latest_;
  exchange.later = nullptr;
  (latest_ != nullptr ? latest_->later : earliest_) = &exchange;
  latest_ = &exchange;
  ++under_way_;
  counters_.sent.fetch_add(1, std::memory_order_relaxed);
  destination.transport->send(exchange);
}

// Where another request could cost more than is left, nothing more is sent.
bool LoadLoop::pay(Exchange& exchange) {
  if (plan_.spending == nullptr) return true;
  const int most_tokens = destination_of(exchange).prompts->output_tokens(exchange.record.index);
  const std::optional<Deposit> deposit = plan_.spending->reserve(exchange.body.size(), most_tokens);
  exchange.deposit = deposit.value_or(Deposit());
  exhausted_ = exhausted_ || !deposit;
  return deposit.has_value();
}

void LoadLoop::on_end(Exchange& exchange, Failure failure) {
  record(exchange, failure == Failure::none ? Outcome::completed : Outcome::failed, failure);
}

void LoadLoop::record(Exchange& exchange, Outcome outcome, Failure failure) {
  RequestRecord& record = exchange.record;
  record.outcome = outcome;
  record.failure = failure;
  records_.push(record);
  if (plan_.spending != nullptr) plan_.spending->settle(exchange.deposit, record);
  counters_.events.fetch_add(record.events, std::memory_order_relaxed);
  if (outcome == Outcome::failed) counters_.failed.fetch_add(1, std::memory_order_relaxed);
  if (outcome == Outcome::completed) {
    const Nanoseconds first = record.first_output != 0 ? record.first_output : record.end;
    counters_.first_output_sum.fetch_add(first - record.scheduled, std::memory_order_relaxed);
    counters_.completed.fetch_add(1, std::memory_order_relaxed);
  }
  (exchange.earlier != nullptr ? exchange.earlier->later : earliest_) = exchange.later;
  (exchange.later != nullptr ? exchange.later->earlier : latest_) = exchange.earlier;
  --under_way_;
  unused_.push_back(&exchange);
  if (exchange.slot >= 0) free_slot(exchange, outcome);
}

void LoadLoop::free_slot(const Exchange& exchange, Outcome outcome) {
  Slot& slot = slots_[static_cast<std::size_t>(exchange.slot)];
  const bool failed = outcome == Outcome::failed;
  slot.failures = failed ? slot.failures + 1 : 0;
  const Nanoseconds pause = failed ? pause_after(slot.failures) : next_turn(slot, exchange);
  if (failed) end_conversation(slot);
  slot.ready = monotonic_now() + pause;
  if (pause == 0) return free_slots_.push_back(exchange.slot);
  pausing_.emplace_back(slot.ready, exchange.slot);
  std::ranges::push_heap(pausing_, std::greater<>());
}

// Returns how long the user thinks.
Nanoseconds LoadLoop::next_turn(Slot& slot, const Exchange& exchange) {
  if (slot.turn + 1 >= plan_.turns) {
    end_conversation(slot);
    return 0;
  }
  destinations_[slot.target].prompts->append_turn(exchange.record.index, exchange.reply.text(), slot.history);
  ++slot.turn;
  return plan_.think;
}

void LoadLoop::end_conversation(Slot& slot) {
  slot.turn = 0;
  slot.history.clear();
}

void LoadLoop::expire(Nanoseconds now) {
  while (earliest_ != nullptr && earliest_->deadline <= now) {
    Exchange& late = *earliest_;
    record(late, Outcome::failed, destination_of(late).transport->abandon(late));
  }
}

void LoadLoop::cancel_all() {
  while (earliest_ != nullptr) {
    Exchange& exchange = *earliest_;
    destination_of(exchange).transport->abandon(exchange);
    record(exchange, Outcome::cancelled, Failure::none);
  }
}

Nanoseconds LoadLoop::next_deadline(Nanoseconds now) const {
  if (now < plan_.start) return plan_.start;
  Nanoseconds next = now < plan_.stop ? plan_.stop : plan_.give_up;
  for (const Destination& destination : destinations_) next = std::min(next, destination.transport->deadline());
  if (earliest_ != nullptr) next = std::min(next, earliest_->deadline);
  if (now >= plan_.stop) return next;
  if (plan_.arrivals == nullptr) {
    if (!free_slots_.empty() && !exhausted_) return now;
    return pausing_.empty() ? next : std::min(next, pausing_.front().first);
  }
  if (!exhausted_ && next_arrival_ < plan_.arrivals->size() && under_way_ < most_under_way_)
    next = std::min(next, plan_.start + (*plan_.arrivals)[next_arrival_]);
  return next;
}

}  // namespace palier
