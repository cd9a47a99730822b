"""Imports go down only, function-level ones too: floors within the house, and the ladder of rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

API = Path(__file__).resolve().parents[2] / "api"

FLOORS = [
    {"config", "clock", "addresses", "problems", "logs", "mail", "secret_files", "earlier_assets"},
    {"db"},
    {"models"},
    {"queries"},  # and every pure part: any module of a room that is not named on another floor
    {"services"},
    {"state"},
    {"auth"},
    {"http"},
    {"schemas"},
    {"routes"},
    {"web", "worker", "migrate", "box_contract"},
    {"__init__", "doctor", "backup"},
    {"contract", "serve"},
    {"cli"},
]
LADDER = ["people", "library", "shifts", "prompts", "push", "pulse", "journal", "coaching", "sync", "demo"]
PURE = 3


def _floor(module: str) -> int:
    return next((number for number, names in enumerate(FLOORS) if module in names), PURE)


def _place(dotted: str) -> tuple[str | None, str]:
    """(room or None, module) of a dotted name below `api`."""
    parts = dotted.split(".")[1:]
    if not parts:
        return None, "__init__"
    if parts[0] in LADDER:
        return parts[0], parts[1] if len(parts) > 1 else "models"
    return None, parts[0]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "api")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "api":
            for alias in node.names:
                deeper = API.parent.joinpath(*f"{node.module}.{alias.name}".split("."))
                is_module = deeper.with_suffix(".py").exists() or deeper.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)


def _files() -> list[Path]:
    return [path for path in sorted(API.rglob("*.py")) if "migrations" not in path.parts]


def _own_place(path: Path) -> tuple[str | None, str]:
    parts = path.relative_to(API).with_suffix("").parts
    return (parts[0], parts[1]) if parts[0] in LADDER else (None, parts[0])


def test_no_module_looks_up() -> None:
    wrong = []
    for path in _files():
        room, module = _own_place(path)
        if room == "demo" or (room and module == "__init__"):
            continue  # the demo plays the whole product from above; a room's own front names its parts
        for name in _imports(path):
            _, target = _place(name)
            if _floor(target) > _floor(module):
                wrong.append(f"{path.relative_to(API)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_room_knows_a_room_above_it() -> None:
    wrong = []
    for path in _files():
        room, _ = _own_place(path)
        if room is None:
            continue
        for name in _imports(path):
            other, _target = _place(name)
            if other and LADDER.index(other) > LADDER.index(room):
                wrong.append(f"{path.relative_to(API)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_box_knows_nobody() -> None:
    allowed = ("api.problems", "api.pulse")
    named = {"models", "queries", "services", "schemas", "routes", "keys", "blocks"}
    for path in sorted((API / "pulse" / "box").rglob("*.py")):
        for name in _imports(path):
            assert name.startswith(allowed), f"{path.name} imports {name}"
            parts = name.split(".")
            assert parts[:3] == ["api", "pulse", "box"] or not named & set(parts[2:3]), f"{path.name} imports {name}"


def test_only_the_sender_imports_pywebpush() -> None:
    importing = [
        path.relative_to(API).as_posix()
        for path in _files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "pywebpush" in (getattr(node, "module", None) or "", *(alias.name for alias in node.names))
    ]
    assert set(importing) == {"push/sender.py"}


def test_only_clock_reads_the_time() -> None:
    wrong = []
    for path in _files():
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                owner = node.value
                if isinstance(owner, ast.Name) and owner.id in ("datetime", "date"):
                    wrong.append(path.name)
    assert not wrong, wrong
