// The README of the workspace, from the advice, in the advice's language.
local text = import 'lib/text.libsonnet';
local make_machine = import 'lib/machine.libsonnet';

local words = {
  en: {
    colon: ': ',
    tier: 'Tier',
    machine: 'This machine',
    stack: 'The stack',
    why: 'Why',
    risks: 'Watch out for',
    next: 'Next',
    files: 'What is here',
    columns: '| | for | why |',
    flips: 'What would change the recommendation',
    undo: 'Every file here is yours to change; `palier generate` leaves changed files alone. `.palier/` is its memory of what it wrote.',
  },
  fr: {
    colon: ' : ',
    tier: 'Palier',
    machine: 'Cette machine',
    stack: 'Les outils',
    why: 'Pourquoi',
    risks: 'À surveiller',
    next: 'Ensuite',
    files: 'Ce qui est ici',
    columns: '| | pour | pourquoi |',
    flips: 'Ce qui changerait la recommandation',
    undo: 'Chaque fichier ici est à vous ; `palier generate` ne touche pas à ceux que vous modifiez. `.palier/` est sa mémoire de ce qu’il a écrit.',
  },
};

// Targets that a leaf has on machines of one kind alone.
local kinds = {
  en: {
    jetson: ['- [`jetson/`](jetson/README.md): power mode, swap and a model server for this board'],
    wsl: ['- [`wsl/`](wsl/README.md): memory, swap and services of Linux under Windows'],
  },
  fr: {
    jetson: ['- [`jetson/`](jetson/README.md) : mode de puissance, swap et un serveur de modèles pour cette carte'],
    wsl: ['- [`wsl/`](wsl/README.md) : mémoire, swap et services de Linux sous Windows'],
  },
};

local folders = {
  en: {
    'local': ['- [`python/`](python/README.md): a Python environment for this machine'],
    notebooks: [
      '- [`notebooks/start.ipynb`](notebooks/start.ipynb): a first notebook; it needs nothing but what Colab, Kaggle and Studio Lab have installed',
      '- [`notebooks/`](notebooks/README.md): a training that survives being cut off, and how to bring it to each platform',
    ],
    managed: [
      'Keep the platform that has your data, remove the other two:',
      '',
      '- [`sagemaker/`](sagemaker/README.md), [`vertex/`](vertex/README.md), [`azure-ml/`](azure-ml/README.md): a training job and an endpoint',
      '- [`skypilot/`](skypilot/README.md), [`dstack/`](dstack/README.md): the same on the GPU that is cheapest today, on whatever cloud; keep one',
      '- [`github/`](github/README.md): test, build, sign and deploy on every push',
    ],
    kubernetes: [
      '- [`kubernetes/`](kubernetes/README.md): a model server for a cluster, with its monitoring',
      '- [`kubernetes-observability/`](kubernetes-observability/README.md): the logs of the cluster, and metrics of its GPUs',
      '- [`drift/`](drift/README.md): has the data moved away from what the model was trained on? Every day',
      '- [`github/`](github/README.md): test, build, sign and deploy on every push',
    ],
    lakehouse: [
      '- [`databricks/`](databricks/README.md): a bundle that trains from a table, registers the model and serves it',
      '- [`feast/`](feast/README.md): a feature store, the same numbers for training and serving',
    ],
    modular: [
      '- [`slurm/`](slurm/README.md): batch jobs on a GPU cluster, and the configuration of a small one',
      '- [`ray/`](ray/README.md): a training over several workers on Kubernetes, and a queue for its GPUs',
      '- [`mlflow/`](mlflow/README.md), [`airflow/`](airflow/README.md): runs and models of the team, and a training that runs every week',
      '- [`kubeflow/`](kubeflow/README.md): a training as a pipeline of Kubeflow; keep this or Airflow',
      '- [`feast/`](feast/README.md): a feature store, the same numbers for training and serving',
      '- [`kubernetes/`](kubernetes/README.md): a model server for a cluster, with its monitoring',
      '- [`kubernetes-observability/`](kubernetes-observability/README.md): the logs of the cluster, and metrics of its GPUs',
      '- [`github/`](github/README.md): test, build, sign and deploy on every push',
    ],
  },
  fr: {
    'local': ['- [`python/`](python/README.md) : un environnement Python pour cette machine'],
    notebooks: [
      '- [`notebooks/start.ipynb`](notebooks/start.ipynb) : un premier notebook ; il ne demande rien de plus que ce que Colab, Kaggle et Studio Lab ont installé',
      '- [`notebooks/`](notebooks/README.md) : un entraînement qui survit aux interruptions, et comment le porter sur chaque plateforme',
    ],
    managed: [
      'Gardez la plateforme qui a vos données, supprimez les deux autres :',
      '',
      '- [`sagemaker/`](sagemaker/README.md), [`vertex/`](vertex/README.md), [`azure-ml/`](azure-ml/README.md) : un entraînement et un service',
      '- [`skypilot/`](skypilot/README.md), [`dstack/`](dstack/README.md) : la même chose sur le GPU le moins cher du jour, quel que soit le cloud ; gardez-en un',
      '- [`github/`](github/README.md) : tester, construire, signer et déployer à chaque envoi',
    ],
    kubernetes: [
      '- [`kubernetes/`](kubernetes/README.md) : un serveur de modèles pour un cluster, avec sa surveillance',
      '- [`kubernetes-observability/`](kubernetes-observability/README.md) : les journaux du cluster, et les mesures de ses GPU',
      '- [`drift/`](drift/README.md) : les données se sont-elles éloignées de celles de l’entraînement ? Chaque jour',
      '- [`github/`](github/README.md) : tester, construire, signer et déployer à chaque envoi',
    ],
    lakehouse: [
      '- [`databricks/`](databricks/README.md) : un bundle qui entraîne à partir d’une table, enregistre le modèle et le sert',
      '- [`feast/`](feast/README.md) : un feature store, les mêmes nombres à l’entraînement et en service',
    ],
    modular: [
      '- [`slurm/`](slurm/README.md) : des calculs sur un cluster de GPU, et la configuration d’un petit cluster',
      '- [`ray/`](ray/README.md) : un entraînement sur plusieurs processus dans Kubernetes, et une file pour ses GPU',
      '- [`mlflow/`](mlflow/README.md), [`airflow/`](airflow/README.md) : les essais et modèles de l’équipe, et un entraînement chaque semaine',
      '- [`kubeflow/`](kubeflow/README.md) : un entraînement en pipeline de Kubeflow ; gardez celui-ci ou Airflow',
      '- [`feast/`](feast/README.md) : un feature store, les mêmes nombres à l’entraînement et en service',
      '- [`kubernetes/`](kubernetes/README.md) : un serveur de modèles pour un cluster, avec sa surveillance',
      '- [`kubernetes-observability/`](kubernetes-observability/README.md) : les journaux du cluster, et les mesures de ses GPU',
      '- [`github/`](github/README.md) : tester, construire, signer et déployer à chaque envoi',
    ],
  },
};

