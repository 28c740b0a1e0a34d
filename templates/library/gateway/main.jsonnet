// HAProxy in front of several model servers on this machine or network, and the systemd units that keep all of it running.
local make_cache = import 'gateway/cache.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local allowed(value, more) = std.length(std.filter(function(c) !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || text.contains(more, c)), std.stringChars(value))) == 0;

// "model=host:port" -> {model, address}. Only letters that mean nothing to HAProxy get through.
local parse(item) =
  local parts = std.split(item, '=');
  assert std.length(parts) == 2 && std.length(parts[0]) > 0 && allowed(parts[0], '._/:-') :
         'each of servers must be MODEL=HOST:PORT\nhelp: --set servers=chat=127.0.0.1:8001,chat=127.0.0.1:8002';
  local place = std.split(parts[1], ':');
  assert std.length(place) == 2 && std.length(place[0]) > 0 && allowed(place[0], '.-') && std.length(place[1]) > 0 && std.length(place[1]) <= 5 && allowed(place[1], '') :
         'each of servers must be MODEL=HOST:PORT\nhelp: --set servers=chat=127.0.0.1:8001,chat=127.0.0.1:8002';
  { model: parts[0], address: parts[1] };

local parse_cloud(value) =
  local secure = std.startsWith(value, 'https://');
  local host = std.substr(value, if secure then 8 else 7, std.length(value));
  assert (secure || std.startsWith(value, 'http://')) && std.length(host) > 0 && allowed(host, '.:-') :
         'cloud must be https://HOST or https://HOST:PORT\nhelp: --set cloud=https://api.example.com';
  { secure: secure, host: host, address: if text.contains(host, ':') then host else host + (if secure then ':443' else ':80') };

