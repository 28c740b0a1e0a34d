// A training notebook for Colab, Kaggle and Studio Lab that survives being cut off, and what each of them wants beside it.
local text = import 'lib/text.libsonnet';

local title(params) = params.title;
// Kaggle makes the slug from the title and refuses any other.
local slug(value) =
  local plain = std.map(function(c) if (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') then c else '-', std.stringChars(std.asciiLower(value)));
  std.join('-', std.filter(function(part) part != '', std.split(std.join('', plain), '-')));

function(advice, machine, params)
  local name = slug(params.title);
  assert std.length(name) >= 5 && std.length(name) <= 50 : "Kaggle wants a title of 5 to 50 letters and digits\nhelp: --set title='My first training'";
  {
    'notebooks/train.ipynb': import 'notebooks/train.libsonnet',
    'notebooks/kernel-metadata.json': {
      format: 'json',
      // https://github.com/Kaggle/kaggle-api/wiki/Kernel-Metadata, read 2026-11
      content: {
        id: (if params.kaggle_user == null then 'INSERT_KAGGLE_USERNAME' else params.kaggle_user) + '/' + name,
        title: params.title,
        code_file: 'train.ipynb',
        language: 'python',
        kernel_type: 'notebook',
        is_private: true,
        enable_gpu: true,
        enable_internet: false,
        dataset_sources: [],
        competition_sources: [],
        kernel_sources: [],
        model_sources: [],
      },
    },
    'notebooks/environment.yml': {
      format: 'yaml',
      header: 'For SageMaker Studio Lab: right-click this file, "Build Conda Environment".',
      content: {
        name: 'palier',
        channels: ['conda-forge', 'nodefaults'],
        dependencies: ['python=3.12', 'ipykernel', 'numpy>=1.26,<3', 'scikit-learn>=1.4,<2', 'pytorch>=2.6,<3'],
      },
    },
    'notebooks/README.md': { format: 'text', content: text.lines([
      '# Training in a hosted notebook',
      '',
      '`train.ipynb` is the same on Colab, Kaggle, Studio Lab and at home. It saves a checkpoint after every epoch where the platform keeps files, and',
      'goes on from the last one when it is run again: a session that is cut off costs an epoch, not the training.',
      '',
      '| platform | how | where the checkpoint is | undo |',
      '|---|---|---|---|',
      '| Colab | File > Upload notebook; Runtime > Change runtime type > T4 GPU | `palier/` on your Drive, which it asks to open | delete that folder |',
      '| Kaggle | `kaggle kernels push` in this folder | `/kaggle/working`; to resume, name your last run in `kernel_sources` of `kernel-metadata.json` | `kaggle kernels delete` |',
      '| Studio Lab | upload all; build `environment.yml`; open with the kernel `palier` | the folder of the notebook | `conda env remove --name palier` |',
      '',
      (if params.kaggle_user == null
       then '`kernel-metadata.json` still needs your name at Kaggle in place of INSERT_KAGGLE_USERNAME (`--set kaggle_user=NAME`).'
       else '`kernel-metadata.json` is for the Kaggle user ' + text.code(params.kaggle_user) + '.'),
      'Free sessions end: Colab after 12 hours at most and when idle, Kaggle after 12 hours (9 with a TPU). Do not put secrets into a notebook: Colab and',
      'Kaggle have a place for them (the key symbol; Add-ons > Secrets).',
    ]) },
    '#open': if params.kaggle_user == null then ['your name at Kaggle is not known (kaggle_user)'] else [],
  }
