import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = {".git", ".venv", "build", "dist", "out"}
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
PINS = [line for line in CONSTRAINTS if not line.startswith("#")]
# In pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(("pypi" r"\.org", "python" r"hosted\.org", "registry" r"\.npmjs", "anaconda" r"\.org"))
)


def text_files() -> list[Path]:
    def is_source(path: Path) -> bool:
        parts = path.relative_to(ROOT).parts
        return path.is_file() and not any(part in LEFT_OUT or "cache" in part for part in parts)

    files = [path for path in ROOT.rglob("*") if is_source(path)]
    return [path for path in files if b"\0" not in path.read_bytes()[:8192]]


def commands() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_no_file_holds_the_address_of_a_package_registry():
    files = text_files()
    assert len(files) > 50
    assert [path for path in files if REGISTRIES.search(path.read_text("utf-8", "replace"))] == []


@pytest.mark.parametrize("pin", PINS)
def test_a_constraint_is_one_exact_version(pin: str):
    assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", pin)


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    direct = [*project["dependencies"], *(each for extra in extras.values() for each in extra)]
    direct = [each for each in direct if each.partition("[")[0] != project["name"]]  # an extra of its own
    pinned = {canonical(pin) for pin in PINS}
    assert {canonical(requirement) for requirement in direct} <= pinned


def test_every_package_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {canonical(requirement) for requirement in project["dependencies"]}
    provided_by = packages_distributions()
    own = {"extractors", "pipeline", "review"}
    imported = set().union(*(imports(ROOT / package) for package in own))
    outside = imported - set(sys.stdlib_module_names) - own
    undeclared = {
        name for name in outside if not {canonical(d) for d in provided_by.get(name, [])} & declared
    }
    assert undeclared == set()


def imports(folder: Path) -> set[str]:
    """The top-level names that the modules of a folder import."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    return {name.split(".")[0] for name in names}


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ".ci/run"])
def test_every_make_command_that_a_page_names_exists(page: str):
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"^\s*make ([\w-]+)|`make ([\w-]+)", text, re.MULTILINE))
    assert {one or other for one, other in named} <= commands()


def test_the_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_the_licence_is_the_one_that_the_project_names():
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")


def test_this_python_is_one_that_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert (3, 11) <= sys.version_info[:2] <= (3, 13)
