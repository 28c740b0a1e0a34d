#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "bench/endpoint/record.hpp"

namespace palier {

/// What a provider takes for a million tokens, in USD.
struct TokenPrice {
  double prompt = 0, output = 0;
};

/// USD in billionths: a token costs a few hundred of them.
using NanoUsd = std::int64_t;

/// What is set aside for a request that is under way.
struct Deposit {
  NanoUsd prompt = 0, output = 0;
};

/// What requests cost where tokens are billed, and the most that they may. All loops share it, and all runs of a sweep.
class Spending {
 public:
  /// `most`: USD that all requests together may cost; none: it only counts.
  Spending(TokenPrice price, std::optional<double> most);

  /// Sets aside the most that a request can cost: its prompt has no more tokens than its body has bytes, and its answer
  /// no more than `max_tokens`. nullopt where less than that is left; from then on nobody gets anything.
  std::optional<Deposit> reserve(std::size_t body_bytes, int max_tokens);
  /// Takes what it did cost, as the server counted its tokens, and gives the rest back. A request that was refused or
  /// never left costs nothing; one whose tokens nobody told, all that was set aside.
  void settle(const Deposit& deposit, const RequestRecord& record);

  /// A request was refused for want of money.
  bool exhausted() const { return exhausted_; }
  double spent() const;    ///< USD, of all that was settled
  double assumed() const;  ///< USD, the part of it whose tokens nobody told
  const TokenPrice& price() const { return price_; }
  const std::optional<double>& most() const { return most_; }

 private:
  NanoUsd cost(double tokens, double usd_per_million) const;

  TokenPrice price_;
  std::optional<double> most_;
  std::atomic<NanoUsd> committed_ = 0;  ///< spent and set aside
  std::atomic<NanoUsd> spent_ = 0, assumed_ = 0;
  std::atomic<bool> exhausted_ = false;
};

/// What the requests of a run cost, by the provider's price of tokens.
struct TokenBill {
  TokenPrice price;
  double usd = 0;              ///< of this run
  double assumed_usd = 0;      ///< the part of it that is what the request could have cost at most
  std::optional<double> most;  ///< USD that all runs together may cost
};

void to_json(Json& json, const TokenBill& bill);

/// "By the token: 0.12 USD at 0.15 USD for a million prompt tokens and ..".
std::string text_of(const TokenBill& bill);

}  // namespace palier
