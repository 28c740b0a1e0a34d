"""The defects that `palier check` is held against (check/defects.json), and the good bundle with one of them."""
import json
import pathlib
import shutil


def read_defects(tests):
    return json.loads(pathlib.Path(tests, "templates/check/defects.json").read_text())


def write_with(defect, tests, folder):
    """The whole good bundle in a folder, with a defect."""
    shutil.copytree(pathlib.Path(tests, "templates/check/good"), folder, dirs_exist_ok=True)
    for edit in [defect, *([defect["also"]] if "also" in defect else [])]:
        path = pathlib.Path(folder, edit["file"])
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else ""
        assert edit["before"] in text, edit
        path.write_text(text.replace(edit["before"], edit["after"], 1))
