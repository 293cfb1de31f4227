"""Calls for a translation that look right in the code, yet always stay English."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

_MODULE = "django.utils.translation"
_AT_ONCE = frozenset({"gettext", "ngettext", "pgettext", "npgettext"})
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def untranslatable(source: str, known: Collection[str]) -> Iterator[str]:
    """What is wrong, one sentence each; `known`: the names under which words are found."""
    tree = ast.parse(source)
    names = _names_in(tree)
    for name, meant in sorted(names.items()):
        if name not in known:
            yield f"{meant} is called {name}, so its words are not collected"
    at_once = {name for name, meant in names.items() if meant in _AT_ONCE}
    for line in sorted(_called_on_import(tree, at_once)):
        yield f"line {line} is translated once, when the module is read"


def untranslatable_in(path: Path, known: Collection[str]) -> Iterator[str]:
    if path.suffix == ".py":
        yield from untranslatable(path.read_text(encoding="utf-8"), known)


def _names_in(tree: ast.Module) -> Mapping[str, str]:
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == _MODULE
        for alias in node.names
        if "gettext" in alias.name
    }


def _called_on_import(node: ast.AST, names: Collection[str]) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _LATER):
            continue
        called = child.func if isinstance(child, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in names:
            yield called.lineno
        yield from _called_on_import(child, names)
