// The names of what the engines measure, as of their documentation of 2026-11. Ollama publishes no metrics.
{
  vllm: {
    running: 'vllm:num_requests_running',
    waiting: 'vllm:num_requests_waiting',
    tokens: 'vllm:generation_tokens_total',
    first_token: 'vllm:time_to_first_token_seconds_bucket',
    cache: 'vllm:kv_cache_usage_perc',
    preemptions: 'vllm:num_preemptions_total',
  },
  'llama.cpp': {
    running: 'llamacpp:requests_processing',
    waiting: 'llamacpp:requests_deferred',
    tokens: 'llamacpp:tokens_predicted_total',
  },
  ollama: {},

  // The labels that the ServiceMonitor gives: of this server alone, whoever else runs the engine in the cluster.
  labels(params):: '{namespace="' + params.namespace + '",service="' + params.name + '"}',
}
