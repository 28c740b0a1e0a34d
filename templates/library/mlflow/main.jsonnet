// An MLflow server for a team: runs and registry in PostgreSQL, models and files in an object store that only the server can reach.
local images = import 'data/images.libsonnet';
local make_machine = import 'lib/machine.libsonnet';
local text = import 'lib/text.libsonnet';

local gib = 1073741824;
local s = images.services;

function(advice, machine, params)
  local m = make_machine(machine);
  // An eighth of the memory for each of the three, from half a GiB to 4; a quarter of its own is PostgreSQL's cache, as its manual advises.
  local share = if m.memory == null then 1 else std.max(0.5, std.min(4, std.floor(m.memory / 8 / gib * 2) / 2));
  local limit = std.floor(share * 1024);
  local workers = if m.cpus == null then 2 else std.max(1, std.min(4, std.floor(m.cpus / 2)));
  local common = { restart: 'unless-stopped', cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], mem_limit: limit + 'm' };
  local store = { AWS_ACCESS_KEY_ID: 'mlflow', AWS_SECRET_ACCESS_KEY: '${STORE_PASSWORD}', MLFLOW_S3_ENDPOINT_URL: 'http://store:9000', AWS_DEFAULT_REGION: 'us-east-1' };
  {
    'mlflow/compose.yaml': {
      format: 'yaml',
      header: 'docker compose up -d --build, after .env is made (README.md). Only the server is reachable, and from this machine alone.',
      content: {
        name: 'mlflow',
        services: {
          database: common {
            image: images.pinned(s.postgres),
            '#cap_add': 'its entry point makes the folder its own, then gives up being root',
            cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
            '#command': 'a quarter of its ' + limit + ' MiB',
            command: ['postgres', '-c', 'shared_buffers=' + std.floor(limit / 4) + 'MB'],
            environment: { POSTGRES_USER: 'mlflow', POSTGRES_DB: 'mlflow', POSTGRES_PASSWORD: '${DATABASE_PASSWORD}' },
            volumes: ['database:/var/lib/postgresql/data'],
            shm_size: '256mb',
            healthcheck: { test: ['CMD', 'pg_isready', '--username=mlflow', '--dbname=mlflow'], interval: '5s', timeout: '3s', retries: 10 },
            networks: ['inside'],
          },
          store: common {
            '#image': "the last image that the project published; any store that speaks S3 can take its place",
            image: images.pinned(s.minio),
            command: ['server', '/data'],
            environment: { MINIO_ROOT_USER: 'mlflow', MINIO_ROOT_PASSWORD: '${STORE_PASSWORD}' },
            volumes: ['store:/data'],
            networks: ['inside'],
          },
          bucket: common {
            '#': 'makes the bucket where there is none, and ends',
            image: 'palier-mlflow:' + std.split(s.mlflow.image, ':')[1],
            build: '.',
            restart: 'on-failure',
            depends_on: { store: { condition: 'service_started' } },
            environment: store,
            volumes: ['./bucket.py:/bucket.py:ro'],
            command: ['python', '/bucket.py'],
            networks: ['inside'],
          },
          server: common {
            image: 'palier-mlflow:' + std.split(s.mlflow.image, ':')[1],
            build: '.',
            depends_on: { database: { condition: 'service_healthy' }, bucket: { condition: 'service_completed_successfully' } },
            environment: store { MLFLOW_BACKEND_STORE_URI: 'postgresql+psycopg2://mlflow:${DATABASE_PASSWORD}@database:5432/mlflow' },
            '#command': 'files go through the server, so that clients need no key of the store; one worker for two CPUs, 4 at most',
            command: ['mlflow', 'server', '--host', '0.0.0.0', '--port', '5000', '--artifacts-destination', 's3://mlflow', '--workers', std.toString(workers)],
            '#ports': 'this machine alone: the server asks for no password',
            ports: ['127.0.0.1:' + params.port + ':5000'],
            tmpfs: ['/tmp'],
            healthcheck: { test: ['CMD', 'python', '-c', "import urllib.request as u; u.urlopen('http://127.0.0.1:5000/health', timeout=3)"], interval: '15s', timeout: '5s', retries: 5, start_period: '60s' },
            networks: ['inside', 'outside'],
          },
        },
        networks: { '#inside': 'no way out', inside: { internal: true }, outside: {} },
        volumes: { database: {}, store: {} },
      },
    },
    'mlflow/Dockerfile': { format: 'text', content: text.lines([
      '# The server with what it needs to reach PostgreSQL and an object store. The digest of its base is not known here, so what the',
      '# tag means can change.',
      'FROM ' + images.pinned(s.mlflow),
      'RUN pip install --no-cache-dir "psycopg2-binary>=2.9,<3" "boto3>=1.34,<2" && useradd --uid 10001 --create-home user',
      'USER 10001',
      'WORKDIR /home/user',
    ]) },
    'mlflow/bucket.py': { format: 'text', content: importstr 'mlflow/bucket.py' },
    'mlflow/backup.sh': { format: 'text', mode: '0755', content: importstr 'mlflow/backup.sh' },
    'mlflow/README.md': { format: 'text', content: '# An MLflow server\n\nFor: ' + m.summary() + '.\n\n' + text.filled(|||
      ## Use it

      ```sh
      (umask 077; for key in DATABASE_PASSWORD STORE_PASSWORD; do echo "$key=$(openssl rand -hex 24)"; done > .env)   # once
      docker compose up -d --build
      export MLFLOW_TRACKING_URI=http://127.0.0.1:PORT
      python -c 'import mlflow; mlflow.log_metric("x", 1)'   # from an environment with mlflow; look at http://127.0.0.1:PORT
      ```

      The server asks for no password and listens on 127.0.0.1: others reach it by `ssh -L PORT:127.0.0.1:PORT`. Before you open it to a network put
      authentication and TLS in front of it, and tell it by which name it is reached (`--allowed-hosts`).

      `./backup.sh` writes the database and the files to `backup-DATE/`: let cron call it, and bring the folder to another machine.

      A new version: change the tag in `Dockerfile`, `./backup.sh`, then
      `docker compose run --rm server sh -c 'mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI"'` and `docker compose up -d --build`.

      ## Undo

      `docker compose down` stops it and keeps the data; `docker compose down --volumes --rmi all` removes everything.
    |||, { PORT: std.toString(params.port) }) },
    '#open': images.open([s.mlflow]),
  }
