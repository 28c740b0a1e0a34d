// A feature store with Feast: definitions, a history (file or PostgreSQL), an online store (SQLite or Redis) and what brings the one to the
// other. Fields of feature_store.yaml: feast-dev/feast v0.66.0, sdk/python/feast/repo_config.py and infra/{online,offline}_stores (2026-08-21).
local cluster = import 'feast/kubernetes.libsonnet';
local images = import 'data/images.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local python = '3.12';
local feast = '0.66';
local library = {
  file: { source: importstr 'feast/source_file.py', extras: '' },
  postgres: { source: importstr 'feast/source_postgres.py', extras: '[postgres,redis]' },
};

function(advice, machine, params)
  local m = make_machine(machine);
  local plain(c) = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || text.contains('./:@_-', c);
  assert params.image != '' && std.length([c for c in std.stringChars(params.image) if !plain(c)]) == 0 : 'image must be NAME:TAG\nhelp: --set image=registry.example.com/feast:1';
  local team = params.store == 'postgres';
  // A step of materialisation holds the rows of one interval of every customer: 1 KiB each with all copies, 1 GiB at least.
  local memory = std.max(1, std.ceil(params.entities * 1024 / gib));
  // A quarter of the machine for both stores, half a GiB to 8 each; Redis keeps a copy of itself while it saves.
  local share = if m.memory == null then 1 else std.max(0.5, std.min(8, std.floor(m.memory / 8 / gib * 2) / 2));
  local limit = std.floor(share * 1024);
  local cron = if params.every == '24' then '17 3 * * *' else if params.every == '1' then '17 * * * *' else '17 */' + params.every + ' * * *';
  local seconds = params.ttl_days * 86400;
  local connection = { host: '${POSTGRES_HOST}', port: 5432, database: 'feast', user: 'feast', password: '${POSTGRES_PASSWORD}', sslmode: '${POSTGRES_SSLMODE}' };
  local common = { restart: 'unless-stopped', cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], mem_limit: limit + 'm' };
  local store = {
    project: std.strReplace(params.name, '-', '_'),
    provider: 'local',
  } + (if !team then {
         registry: 'data/registry.db',
         offline_store: { type: 'dask' },
         online_store: { type: 'sqlite', path: 'data/online.db' },
       } else {
         '#registry': 'words like ${POSTGRES_HOST} come from the environment, passwords among them',
         registry: { registry_type: 'sql', path: 'postgresql+psycopg://feast:${POSTGRES_PASSWORD}@${POSTGRES_HOST}:5432/feast?sslmode=${POSTGRES_SSLMODE}', '#cache_ttl_seconds': 'a server learns of a change within a minute', cache_ttl_seconds: 60 },
         offline_store: { type: 'postgres' } + connection,
         '#online_store': 'what nobody brings up to date is gone after ' + params.ttl_days + ' days, as features.py says',
         online_store: { type: 'redis', connection_string: '${REDIS_HOST}:6379,password=${REDIS_PASSWORD}', key_ttl_seconds: seconds },
       }) + { entity_key_serialization_version: 3 };
  {
    'feast/repo/feature_store.yaml': { format: 'yaml', content: store },
    'feast/repo/features.py': { format: 'text', content: std.strReplace(importstr 'feast/features.py', 'TTL_DAYS', std.toString(params.ttl_days)) },
    'feast/repo/activity_source.py': { format: 'text', content: library[params.store].source },
    'feast/sample.py': { format: 'text', content: importstr 'feast/sample.py' },
    'feast/materialize.sh': { format: 'text', mode: '0755', content: importstr 'feast/materialize.sh' },
    'feast/requirements.txt': { format: 'text', content: text.lines(['# Minor versions change what they store: read the notes of a release before the next one.', 'feast' + library[params.store].extras + '==' + feast + '.*']) },
    'feast/README.md': { format: 'text', content: text.filled('# A feature store\n\n' + importstr 'feast/readme_start.md' + (if team then importstr 'feast/readme_team.md' else importstr 'feast/readme_file.md'), {
      SPACE: params.namespace,
      NAME: params.name,
      IMAGE: params.image,
      CRON: cron,
      DAYS: std.toString(params.ttl_days),
    }) },
  } + (if !team then {} else {
         'feast/compose.yaml': {
           format: 'yaml',
           header: 'PostgreSQL and Redis for one machine; docker compose up -d, after .env is made (README.md). Both are reachable from this machine alone.',
           content: {
             name: 'feast',
             services: {
               database: common {
                 image: images.pinned(images.services.postgres),
                 '#cap_add': 'its entry point makes the folder its own, then gives up being root',
                 cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
                 '#command': 'a quarter of its ' + limit + ' MiB',
                 command: ['postgres', '-c', 'shared_buffers=' + std.floor(limit / 4) + 'MB'],
                 environment: { POSTGRES_USER: 'feast', POSTGRES_DB: 'feast', POSTGRES_PASSWORD: '${POSTGRES_PASSWORD}' },
                 volumes: ['database:/var/lib/postgresql/data'],
                 shm_size: '256mb',
                 ports: ['127.0.0.1:5432:5432'],
                 healthcheck: { test: ['CMD', 'pg_isready', '--username=feast', '--dbname=feast'], interval: '5s', timeout: '3s', retries: 10 },
               },
               online: common {
                 image: images.pinned(images.services.redis),
                 '#user': 'redis, of the image',
                 user: '999:1000',
                 '#command': 'half of its ' + limit + ' MiB, since it keeps a copy of itself while it saves; full, it refuses to write and forgets nothing. The password comes by the environment',
                 command: ['sh', '-c', 'umask 077; printf "requirepass %s\\n" "$$REDIS_PASSWORD" | exec redis-server - --maxmemory ' + std.floor(limit / 2) + 'mb --maxmemory-policy noeviction --appendonly yes'],
                 environment: { REDIS_PASSWORD: '${REDIS_PASSWORD}' },
                 volumes: ['online:/data'],
                 ports: ['127.0.0.1:6379:6379'],
                 healthcheck: { test: ['CMD-SHELL', 'REDISCLI_AUTH=$$REDIS_PASSWORD redis-cli ping | grep -q PONG'], interval: '5s', timeout: '3s', retries: 10 },
               },
             },
             volumes: { database: {}, online: {} },
           },
         },
         'feast/Dockerfile': { format: 'text', content: text.lines([
           '# docker build -t NAME:TAG . (README.md)',
           '# Tag and digest as read on ' + images.python[python].date + ' in public build files.',
           'FROM ' + images.python.image(python) + '@' + images.python[python].digest,
           'COPY requirements.txt /tmp/',
           'RUN pip install --no-cache-dir --requirement /tmp/requirements.txt && useradd --uid 10001 user',
           'COPY materialize.sh /feast/',
           'COPY repo /feast/repo',
           'USER 10001',
           'WORKDIR /feast/repo',
           'ENTRYPOINT ["feast"]',
         ]) },
         'feast/.dockerignore': { format: 'text', content: text.lines(['*', '!requirements.txt', '!materialize.sh', '!repo/*.py', '!repo/feature_store.yaml']) },
       } + cluster(params, memory, cron) + { '#open': ['the image ' + text.prose(params.image) + ' is yours to build: it has no digest yet'] })
