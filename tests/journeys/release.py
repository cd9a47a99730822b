"""The release after this one: a copy of the program whose page, worker and parts have other names and say so."""

import re
import shutil
from pathlib import Path

from tests.journeys.handrail import ROOT

MARK = '<meta name="release" content="next" />'
HASHED = re.compile(r"\b([\w.-]+-[\w-]{8})(?=\.(?:js|css)\b)")
# The worker's note of the page: its address and a hash of what it holds.
PAGE_NOTE = re.compile(r"""(["'`])/\1,\s*(["'`])([0-9a-f]{16})\2""")


def next_release(folder: Path) -> Path:
    """Put it into an empty folder; a product whose `root` is that folder runs it."""
    shutil.copytree(ROOT / "api", folder / "api", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "static", folder / "static")
    app = folder / "static" / "app"
    names = {path.name.rsplit(".", 1)[0] for path in (app / "assets").iterdir()}

    def renamed(found: re.Match[str]) -> str:
        return f"{found[1]}next" if found[1] in names else found[1]

    for file in [app / "index.html", app / "sw.js", *(app / "assets").iterdir()]:
        file.write_text(HASHED.sub(renamed, file.read_text()))
        if file.parent.name == "assets":
            file.rename(file.with_name(HASHED.sub(renamed, file.name)))
    page, worker = app / "index.html", app / "sw.js"
    page.write_text(page.read_text().replace("</head>", f"{MARK}</head>"))
    noted, times = PAGE_NOTE.subn(r"\1/\1,\g<2>fedcba9876543210\2", worker.read_text())
    assert times == 1, "the worker's list has no page"
    worker.write_text(noted)
    return folder
