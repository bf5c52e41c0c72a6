"""Imports what the compiler made of other documents, together with the installed rest of the package.

Usage: check_generated.py FOLDER…, each with the output of `cargo xtask regen --spec … --out FOLDER`.
"""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

installed = pathlib.Path(importlib.util.find_spec("devin_v2").origin).parent
for folder in sys.argv[1:]:
    generated = pathlib.Path(folder) / "bindings/python/python/devin_v2"
    with tempfile.TemporaryDirectory() as place:
        package = pathlib.Path(place) / "devin_v2"
        shutil.copytree(installed, package, ignore=shutil.ignore_patterns("resources", "types.py", "__pycache__"))
        shutil.copytree(generated, package, dirs_exist_ok=True)
        modules = ["devin_v2.types", *(f"devin_v2.resources.{path.stem}" for path in (package / "resources").glob("*.py"))]
        program = f"import sys; sys.path.insert(0, {place!r})\nfor name in {modules!r}: __import__(name)\n"
        program += f"import devin_v2; assert devin_v2.__file__.startswith({place!r})"
        subprocess.run([sys.executable, "-W", "error", "-B", "-c", program], check=True)
        print(f"{folder}: {len(modules)} modules")
