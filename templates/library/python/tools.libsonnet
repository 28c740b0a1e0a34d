// What a project of one's own needs besides: tests, checks before each commit, and a record of what was tried (MLflow in a file here).
// Versions of the hooks as public configurations have them (read 2026-11-21); `pre-commit autoupdate` brings newer ones.
local text = import 'lib/text.libsonnet';

local packages = { mlflow: '>=3,<4', 'pre-commit': '>=4,<5', pytest: '>=8,<10' };

{
  packages:: packages,
  'requirements-tools.txt': { format: 'text', content: text.lines(['# .venv/bin/pip install -r requirements-tools.txt'] + [name + packages[name] for name in std.objectFields(packages)]) },
  '.pre-commit-config.yaml': {
    format: 'yaml',
    header: 'pre-commit install, once, in the repository whose top this folder is; pre-commit run --all-files checks all of it.',
    content: { repos: [
      { repo: 'https://github.com/astral-sh/ruff-pre-commit', rev: 'v0.15.0', hooks: [{ id: 'ruff', args: ['--fix'] }, { id: 'ruff-format' }] },
      { '#': 'a commit holds what a notebook does, not what it printed on one day', repo: 'https://github.com/kynan/nbstripout', rev: '0.8.1', hooks: [{ id: 'nbstripout' }] },
      {
        repo: 'https://github.com/pre-commit/pre-commit-hooks',
        rev: 'v5.0.0',
        hooks: [
          { '#': 'models and data do not belong into git', id: 'check-added-large-files', args: ['--maxkb=1024'] },
          { id: 'check-merge-conflict' },
          { id: 'check-yaml' },
          { id: 'detect-private-key' },
          { id: 'end-of-file-fixer' },
        ],
      },
    ] },
  },
  'pytest.ini': { format: 'ini', content: { pytest: {
    testpaths: 'tests',
    '#addopts': 'a mark that is misspelt is an error; the reasons of what was skipped are said',
    addopts: '--strict-markers -ra',
  } } },
  'tests/test_environment.py': { format: 'text', content: importstr 'python/test_environment.py' },
}
