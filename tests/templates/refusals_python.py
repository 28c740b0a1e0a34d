#!/usr/bin/env python3
"""refusals_python.py PALIER TESTS: what `palier check` says that pip or Jupyter refuses, they refuse, and what they refuse it finds: many
requirements are read by pip's own parser (packaging), and the notebooks of defects.json by nbformat. Exits with 77 where there is neither."""
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
from checks import check  # noqa: E402

palier, tests = sys.argv[1], pathlib.Path(sys.argv[2]) / "templates/check"
try:
    import nbformat
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
except ImportError:
    print("skipped: no parser of pip or Jupyter here (apt install python3-packaging python3-nbformat)")
    sys.exit(77)

SIGNS = ["==", ">=", "<=", ">", "<", "!=", "~=", "===", "=", "=>", "=<", ">>", "<>", "~"]
VERSIONS = ["1", "1.26.4", "2!1.0", "1.0rc1", "1.0.post1", "1.0-1", "1.0.dev0", "1.0a", "1.0-rc.1", "1.0.*", "1.*", "*", "1.0+cu130", "1.0+", "1.0+a.b",
            "v1.0", "1.x", "x", "1..0", "1.", "1_0", "1.0rc1.*", "1.0.post", "1.0b2.post3.dev4", "1!", "3.12+", "1.0 2.0", ">1"]
NAMES = ["numpy", "a.b_c", "scikit-learn", "7zip", "a[x,y]", "a[x"]
MARKERS = ["", "; python_version > '3.8'", "; python_versoin > '3'", "; extra == 'x' and (os_name != 'nt')", "; foo == 'x'", "; python_version < '3", ";"]
GOOD = ["numpy[x,y]>=1.26,<3; python_version > '3.9'", "torch==2.14.0", "a~=1.4.2", "scikit_learn !=1.0.*,>=0.9"]


def requirements():
    """Every sign with every version, and good ones with one or two letters changed (always the same)."""
    chance = random.Random(1)
    yield from (f"{name}{sign}{version}{marker}" for name, sign, version, marker in itertools.product(NAMES, SIGNS, VERSIONS, MARKERS[:2]))
    yield from (f"{name}>=1,<2{marker}" for name, marker in itertools.product(NAMES, MARKERS))
    for _ in range(3000):
        text = list(chance.choice(GOOD))
        for _ in range(chance.choice([1, 2])):
            text[chance.randrange(len(text))] = chance.choice(["", *"abz01.,<>=!~[];' -_*+"])
        yield "".join(text)


def is_refused(text):
    try:
        Requirement(text)
        return False
    except ValueError:
        return True


def found(folder):
    answer = subprocess.run([palier, "check", "--json", folder], capture_output=True, text=True, env={"PATH": "/nonexistent"})
    return json.loads(answer.stdout)["findings"]


with tempfile.TemporaryDirectory() as work:
    texts = sorted({text for text in requirements() if text[0].isalnum() and " #" not in text})
    pathlib.Path(work, "requirements.txt").write_text("\n".join(texts) + "\n")
    refused = {row["line"] for row in found(work) if not any(part in row["message"] for part in ("no version is in it", "what line"))}
    wrong = [text for line, text in enumerate(texts, 1) if line in refused and not is_refused(text)]
    missed = [text for line, text in enumerate(texts, 1) if line not in refused and is_refused(text)]
    check(f"pip refuses what is found in {len(texts)} requirements {wrong[:5]}", not wrong)
    check(f"nearly all that pip refuses is found ({len(missed)} of {sum(map(is_refused, texts))} are not) {missed[:5]}", len(missed) < len(texts) / 50)

    # A range that is called empty has none of the versions that could be in it.
    ranges = [f"{a}{x},{b}{y}" for a, b in itertools.product(SIGNS[:5], repeat=2) for x, y in itertools.product(["1", "1.2", "1.2.0", "2", "10"], repeat=2)]
    pathlib.Path(work, "requirements.txt").write_text("".join(f"a{number}{text}\n" for number, text in enumerate(ranges)))
    empty = {row["line"] - 1 for row in found(work)}
    versions = [f"{major}.{minor}.{patch}" for major in range(12) for minor in range(4) for patch in range(2)]
    for number, text in enumerate(ranges):
        if any(SpecifierSet(text).filter(versions)) == (number in empty):
            check(f"'{text}' is {'' if number in empty else 'not '}empty", False)
    check(f"{len(empty)} of {len(ranges)} ranges are empty", empty)


def is_notebook(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
        return True
    except Exception:  # noqa: BLE001
        return False


check("nbformat takes the good notebook", is_notebook((tests / "good/notebooks/train.ipynb").read_text()))
for row in json.loads((tests / "defects.json").read_text()):
    if row["rule"] == "notebook-cell":
        text = (tests / "good" / row["file"]).read_text()
        check(f"nbformat refuses {row['after']!r}", not is_notebook(text.replace(row["before"], row["after"], 1)))
