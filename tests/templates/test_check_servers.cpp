// `palier check` on model servers: what it must find in one, and what is right although it looks alike.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "templates/check/finding.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

using Rules = std::set<std::string>;

// The rules that find something in the files, among those that are looked at here.
Rules found(const FileTexts& files) {
  static const Rules looked_at = {"cache-not-kept",     "cache-not-writable", "probe-path",
                                  "grace-cuts-answers", "grace-without-room", "grace-too-short",
                                  "quota-blocks-update"};
  Rules out;
  for (const Finding& finding : lint(files)) {
    if (looked_at.count(finding.rule) != 0) out.insert(finding.rule);
  }
  return out;
}

// A Deployment of one container; `container` and `pod` are members in one line, with commas between.
std::string deployment(const std::string& container, const std::string& pod = "terminationGracePeriodSeconds: 300",
                       const std::string& spec = "replicas: 1") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  " + spec +
         "\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec: {" + pod +
         ", containers: [{name: server, " + container + "}]}\n";
}

Rules in(const std::string& container, const std::string& pod = "terminationGracePeriodSeconds: 300") {
  return found({{"a.yaml", deployment(container, pod)}});
}

const std::string vllm = "image: vllm/vllm-openai:v0.11.0, args: [--model, Qwen/Qwen3-8B]";

std::string mount(const std::string& path) { return ", volumeMounts: [{name: m, mountPath: " + path + "}]"; }

const std::string mounted = mount("/models"), at_home = mount("/root/.cache/huggingface");

std::string env(const std::string& name, const std::string& value) {
  return ", env: [{name: " + name + ", value: " + value + "}]";
}

std::string probe(const std::string& path, const std::string& port) {
  return ", readinessProbe: {httpGet: {path: " + path + ", port: " + port + "}}";
}

std::string surge(const std::string& spec) {
  return deployment("image: web:1.0, resources: {requests: {cpu: 1}}", "terminationGracePeriodSeconds: 30", spec);
}

