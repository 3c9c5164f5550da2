"""Docstrings are complete and their examples run; so does the code of the documents."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest

import uhuru

ROOT = Path(__file__).parent.parent.parent
TOOL = ROOT / "tools/make_python_reference"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def loaded(path: Path) -> Any:
    """A script as a module."""
    loader = SourceFileLoader(path.name, str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def examples() -> list[doctest.DocTest]:
    """The examples of all docstrings."""
    modules = [uhuru, *(importlib.import_module(f"uhuru.{of.name}")
                        for of in pkgutil.iter_modules(uhuru.__path__))]
    found = [test for module in modules for test in doctest.DocTestFinder().find(module)]
    return [test for test in found if test.examples]


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder, and draw to nowhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.mark.parametrize("example", examples(), ids=lambda test: test.name)
@pytest.mark.filterwarnings("ignore::uhuru.UhuruWarning")
def test_examples_of_docstrings(example: doctest.DocTest, empty_folder: None) -> None:
    said: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=said.append, clear_globs=False)
    assert not said, "".join(said)


DOCUMENTS = [path.relative_to(ROOT) for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
             if "```python\n" in path.read_text("utf-8")]


def blocks(document: Path) -> list[str]:
    """The Python code of a document, without what a comment above it excuses."""
    tool = loaded(ROOT / "tools/documents.py")
    found = list(tool.blocks((ROOT / document).read_text("utf-8")))
    return [block.code for above, block in zip([None, *found], found)
            if block.language == "python" and not tool.excuses(above)]


def missing_modules(code: str) -> list[str]:
    """What code imports that is not installed."""
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import)]
    names = {of.name.partition(".")[0] for node in imports for of in node.names}
    if "plot_" in code:
        names.add("matplotlib")
    return sorted(name for name in names if importlib.util.find_spec(name) is None)


@pytest.mark.filterwarnings("ignore::uhuru.UhuruWarning")
@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_code_of_the_documents(document: Path, empty_folder: None) -> None:
    names: dict[str, Any] = {}
    Path("examples").symlink_to(ROOT / "examples")
    for block in blocks(document):
        if not (missing := missing_modules(block)):
            exec(compile(block, str(document), "exec"), names)
        else:
            print(f"not run, without {', '.join(missing)}:\n{block}")


def test_documents_are_found() -> None:
    assert {Path("README.md"), Path("docs/python.md")} <= set(DOCUMENTS)
    assert len(blocks(Path("docs/python.md"))) > 15


def test_session_is_one_block() -> None:
    """Another test extracts it."""
    text = (ROOT / "docs/python.md").read_text("utf-8")
    assert len(re.findall(r"```python\nimport pickle, pyvo, uhuru.*?```", text, re.DOTALL)) == 1


def test_reference_is_current() -> None:
    made = subprocess.run([sys.executable, str(TOOL)], capture_output=True, text=True, check=True)
    current = made.stdout == (ROOT / "docs/python-reference.md").read_text("utf-8")
    assert current, "tools/make_python_reference >docs/python-reference.md"


def described() -> Iterator[tuple[str, Any, bool]]:
    """What the package exports, with the methods of classes; whether it is a function."""
    for name in uhuru.__all__:
        value = getattr(uhuru, name)
        yield name, value, inspect.isfunction(value)
        if inspect.isclass(value):
            for key, member in vars(value).items():
                if not key.startswith("_") and (
                    inspect.isfunction(member) or isinstance(member, property)
                ):
                    yield f"{name}.{key}", member, inspect.isfunction(member)


def lacks(value: Any, is_function: bool, sections: dict[str, str], tool: Any) -> list[str]:
    """What is missing from a docstring."""
    if not sections[""]:
        return ["a summary"]
    of = value if is_function else getattr(value, "__init__", None)
    if not is_function and "Parameters" not in sections:
        return []  # not made by users
    signature = inspect.signature(of)
    names = [name for name in signature.parameters if name != "self"]
    listed = [name for name, *_ in tool.items(sections.get("Parameters", ""))]
    listed = [name.strip() for line in listed for name in line.split(",")]
    missing = [f"parameter {name}" for name in names if name not in listed]
    missing += [f"no parameter {name}" for name in listed if name not in names]
    if is_function:
        if signature.return_annotation not in (None, "None") and "Returns" not in sections:
            missing.append("Returns")
        if names and "Raises" not in sections:
            missing.append("Raises")
    return missing


def test_docstrings_are_complete() -> None:
    tool = loaded(TOOL)
    package = tool.Package(ROOT / "python/uhuru")
    attributes = set()
    incomplete = {}
    for name, value, is_function in described():
        docstring = inspect.getdoc(value) if "ServiceError" not in name else ""
        if name == "ServiceError":  # compiled; its type stub describes it
            docstring = ast.get_docstring(package[name][0])
        sections = tool.sections(docstring or "")
        if inspect.isclass(value):
            listed = [of for of, *_ in tool.items(sections.get("Attributes", ""))]
            attributes |= {f"{name}.{of.strip()}" for line in listed for of in line.split(",")}
        if isinstance(value, property) and name in attributes:
            continue  # its class describes it
        if missing := lacks(value, is_function, sections, tool):
            incomplete[name] = missing
    assert not incomplete