function(advice, machine, params)
  local m = make_machine(machine);
  local servers = std.map(parse, std.split(params.servers, ','));
  local models = std.set([s.model for s in servers]);
  local cloud = if params.cloud == null then null else parse_cloud(params.cloud);
  local seconds = std.ceil(params.max_request) + 's';
  local buffer = params.largest_prompt * 2;
  local wanted = 4 * params.concurrency * std.length(servers);
  local affordable = if m.memory == null then wanted else std.floor(m.memory / 4 / (2 * buffer));
  local connections = std.max(16, std.min(wanted, affordable));
  local backend(i) = 'model_' + (i + 1);
  local probe(model) = std.manifestJsonMinified({ model: model, prompt: '1', max_tokens: 1 });

  local hardened = [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'CapabilityBoundingSet=',
  ];
  local online = ['RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK'];
  local cache = make_cache(params, m.memory, hardened + ['RestrictAddressFamilies=AF_UNIX']);

  local is_name(address) = std.length(std.filter(function(c) (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), std.stringChars(address))) > 0;
  local names = std.length([s for s in servers if is_name(s.address)]) > 0 || (cloud != null && is_name(cloud.address));

  local config = [
    '# HAProxy in front of ' + std.length(servers) + ' model servers; check with: haproxy -c -f haproxy.cfg',
    'global',
    '  log stdout format raw local0 info',
    '  # 4 x ' + params.concurrency + ' requests x ' + std.length(servers) + ' servers: those that run, and a queue' + (if affordable < wanted then '; fewer, so that buffers fit into a quarter of the memory' else ''),
    '  maxconn ' + connections,
    '  # Twice the largest prompt. The default of 16 KiB sees no "model" that stands after a long prompt, routes it to the wrong',
    '  # server, and cannot send it again. Two such buffers per connection: ' + text.bytes(2 * buffer * connections) + ' at the very most.',
    '  tune.bufsize ' + buffer,
    '  stats socket "unix@${RUNTIME_DIRECTORY-.}/admin.sock" mode 600 level admin',
  ] + cache.global + [''] + (if names then ['# names are asked for again while it runs, and may be unknown when it starts', 'resolvers system', '  parse-resolv-conf', ''] else []) + [
    'defaults',
    '  mode http',
    '  log global',
    '  option httplog',
    '  option http-no-delay',
    '  timeout connect 2s',
    '  # all of a large prompt must arrive in this time',
    '  timeout http-request 30s',
    '  # idle connections of clients count as connections, and would keep others out',
    '  timeout http-keep-alive 5s',
    '  timeout queue 30s',
    '  # the longest that one answer may take, and the furthest that one token may be from the next',
    '  timeout client ' + seconds,
    '  timeout server ' + seconds,
    '  # The one token of the check waits behind what the server computes: were this shorter, a load of long answers would have all',
    '  # servers taken out. A server that is gone refuses the check, and is out at once.',
    '  timeout check ' + seconds,
    '  # A request that failed before its first byte goes to another server. Once an answer has begun nothing can save it.',
    '  retries 5',
    '  option redispatch 1',
    '  retry-on conn-failure empty-response junk-response 500 502 503 504',
    '  # A server that fails at once is the one with the fewest requests. observe and mark-down take it out, and each may hold twice',
    '  # what it computes: were it full at that, the others would be, too, and every retry would come back to the one that fails.',
    '  balance leastconn',
    '  default-server check inter 5s fastinter 500ms downinter 1s fall 2 rise 2 observe layer7 error-limit 5 on-error mark-down maxconn ' + 2 * params.concurrency + (if names then ' init-addr last,libc,none resolvers system' else ''),
    '',
    'frontend models',
    '  # this machine alone; put authentication and TLS in front before you open it',
    '  bind 127.0.0.1:' + params.port,
    '  option http-buffer-request',
    '  http-request deny deny_status 413 if { req.body_size gt ' + params.largest_prompt + ' }',
    "  http-request set-var(txn.model) req.body,json_query('$.model')",
    '  http-request return status 200 content-type text/plain string ok if { path /health }',
    '  acl known var(txn.model) -m str ' + std.join(' ', models),
    '  http-request return status 404 content-type application/json string "{\\"error\\":{\\"message\\":\\"there is no such model here\\"}}" if { var(txn.model) -m found } !known',
  ] + cache.find + std.flattenArrays([
    (if cloud == null then [] else ['  use_backend cloud if { var(txn.model) -m str ' + models[i] + ' } { nbsrv(' + backend(i) + ') lt 1 }']) +
    ['  use_backend ' + backend(i) + ' if { var(txn.model) -m str ' + models[i] + ' }']
    for i in std.range(0, std.length(models) - 1)
  ]) + ['  default_backend ' + backend(0)] + std.flattenArrays([
    [
      '',
      'backend ' + backend(i),
      '  # ' + models[i] + '. The check asks for one token: a server whose port answers may still have lost its GPU.',
      '  option httpchk',
      '  http-check send meth POST uri /v1/completions ver HTTP/1.1 hdr Host localhost hdr Content-Type application/json body "' + std.strReplace(probe(models[i]), '"', '\\"') + '"',
      '  http-check expect status 200',
    ] + cache.keep + [
      '  server s' + (n + 1) + ' ' + servers[n].address
      for n in std.range(0, std.length(servers) - 1)
      if servers[n].model == models[i]
    ]
    for i in std.range(0, std.length(models) - 1)
  ]) + (if cloud == null then [] else [
          '',
          'backend cloud',
          '  # Taken while no server of a model is up, left as soon as one is. It must know the models by the same names.',
          '  # The key comes from the environment (gateway.env), and is in no file here.',
          '  http-request set-header Host ' + cloud.host,
          '  http-request set-header Authorization "Bearer ${CLOUD_API_KEY}"',
          '  server cloud ' + cloud.address + ' no-check maxconn ' + connections + (if cloud.secure then ' ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt sni str(' + std.split(cloud.host, ':')[0] + ')' else ''),
        ]);

  local here = std.length([s for s in servers if std.startsWith(s.address, '127.') || std.startsWith(s.address, 'localhost:')]);
  local per_server = if m.memory == null || here == 0 then null else std.max(1, std.floor((m.memory / 1073741824 - 2) / here));

  assert std.length(servers) <= 50 : 'at most 50 servers';
  {
    'gateway/haproxy.cfg': { format: 'text', content: text.lines(config) },
    'gateway/palier-gateway.service': { format: 'text', content: text.lines([
      '# HAProxy in front of the model servers. See README.md.',
      '[Unit]',
      'Description=Gateway to the model servers',
      'After=network-online.target',
      'Wants=network-online.target',
      '',
      '[Service]',
      'Type=notify',
      'DynamicUser=yes',
      'User=palier-gateway',
      'RuntimeDirectory=palier-gateway',
      '# CLOUD_API_KEY=..., mode 0600; only where there is a cloud to fall back to',
      'EnvironmentFile=-/etc/palier/gateway.env',
      'ExecStartPre=/usr/sbin/haproxy -c -q -f /etc/palier/haproxy.cfg',
      'ExecStart=/usr/sbin/haproxy -Ws -f /etc/palier/haproxy.cfg',
      '# a wrong file changes nothing; answers that have begun are finished by the old process',
      'ExecReload=/usr/sbin/haproxy -c -q -f /etc/palier/haproxy.cfg',
      'ExecReload=/bin/kill -USR2 $MAINPID',
      'KillMode=mixed',
      'TimeoutStopSec=' + seconds,
      'Restart=always',
      'LimitNOFILE=' + std.max(4096, 4 * connections),
      'PrivateDevices=yes',
    ] + online + hardened + ['', '[Install]', 'WantedBy=multi-user.target']) },
    'gateway/palier-model@.service': { format: 'text', content: text.lines([
      '# One model server on the port after the @: systemctl enable --now palier-model@8001',
      '[Unit]',
      'Description=Model server on port %i',
      'After=network-online.target',
      'Wants=network-online.target',
      '',
      '[Service]',
      'DynamicUser=yes',
      '# one name for all ports: they share the downloaded weights',
      'User=palier-model',
    ] + (if std.length(m.amd) > 0 then ['# /dev/kfd and /dev/dri belong to them', 'SupplementaryGroups=render video'] else []) + [
      'CacheDirectory=palier-model',
      'Environment=HOME=/var/cache/palier-model HF_HOME=/var/cache/palier-model LLAMA_CACHE=/var/cache/palier-model',
      '# MODEL=..., and what else the server of this port wants: a file for each port',
      'EnvironmentFile=/etc/palier/model-%i.env',
      'ExecStart=/usr/local/bin/llama-server --hf-repo ${MODEL} --host 127.0.0.1 --port %i --parallel ' + params.concurrency + ' --metrics',
      'TimeoutStopSec=' + seconds,
      'Restart=on-failure',
      'RestartSec=5',
    ] + (if per_server == null then [] else [
           '# (' + text.bytes(m.memory) + ' - 2 GiB for everything else) / ' + here + ' servers here: one that leaks takes nobody with it',
           'MemoryMax=' + per_server + 'G',
         ]) + online + hardened + ['', '[Install]', 'WantedBy=multi-user.target']) },
    'gateway/README.md': { format: 'text', content: text.lines([
      '# A gateway to several model servers',
      '',
      'HAProxy listens on 127.0.0.1:' + params.port + ' and sends each request to a server of the model that it names, to the one with the fewest requests.',
      '',
      '| model | servers |',
      '|---|---|',
    ] + ['| ' + text.code(name) + ' | ' + std.join(', ', [text.code(s.address) for s in servers if s.model == name]) + ' |' for name in models] + [
      '',
      'A server that fails is left out after five errors or two checks, each of which asks it for one token; what it had not begun to answer goes to',
      'another. An answer that has begun cannot be saved.' + (if cloud == null then '' else ' Where none is left, ' + text.code(cloud.host) + ' is asked.'),
      '',
      '## Use it',
      '',
      '```sh',
      'sudo apt install haproxy socat' + cache.packages + '  # HAProxy 2.6 or newer',
      'sudo install -d /etc/palier',
      'sudo install -m 644 haproxy.cfg /etc/palier/',
      'sudo install -m 644 palier-gateway.service palier-model@.service /etc/systemd/system/',
    ] + cache.install + [
      'sudo systemctl daemon-reload',
      'sudo systemctl enable --now' + cache.units + ' palier-gateway',
      '```',
      '',
      'Each model server that runs here: write `MODEL=...` to `/etc/palier/model-PORT.env`, then `sudo systemctl enable --now palier-model@PORT`',
      '(it runs `/usr/local/bin/llama-server`; change the unit for another). `CUDA_VISIBLE_DEVICES=1` in that file gives a server the second GPU,',
      '`LLAMA_ARG_CTX_SIZE` its context, which is shared by the requests it computes at once.',
      'Servers that want a key also want it in the check: `hdr Authorization "Bearer ..."` in its line of `haproxy.cfg`.',
    ] + (if cloud == null then [] else ['The key of the cloud goes to `/etc/palier/gateway.env` as `CLOUD_API_KEY=...`, mode 0600, and nowhere else.']) + [
      '',
      'To take a server out without cutting an answer off:',
      '`echo "set server ' + backend(0) + '/s1 state drain" | sudo socat - /run/palier-gateway/admin.sock`',
    ] + cache.readme + [
      '',
      '## Undo',
      '',
      '```sh',
      "sudo systemctl disable --now palier-gateway 'palier-model@*'" + cache.units,
      'sudo rm -r /etc/palier' + (if cache.units == '' then '' else ' /etc/systemd/system/palier-cache.service') + " /etc/systemd/system/palier-gateway.service '/etc/systemd/system/palier-model@.service'",
      'sudo systemctl daemon-reload',
      'sudo rm -rf /var/cache/private/palier-model  # the downloaded weights',
      '```',
    ]) },
  } + cache.files
