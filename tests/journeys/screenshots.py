"""Pictures of every screen, drawn anew from a demo: `python -m tests.journeys.screenshots OUT_DIR [NAME…]`.

Names are those of the screens (`today-waiting`, `releases`, …); without any, all are drawn, light and dark.
"""

import sys
from pathlib import Path

from tests.journeys import install_browsers, screens
from tests.journeys.browsers.browser import LAPTOP, PHONE
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.eyes import Eyes
from tests.journeys.handrail import Handrail

WALKS = [(screens.door, PHONE), (screens.resident, PHONE), (screens.coach, LAPTOP), (screens.coordinator, LAPTOP)]
PHONE_SCALE = 2


def draw(folder: Path, wanted: set[str]) -> int:
    """Returns how many pictures were drawn."""
    drawn = 0
    with Handrail(demo=True) as product:
        for walk, size in WALKS:
            with Chromium(size=size) as browser:
                eyes = Eyes(browser)
                eyes.size(size, PHONE_SCALE if size == PHONE else 1)
                browser.cmd("Emulation.setScrollbarsHidden", hidden=True)
                for screen in walk(browser, product):
                    if wanted and screen not in wanted:
                        continue
                    for theme in ("light", "dark"):
                        eyes.picture(folder / f"{screen}-{theme}.png", theme)
                        drawn += 1
                    eyes.theme("light")
    return drawn


def main(arguments: list[str]) -> int:
    if not arguments or install_browsers.reason():
        print(install_browsers.reason() or __doc__, file=sys.stderr)
        return 2
    drawn = draw(Path(arguments[0]), set(arguments[1:]))
    print(f"{drawn} pictures in {arguments[0]}")
    return 0 if drawn else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
