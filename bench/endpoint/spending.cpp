#include "bench/endpoint/spending.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/units.hpp"

namespace palier {
namespace {

constexpr double nanos_of_usd = 1e9;

double usd(NanoUsd amount) { return static_cast<double>(amount) / nanos_of_usd; }

constexpr int first_error_status = 400;

}  // namespace

Spending::Spending(TokenPrice price, std::optional<double> most) : price_(price), most_(most) {}

NanoUsd Spending::cost(double tokens, double usd_per_million) const {
  return static_cast<NanoUsd>(std::ceil(tokens * usd_per_million * nanos_of_usd / 1e6));
}

std::optional<Deposit> Spending::reserve(std::size_t body_bytes, int max_tokens) {
  const Deposit deposit{.prompt = cost(static_cast<double>(body_bytes), price_.prompt),
                        .output = cost(max_tokens, price_.output)};
  const NanoUsd amount = deposit.prompt + deposit.output;
  NanoUsd committed = committed_;
  do {
    if (exhausted_) return {};
    if (most_ && usd(committed + amount) > *most_) {
      exhausted_ = true;
      return {};
    }
  } while (!committed_.compare_exchange_weak(committed, committed + amount));
  return deposit;
}

void Spending::settle(const Deposit& deposit, const RequestRecord& record) {
  NanoUsd told = 0, assumed = 0;
  if (record.sent != 0 && record.status < first_error_status) {
    const auto add = [&](std::int32_t tokens, double price, NanoUsd set_aside) {
      (tokens >= 0 ? told : assumed) += tokens >= 0 ? cost(tokens, price) : set_aside;
    };
    add(record.prompt_tokens, price_.prompt, deposit.prompt);
    add(record.completion_tokens, price_.output, deposit.output);
  }
  spent_ += told + assumed;
  assumed_ += assumed;
  committed_ += told + assumed - deposit.prompt - deposit.output;
}

double Spending::spent() const { return usd(spent_); }

double Spending::assumed() const { return usd(assumed_); }

void to_json(Json& json, const TokenBill& bill) {
  json = Json::object();
  json["usd_per_million_prompt_tokens"] = bill.price.prompt;
  json["usd_per_million_output_tokens"] = bill.price.output;
  json["usd"] = bill.usd;
  json["assumed_usd"] = bill.assumed_usd;
  json["most_usd"] = bill.most;
}

std::string text_of(const TokenBill& bill) {
  std::string text =
      fmt::format("The requests cost {} USD (a million prompt tokens {} USD, output {} USD)", format_number(bill.usd),
                  format_number(bill.price.prompt), format_number(bill.price.output));
  if (bill.most) text += fmt::format("; at most {} USD in all", format_number(*bill.most));
  if (bill.assumed_usd > 0)
    text += fmt::format("; {} USD of it for answers whose tokens nobody told, the most that they can have cost",
                        format_number(bill.assumed_usd));
  return text + "\n";
}

}  // namespace palier
