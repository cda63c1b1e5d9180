"""Reads the product's own source for the boundary tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_files(*folders: str, root: Path = ROOT) -> list[Path]:
    """Every Python file below `folders` of the tree at `root`, sorted."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Full dotted names of everything `path` imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importers(folder: Path, banned: str, allowed: set[str]) -> list[str]:
    """Files below `folder`, other than those named in `allowed`, that import `banned` or a part of it."""
    return [
        path.name
        for path in sorted(folder.rglob("*.py"))
        if path.relative_to(folder).as_posix() not in allowed
        and any(name == banned or name.startswith(banned + ".") for name in imports(path))
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in `path`, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