Rules updated(const std::string& spec, const std::string& quota) {
  return found(
      {{"a.yaml", surge(spec)},
       {"b.yaml", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {" + quota + "}}\n"}});
}

}  // namespace

TEST_CASE("weights that are gone with the container") {
  const Rules lost = {"cache-not-kept"};
  CHECK(in(vllm) == lost);
  CHECK(in(vllm + mounted) == lost);
  CHECK(in(vllm + mounted + env("HF_HOME", "/data/hf")) == lost);
  CHECK(in(vllm + at_home + env("HF_HOME", "/modelsx")) == lost);
  CHECK(in("image: registry.example/mine:1, command: [sh, -c, 'exec vllm serve a/b --port 80']" + mounted +
           env("HF_HOME", "/x")) == lost);
  CHECK(in("image: docker.io/ollama/ollama:0.33.3") == lost);
  CHECK(in("image: ghcr.io/ggml-org/llama.cpp:server, args: [-hf, a/b]" + mounted) == lost);
  CHECK(in(vllm + mounted + env("HF_HOME", "/data") + ", securityContext: {readOnlyRootFilesystem: true}") ==
        Rules{"cache-not-writable"});
  CHECK(in(vllm + mounted, "securityContext: {runAsUser: 1000}, terminationGracePeriodSeconds: 300") ==
        Rules{"cache-not-writable"});
}

TEST_CASE("weights that stay, or were never downloaded") {
  const std::vector<std::string> kept = {
      vllm + at_home,
      vllm + mounted + env("HF_HOME", "/models"),
      vllm + mounted + env("HF_HOME", "/models/hf/"),
      vllm + mount("/data/hub/") + env("HF_HOME", "/data"),
      vllm + at_home + env("HOME", "/root"),
      vllm + mounted + env("HF_HUB_OFFLINE", "'1'"),
      vllm + mounted + env("HF_HOME", "$(WHERE)"),
      vllm + mounted + ", env: [{name: HF_HOME, valueFrom: {configMapKeyRef: {name: c, key: k}}}]",
      vllm + mounted + ", envFrom: [{configMapRef: {name: c}}]",
      "image: vllm/vllm-openai:v1, args: [--model, a/b, --download-dir, /models]" + mounted,
      "image: vllm/vllm-openai:v1, args: [--model=/models/a]" + mounted,
      "image: vllm/vllm-openai:v1, args: ['--model=s3://a/b']",
      "image: registry.example/vllm-with-weights:1, args: [--model, a/b]",
      "image: ghcr.io/ggml-org/llama.cpp:server, args: [--model, models/a.gguf]",
      "image: ghcr.io/ggml-org/llama.cpp:server, args: [-hf, a/b]" + mount("/root/.cache/llama.cpp"),
      "image: ollama/ollama:0.33.3" + mount("/root/.ollama"),
      "image: ollama/ollama:0.33.3" + mount("/x") + env("OLLAMA_MODELS", "/x/models"),
      "image: nginx:1.27"};
  for (const std::string& one : kept) {
    INFO(one);
    CHECK(in(one).empty());
  }
}

TEST_CASE("probes of paths that a server has, and of others") {
  const std::string ollama = "image: ollama/ollama:0.33.3" + mount("/root/.ollama");
  const std::string llama = "image: mirror.example/ggml-org/llama.cpp:server-b1@sha256:" + std::string(64, 'a');
  const std::string base = vllm + at_home;
  for (const std::string& wrong :
       {base + probe("/healthz", "8000"), base + probe("/v1/health", "8000"), base + probe("/", "8000"),
        base + probe("/ready", "http") + ", ports: [{name: http, containerPort: 8000}]",
        ollama + probe("/health", "11434"), ollama + env("OLLAMA_HOST", "'0.0.0.0:8080'") + probe("/healthz", "8080"),
        llama + probe("/healthz", "8080"), "image: lmsysorg/sglang:v0.5.0" + probe("/v2/health/ready", "30000")}) {
    INFO(wrong);
    CHECK(in(wrong) == Rules{"probe-path"});
  }
  for (const std::string& right :
       {base + probe("/health", "8000"), base + probe("/health/", "8000"), base + probe("/v1/models?a=b", "8000"),
        base + probe("/v1/models/a", "8000"), base + probe("/healthz", "9090"),  // something else in the same container
        ollama + probe("/", "11434"), ollama + probe("/api/tags", "11434"),
        ollama + env("OLLAMA_HOST", "0.0.0.0") + probe("/api/version", "11434"), llama + probe("/health", "8080"),
        llama + ", args: [--api-prefix, /a]" + probe("/a/health", "8080"),
        llama + ", args: [--port, '80']" + probe("/v1/health", "80"),
        "image: registry.example/vllm:1" + probe("/healthz", "8000"),
        "image: vllm/vllm-openai:v1, command: [python3, proxy.py]" + probe("/healthz", "8000"),
        "image: nginx:1.27" + probe("/healthz", "80")}) {
    INFO(right);
    CHECK(in(right).count("probe-path") == 0);
  }
}

TEST_CASE("time to end in after preStop") {
  const auto ends = [](const std::string& container, const std::string& sleep, int grace) {
    return in(container + ", lifecycle: {preStop: {exec: {command: [sleep, '" + sleep + "']}}}",
              "terminationGracePeriodSeconds: " + std::to_string(grace));
  };
  const std::string server = vllm + at_home, web = "image: nginx:1.27";
  CHECK(ends(server, "30", 30) == Rules{"grace-too-short"});
  CHECK(ends(server, "30", 40) == Rules{"grace-cuts-answers"});
  CHECK(ends(server, "15", 30).empty());
  CHECK(ends(server, "15", 120).empty());
  CHECK(ends(web, "28", 30) == Rules{"grace-without-room"});
  CHECK(ends(web, "5", 10).empty());
  CHECK(ends(web, "0", 2).empty());
}

TEST_CASE("room in a quota for an update") {
  const Rules blocked = {"quota-blocks-update"};
  CHECK(updated("replicas: 2", "requests.cpu: 2") == blocked);
  CHECK(updated("replicas: 2", "pods: 2") == blocked);
  CHECK(updated("replicas: 2", "requests.cpu: 3").empty());
  CHECK(updated("replicas: 4", "pods: 4").empty());  // a quarter of them goes first
  CHECK(updated("replicas: 2\n  strategy: {type: Recreate}", "pods: 2").empty());
  CHECK(updated("replicas: 2\n  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", "pods: 2").empty());
  CHECK(updated("replicas: 4\n  strategy: {rollingUpdate: {maxSurge: 50%, maxUnavailable: 1}}", "pods: 5") == blocked);
  CHECK(updated("replicas: 4\n  strategy: {rollingUpdate: {maxSurge: 50%, maxUnavailable: 1}}", "pods: 6").empty());
}
