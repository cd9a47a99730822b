"""What a machine needs for the journeys, and how it gets it: `python -m tests.journeys.install_browsers`.

As root on a Debian or Ubuntu the packages are installed. Elsewhere the journeys are skipped with the reason said
aloud, except in CI, where a journey that did not run is a failure.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = {"chromium": ("chromium",), "firefox-esr": ("firefox-esr", "firefox"), "dbus-daemon": ("dbus-daemon",)}
# Both browsers load it by themselves to talk to the desktop.
LIBRARIES = ["libnotify4"]


def missing() -> list[str]:
    """The packages whose programs are not here."""
    return [package for package, programs in PACKAGES.items() if not any(map(shutil.which, programs))]


def reason() -> str:
    """Why the journeys cannot run here; empty when they can."""
    lacking = missing()
    if not lacking:
        return ""
    return (
        f"JOURNEYS DID NOT RUN: {', '.join(lacking)} missing. As root on Debian: "
        "python -m tests.journeys.install_browsers; or install " + " ".join([*lacking, *LIBRARIES])
    )


def must_run() -> bool:
    """True where a skipped journey would be a lie."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def install() -> int:
    """Install what is missing if we may. Returns 0 when the journeys can run, or may be skipped."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing(), *LIBRARIES],
        ):
            subprocess.run(command, env=env, check=False, timeout=600)
    if reason():
        print(reason(), file=sys.stderr)
    return 1 if reason() and must_run() else 0


if __name__ == "__main__":
    sys.exit(install())
