"""Pins the newest allowed version of every package, direct or not, in constraints.txt.

pip is asked for each supported Python in turn, the oldest first: the newer ones keep to the versions found
so far and add what only they need. Only names and versions are written: where packages come from is
for whoever installs them to say.
"""

import json
import subprocess
import tempfile
from pathlib import Path

PYTHONS = ("python3.11", "python3.12", "python3.13")
BUILD = ("hatchling", "editables")
HEADER = "# Exact versions of all packages, for Python 3.11, 3.12 and 3.13. `make update` renews this file.\n"
ROOT = Path(__file__).resolve().parents[1]


def resolve(python: str, folder: Path, pins: set[str]) -> set[str]:
    """What pip would install into an empty environment, as `name==version`."""
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(pins), "utf-8")
    run(python, "-m", "venv", folder / "venv")
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "-c", constraints]
    answer = run(*pip, "--dry-run", "--ignore-installed", "--report", "-", *BUILD, "-e", ".[dev]")
    packages = (entry["metadata"] for entry in json.loads(answer)["install"])
    return {f"{package['name']}=={package['version']}" for package in packages if package["name"] != "izp"}


def run(*command: str | Path) -> bytes:
    """Runs a command in the project's folder and gives what it prints; fails when it fails."""
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  # constants


def main() -> None:
    """Writes constraints.txt anew."""
    pins: set[str] = set()
    for python in PYTHONS:
        with tempfile.TemporaryDirectory() as folder:
            pins |= resolve(python, Path(folder), pins)
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(sorted(pins, key=str.lower)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
