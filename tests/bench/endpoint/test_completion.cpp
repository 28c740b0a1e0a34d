#include <nlohmann/json.hpp>

#include "bench/endpoint/completion.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the chunks of a chat are told apart") {
  const auto role =
      read_completion(R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null})");
  CHECK(role.valid);
  CHECK_FALSE(role.output());
  CHECK(read_completion(R"({"choices":[{"delta":{"content":"Hi \"x\""}}]})").content == 8);
  const auto thought = read_completion(R"({"choices":[{"delta":{"reasoning_content":"hm","content":null}}]})");
  CHECK(thought.reasoning == 2);
  CHECK(thought.content == 0);
  CHECK(read_completion(R"({"choices":[{"delta":{"reasoning":"hm"}}]})").reasoning == 2);
  CHECK(read_completion(R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{"}}]}}]})").tool_call);
  CHECK_FALSE(read_completion(R"({"choices":[{"delta":{"tool_calls":[]}}]})").output());
  CHECK(read_completion(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})").finished);
  CHECK_FALSE(read_completion(R"({"choices":[{"delta":{},"finish_reason":null}]})").finished);
}

TEST_CASE("completions, whole answers and embeddings have their text elsewhere") {
  CHECK(read_completion(R"({"choices":[{"text":"abc"}]})").content == 3);
  CHECK(read_completion(R"({"choices":[{"message":{"content":"abc"}}]})").content == 3);
  CHECK(read_completion(R"({"choices":[{"message":{"content":[{"type":"text","text":"abcd"}]}}]})").content == 4);
  CHECK(read_completion(R"({"data":[{"embedding":[0.5,-1e-3]},{"embedding":"AAAA"}]})").embeddings == 2);
  // Fields of the same name elsewhere are something else.
  CHECK_FALSE(read_completion(R"({"content":"a","delta":{"content":"b"},"x":{"choices":[{"text":"c"}]}})").output());
}

TEST_CASE("usage is read wherever it is sent, and nonsense in it is no number") {
  const auto part = read_completion(
      R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,
          "prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":5}}})");
  CHECK(part.prompt_tokens == 12);
  CHECK(part.completion_tokens == 34);
  CHECK(part.cached_tokens == 8);
  CHECK(part.reasoning_tokens == 5);
  for (const char* wrong : {"-1", "1.5", "1e3", "\"7\"", "99999999999999999999999", "5000000000", "null", "[3]"}) {
    const auto odd = read_completion(R"({"usage":{"completion_tokens":)" + std::string(wrong) + "}}");
    CHECK(odd.valid);
    CHECK_FALSE(odd.completion_tokens);
  }
}

TEST_CASE("an error in a chunk is seen") {
  CHECK(read_completion(R"({"error":{"message":"overloaded"}})").error);
  CHECK(read_completion(R"({"error":"overloaded"})").error);
  CHECK_FALSE(read_completion(R"({"error":null,"choices":[]})").error);
}

TEST_CASE("what is JSON is decided as the JSON library decides it") {
  for (const char* text : {"{}",
                           " { } ",
                           "{\"a\":1}",
                           "",
                           "[]",
                           "1",
                           "{",
                           "}",
                           "{,}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":01}",
                           "{\"a\":-}",
                           "{\"a\":-0}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":1e}",
                           "{\"a\":1e+5}",
                           "{\"a\":0x1}",
                           "{\"a\":tru}",
                           "{\"a\":nul}",
                           "{\"a\":NaN}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\\u00e9\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\\ud83d\\ude00\"}",
                           "{\"a\":\"\\ude00\"}",
                           "{\"a\":\"\\ud83dx\"}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\xC3\xA9\"}",
                           "{\"a\":\"\xC3\"}",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "{\"a\":\"b}",
                           "{\"a\":[1,2}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[]}{",
                           "{\"a\":{}} x",
                           "{\"a\" : [ 1 , { } ] }",
                           "{\"a\":\"\\u+123\"}"}) {
    INFO(text);
    const bool object = nlohmann::json::accept(text) && nlohmann::json::parse(text).is_object();
    CHECK(read_completion(text).valid == object);
  }
  CHECK_FALSE(read_completion(std::string_view("{\"a\":\"\0\"}", 9)).valid);
}

TEST_CASE("a deep document is refused and not followed") {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100000; ++i) deep += '[';
  CHECK_FALSE(read_completion(deep).valid);
}