function(advice, machine, params)
  if advice == null then error "the overview is made from an advice document\nhelp: palier generate --goal learn -o DIR" else
    local m = make_machine(machine), get = m.get;
    local list(key) = local value = get(advice, key, []); if std.type(value) == 'array' then value else [];
    local lang = if get(get(advice, 'needs'), 'lang', 'en') == 'fr' then 'fr' else 'en';
    local w = words[lang];
    local section(title, lines) = if std.length(lines) == 0 then [] else ['', '## ' + title, ''] + lines;
    local bullet(value) = '- ' + text.prose(value);
    local stack = std.map(function(item) '| ' + std.join(' | ', [text.prose(get(item, k, '')) for k in ['name', 'role', 'why']]) + ' |', list('stack'));
    local step(item) = '- ' + text.prose(get(item, 'text', get(item, 'question', ''))) + ' **' + text.prose(get(item, 'answer_text', get(item, 'answer', ''))) + '**' +
                       (local fact = get(item, 'fact'); if fact == null then '' else ' (' + text.prose(fact) + ')');
    local flip(item) = bullet(get(item, 'change', '') + ' → ' + get(item, 'title', get(item, 'leaf', '')));
    {
      'README.md': {
        format: 'text',
        content: text.lines(
          ['# ' + text.prose(get(advice, 'title', get(advice, 'leaf', 'palier'))), '', text.prose(get(advice, 'summary', '')), '', w.tier + w.colon + text.prose(get(advice, 'tier', '?')) + '.', '', w.machine + w.colon + m.summary(lang) + '.']
          + section(w.stack, if std.length(stack) == 0 then [] else [w.columns, '|---|---|---|'] + stack)
          + section(w.files, std.get(folders[lang], get(advice, 'leaf', ''), []) + (if get(advice, 'leaf') == 'local' then std.get(kinds[lang], m.kind, []) else []) + ['', w.undo])
          + section(w.why, std.map(step, list('path')))
          + section(w.flips, std.map(flip, list('flips')))
          + section(w.risks, std.map(bullet, list('risks')))
          + section(w.next, ['- ' + command for command in std.map(text.code, list('next')) if !std.startsWith(command, '`palier generate ')])  // they are here
        ),
      },
    }
