#!/usr/bin/env python3
"""fields.py PALIER TESTS: holds the files that no program in Debian reads to tables of the keys and values that their documentation
knows, and sees that the tables would find a key that is not among them. Exits with 77 where there is no PyYAML."""
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib

palier, tests = sys.argv[1:]
try:
    import yaml
except ImportError:
    print("skipped: no PyYAML here (apt install python3-yaml)")
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
from field_tables import TABLES  # noqa: E402


def ini(text):
    """Sections, key=value, lines that begin with #; what is before the first section belongs to none."""
    sections = section = {}
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            assert line not in sections, f"{line} is there twice"
            section = sections[line.strip("[]")] = {}
        else:
            key, value = line.split("=", 1)
            assert key not in section, f"{key} is there twice"
            section[key.strip()] = value.strip().strip("'\"")
    return sections


def parsed(path):
    text = path.read_text()
    if path.suffix == ".json":
        return json.loads(text)
    if path.suffix == ".toml":
        return tomllib.loads(text)
    if {".yaml", ".yml"} & set(path.suffixes):
        return yaml.safe_load(text)
    return ini(text)


def deviations(value, shape, path):
    """What `value` has that `shape` does not know. A shape is a map of keys ('*' for any), a list of one shape, a set of values, a
    type, or a function that says whether a value is right."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no map"
            return
        for key, member in value.items():
            known = shape.get(key, shape.get("*"))
            if known is None:
                yield f"{path}: there is no key {key!r}"
            else:
                yield from deviations(member, known, f"{path}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for member in value:
            yield from deviations(member, shape[0], path)
    elif isinstance(shape, set):
        if value not in shape or isinstance(value, bool) != any(isinstance(known, bool) for known in shape if known == value):
            yield f"{path}: {value!r} is none of {shape}"
    elif isinstance(shape, type):
        if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            yield f"{path}: {value!r} is no {shape.__name__}"
    elif not shape(value):
        yield f"{path}: {value!r} is not understood"


checked = 0
with tempfile.TemporaryDirectory() as name:
    for number, (arguments, tables) in enumerate(TABLES):
        folder = pathlib.Path(name, str(number))
        command = [argument.replace("MACHINES", f"{tests}/machines").replace("DATA", f"{tests}/templates/data") for argument in arguments]
        subprocess.run([palier, "generate", *command, "-o", folder], check=True, stdout=subprocess.DEVNULL)
        for file, shape in tables.items():
            document = parsed(folder / file)
            found = list(deviations(document, shape, file))
            if found:
                sys.exit(f"FAILED: {' '.join(arguments)}: " + "\n  ".join(found))
            if not list(deviations({**document, "unheard-of": {}}, shape, file)):
                sys.exit(f"FAILED: a wrong key in {file} was not found")
            checked += 1
print(f"ok: {checked} files have the keys and values of their tables, which find others")
