// The exact cache of the gateway: a Redis of its own, which HAProxy asks through cache.lua. What main.jsonnet puts into its files.
local text = import 'lib/text.libsonnet';

local mib = 1048576;

// size in bytes: a 64th of the machine, where the user says nothing.
local size_of(params, memory) =
  assert params.cache == null || params.cache == 0 || params.cache >= 16 * mib : 'cache must be 0 or at least 16 MiB\nhelp: --set cache=256MiB';
  if params.cache != null then params.cache
  else if memory == null then 64 * mib
  else std.max(64, std.min(1024, std.floor(memory / 64 / mib))) * mib;

function(params, memory, hardened)
  local size = size_of(params, memory);
  if size == 0 then { global: [], find: [], keep: [], files: {}, packages: '', install: [], units: '', readme: [] }
  else {
    global: [
      '  # cache.lua is beside this file',
      '  default-path config',
      '  presetenv CACHE_SOCKET /run/palier-cache/redis.sock',
      '  setenv CACHE_SECONDS ' + std.ceil(params.cache_ttl),
      '  # an answer larger than the largest prompt is not kept: it has to fit into half a buffer',
      '  setenv CACHE_LARGEST ' + params.largest_prompt,
      '  lua-load cache.lua',
    ],
    find: [
      '  # What was asked before at temperature 0 or with a seed is answered from Redis, where the client does not forbid it. The cache',
      '  # knows nothing but hashes of requests, and is passed by where it fails.',
      '  http-request lua.cache_find if METH_POST { path /v1/completions /v1/chat/completions } !{ req.hdr(Cache-Control) -m sub no-cache no-store }',
    ],
    keep: [
      '  http-response set-header X-Cache miss if { var(txn.cache_key) -m found }',
      '  http-response wait-for-body time ' + std.ceil(params.max_request) + 's if { status 200 } { var(txn.cache_key) -m found }',
      '  http-response lua.cache_keep if { status 200 } { var(txn.cache_key) -m found }',
    ],
    files: {
      'gateway/cache.lua': { format: 'text', content: importstr 'gateway/cache.lua' },
      'gateway/redis.conf': { format: 'text', content: text.lines([
        '# Redis as the cache of the gateway, and as nothing else.',
        '# No port: whoever can open the socket can read the answers, and that is the user of the gateway alone.',
        'port 0',
        'unixsocket /run/palier-cache/redis.sock',
        'unixsocketperm 700',
        '# ' + (if params.cache != null then 'as asked for' else if memory == null then 'the least; the memory of the machine is not known' else 'a 64th of ' + text.bytes(memory) + ', at least 64 MiB, at most 1 GiB') + '; when it is full, what was not used for the longest time goes',
        'maxmemory ' + size,
        'maxmemory-policy allkeys-lru',
        '# no answer reaches a disk',
        'save ""',
        'appendonly no',
      ]) },
      'gateway/palier-cache.service': { format: 'text', content: text.lines([
        '# The cache of the gateway. See README.md.',
        '[Unit]',
        'Description=Cache of answers of the gateway',
        '',
        '[Service]',
        'Type=notify',
        'DynamicUser=yes',
        "# the gateway's",
        'User=palier-gateway',
        'RuntimeDirectory=palier-cache',
        'RuntimeDirectoryMode=0700',
        'ExecStart=/usr/bin/redis-server /etc/palier/redis.conf --supervised systemd',
        'Restart=always',
        '# twice maxmemory, which counts neither fragments nor connections, and 64 MiB for Redis itself',
        'MemoryMax=' + (2 * std.ceil(size / mib) + 64) + 'M',
        'PrivateDevices=yes',
        'PrivateNetwork=yes',
      ] + hardened + ['', '[Install]', 'WantedBy=multi-user.target']) },
    },
    packages: ' redis-server',
    install: [
      'sudo install -m 644 cache.lua redis.conf /etc/palier/',
      'sudo install -m 644 palier-cache.service /etc/systemd/system/',
    ],
    units: ' palier-cache',
    readme: [
      '',
      '## Answers that are given again',
      '',
      'A completion at temperature 0 or with a seed that is not streamed is kept in Redis for ' + std.ceil(params.cache_ttl) + ' s, in at most ' + text.bytes(size) + ' of memory, and given to',
      'whoever sends the same request with the same key. Requests are the same where model, messages and every other member are: the order of',
      'members and the spaces between them do not count. `X-Cache: hit` or `miss` in an answer says what happened. `Cache-Control: no-cache`',
      'in a request passes the cache by: measure a model server so. Without Redis every request reaches a server, as it does with',
      '`--set cache=0`.',
      '',
      'After a model was replaced under its old name: `sudo redis-cli -s /run/palier-cache/redis.sock flushall`. Debian also starts a Redis on',
      'port 6379, which the gateway does not use: `sudo systemctl disable --now redis-server` where nothing else of yours does.',
    ],
  }
