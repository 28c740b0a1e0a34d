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
    none: 'palier has no files for this recommendation yet beyond this page: set it up with the tools above, by their own documentation. `palier generate --list` shows what it can write today.',
    columns: '| | for | why |',
    flips: 'What would change the recommendation',
    undo: 'Every file here is yours to change; `palier generate` leaves changed files alone. `.palier/` is its memory of what it wrote.',
  },
  fr: {
    colon: ' : ',
    tier: 'Palier',
    machine: 'Cette machine',
    stack: 'Les outils',
    why: 'Pourquoi',
    risks: 'À surveiller',
    next: 'Ensuite',
    files: 'Ce qui est ici',
    none: "palier n'a pas encore de fichiers pour cette recommandation, hormis cette page : installez les outils ci-dessus d'après leur documentation. `palier generate --list` montre ce qu'il sait écrire aujourd'hui.",
    columns: '| | pour | pourquoi |',
    flips: 'Ce qui changerait la recommandation',
    undo: 'Chaque fichier ici est à vous ; `palier generate` ne touche pas à ceux que vous modifiez. `.palier/` est sa mémoire de ce qu’il a écrit.',
  },
};

local folders = {
  en: {
    'local': '- [`python/`](python/README.md): a Python environment for this machine',
    notebooks: '- [`notebooks/start.ipynb`](notebooks/start.ipynb): a first notebook; upload it to Colab, Kaggle or Studio Lab. It needs nothing but what they have installed.',
    kubernetes: '- [`kubernetes/`](kubernetes/README.md): a model server for a cluster. CI/CD, a registry and dashboards are not among the files yet.',
  },
  fr: {
    'local': '- [`python/`](python/README.md) : un environnement Python pour cette machine',
    notebooks: '- [`notebooks/start.ipynb`](notebooks/start.ipynb) : un premier notebook, à charger dans Colab, Kaggle ou Studio Lab. Il ne demande rien de plus que ce qui y est installé.',
    kubernetes: "- [`kubernetes/`](kubernetes/README.md) : un serveur de modèles pour un cluster. La CI/CD, le registre et les tableaux de bord n'en font pas encore partie.",
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
          + section(w.files, [std.get(folders[lang], get(advice, 'leaf', ''), w.none), '', w.undo])
          + section(w.why, std.map(step, list('path')))
          + section(w.flips, std.map(flip, list('flips')))
          + section(w.risks, std.map(bullet, list('risks')))
          + section(w.next, std.map(function(command) '- ' + text.code(command), list('next')))
        ),
      },
    }
