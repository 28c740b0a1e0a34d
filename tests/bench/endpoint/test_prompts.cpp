#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "bench/endpoint/prompts.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Json body_of(const Prompts& prompts, std::uint64_t index) {
  std::string body;
  prompts.append(index, body);
  return parse_json(body, "body");
}

}  // namespace

TEST_CASE("synthetic prompts have the words that were asked for, and no two requests the same ones") {
  const Prompts prompts({.model = "a \"b\"", .input = {10, 20}, .output = {5, 9}, .seed = 3});
  std::set<std::string> texts;
  std::set<std::size_t> lengths;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Json body = body_of(prompts, i);
    CHECK(body == body_of(prompts, i));
    CHECK(body["model"] == "a \"b\"");
    CHECK(body["stream"] == true);
    CHECK(body["stream_options"]["include_usage"] == true);
    const int most = body["max_tokens"];
    CHECK((most >= 5 && most <= 9));
    const std::string text = body["messages"][0]["content"];
    texts.insert(text);
    lengths.insert(words(text).size());
  }
  CHECK(texts.size() == 200);
  CHECK(*lengths.begin() >= 10);
  CHECK(*lengths.rbegin() <= 20);
  CHECK(lengths.size() > 5);
  CHECK(body_of(Prompts({.input = {10, 20}, .seed = 4}), 0)["messages"] !=
        body_of(Prompts({.input = {10, 20}, .seed = 3}), 0)["messages"]);
}

TEST_CASE("a shared prefix is the same in all prompts, and what follows is not") {
  const Prompts prompts({.input = {8, 8}, .shared_prefix = 50});
  const auto text = [&](std::uint64_t i) { return body_of(prompts, i)["messages"][0]["content"].get<std::string>(); };
  const std::string one = text(1), two = text(2);
  CHECK(words(one).size() == 58);
  std::size_t same = 0;
  while (words(one)[same] == words(two)[same]) ++same;
  CHECK(same >= 50);
  CHECK(same < 58);
}

TEST_CASE("each kind of endpoint gets the body it knows") {
  const Json completion = body_of(Prompts({.kind = EndpointKind::completions, .stream = false}), 0);
  CHECK(completion["prompt"].is_string());
  CHECK_FALSE(completion.contains("stream"));
  const Json embedding = body_of(Prompts({.kind = EndpointKind::embeddings, .stream = false}), 0);
  CHECK(embedding["input"].is_string());
  CHECK_FALSE(embedding.contains("max_tokens"));
  CHECK(body_of(Prompts({.extra = {{"temperature", 0}, {"stop", {"a"}}}}), 0)["stop"][0] == "a");
}

TEST_CASE("prompts come from JSON Lines and from text") {
  const TemporaryDirectory folder;
  const auto write = [&](const char* name, const char* content) {
    write_file(folder.path() / name, content);
    return folder.path() / name;
  };
  const auto jsonl = write(
      "p.jsonl", "{\"prompt\":\"a \\\"q\\\"\"}\n\n\"b\"\r\n{\"messages\":[{\"role\":\"system\",\"content\":\"c\"}]}\n");
  const Prompts lines({.file = jsonl});
  CHECK(body_of(lines, 0)["messages"][0]["content"] == "a \"q\"");
  CHECK(body_of(lines, 1)["messages"][0]["content"] == "b");
  CHECK(body_of(lines, 2)["messages"][0]["role"] == "system");
  CHECK(body_of(lines, 3) == body_of(lines, 0));
  const Prompts text(
      {.kind = EndpointKind::completions, .input = {2, 2}, .file = write("p.txt", "one two\nthree  \"four\" five")});
  CHECK(body_of(text, 1)["prompt"] == "three \"four\"");
  CHECK(body_of(text, 2)["prompt"] == "five");
  for (const char* wrong : {"", "\n", "{}", "{\"prompt\":3}", "[1]", "{\"prompt\":\"a\"}\n{"})
    CHECK_THROWS_AS(Prompts({.file = write("w.jsonl", wrong)}), Error);
  CHECK_THROWS_AS(Prompts({.file = folder.path() / "none"}), Error);
}

TEST_CASE("ranges of tokens are read") {
  CHECK(parse_token_range("128")->most == 128);
  CHECK(parse_token_range("64-256")->least == 64);
  CHECK(parse_token_range("64-256")->most == 256);
  for (const char* wrong : {"", "0", "-5", "9-3", "a", "1-", "2000000", "1-2-3"}) CHECK_FALSE(parse_token_range(wrong));
}
