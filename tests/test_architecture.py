"""What must never be: rooms that reach into rooms they must not know, and disk or terminal used in the wrong place."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "textfix"
ABOVE = {"pipeline", "log", "views", "files", "cli", "report"}  # the rooms that bring the parts together
FORBIDDEN = {  # room: the rooms that it must not import
    "characters": {"text", "edits", "encodings", "language", "rules", "config", *ABOVE},
    "text": {"edits", "encodings", "language", "rules", "config", *ABOVE},
    "edits": {"encodings", "language", "rules", "config", *ABOVE},
    "language": {"edits", "rules", "encodings", "config", *ABOVE},
    "rules": {"encodings", *ABOVE},
    "encodings": {"rules", *ABOVE},
    "log": {"rules", *ABOVE - {"log"}},
    "report": {"pipeline", "views", "files", "cli"},
    "pipeline": {"views", "files", "cli"},
    "views": {"files", "cli"},
    "config": {"characters", "text", "edits", "language", "rules", *ABOVE},
}
GENERATORS = {
    "data/generate.py",
    "language/train.py",
    "rules/script/tables.py",
    "rules/script/train.py",
}  # they make the package's tables, by hand


def modules() -> list[tuple[str, str, ast.Module]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        found.append((name, name.split("/")[0].removesuffix(".py"), ast.parse(path.read_text("utf-8"))))
    return found


def imported(tree: ast.Module) -> set[str]:
    rooms = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textfix"):
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return rooms


def test_rooms_import_only_what_they_may() -> None:
    for name, room, tree in modules():
        if name not in GENERATORS:
            assert not imported(tree) & FORBIDDEN.get(room, set()), name


def test_only_files_and_cli_touch_the_disk_and_only_cli_prints() -> None:
    for name, room, tree in modules():
        if room in ("files", "cli") or name in GENERATORS:
            continue
        called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names = {func.id for func in called if isinstance(func, ast.Name)}
        assert not names & {"open", "print"}, name


def test_the_face_imports_nothing_heavy() -> None:
    for name, _, tree in modules():
        if name in ("__init__.py", "cli/__init__.py"):
            heavy = {"numpy", "opencc", "ftfy", "charset_normalizer", "pyarrow", "textfix.pipeline", "textfix.config"}
            for node in tree.body:
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                    assert module not in heavy, name
