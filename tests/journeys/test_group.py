"""A group's block closes: its residents see the release first, the coach's open page gets it a day later."""

import json
from datetime import datetime
from typing import Any

from tests.journeys import steps
from tests.journeys.browsers.browser import LAPTOP
from tests.journeys.browsers.chromium import Chromium
from tests.journeys.client import Client
from tests.journeys.conftest import OpenBrowser
from tests.journeys.handrail import Handrail
from tests.journeys.waits import until

RAVI, CAL = "ravi@demo.example", "cal@demo.example"
# A sheet waits up to half a minute, so that it does not follow the named exchange at once.
SHEET_S = 60.0


def advance(client: Client, seconds: float) -> None:
    """Let the demo's days pass and wait until they have."""
    target = client.post("/api/demo/advance", {"seconds": seconds})["target_offset_s"]
    until(lambda: client.get("/api/demo")["offset_s"] >= target - 0.5, "the demo's clock to arrive", 90)


def seconds_to_the_coach(client: Client) -> float:
    demo = client.get("/api/demo")
    return (datetime.fromisoformat(demo["next_release_at"]) - datetime.fromisoformat(demo["now"])).total_seconds()


def requests(browser: Chromium, part: str) -> list[dict[str, Any]]:
    """What this browser asked for, with the headers that really went out."""
    asked = [event["params"] for event in browser.events("Network.requestWillBeSent")]
    sent = {
        event["params"]["requestId"]: event["params"]["headers"]
        for event in browser.events("Network.requestWillBeSentExtraInfo")
    }
    return [
        each["request"] | {"sent": {name.lower(): value for name, value in sent.get(each["requestId"], {}).items()}}
        for each in asked
        if part in each["request"]["url"]
    ]


def answers(browser: Chromium, part: str) -> list[int]:
    """The statuses the network gave, which a page behind its cache may never see."""
    urls = {
        event["params"]["requestId"]: event["params"]["request"]["url"]
        for event in browser.events("Network.requestWillBeSent")
    }
    return [
        event["params"]["statusCode"]
        for event in browser.events("Network.responseReceivedExtraInfo")
        if part in urls.get(event["params"]["requestId"], "")
    ]


def test_residents_see_a_release_first_and_the_coach_a_day_later(
    demo_instance: Handrail, open_browser: OpenBrowser
) -> None:
    laptop, phone = open_browser("chromium", size=LAPTOP), open_browser("chromium")
    assert isinstance(laptop, Chromium)
    assert isinstance(phone, Chromium)
    steps.sign_in(laptop, demo_instance, CAL)
    laptop.wait_text("Every coach sees this same page.")
    coach = demo_instance.client(CAL)
    before = released(coach)
    until(lambda: 304 in answers(laptop, "/api/coach/releases"), "an unchanged list to cost no body", 30)
    assert any("if-none-match" in each["sent"] for each in requests(laptop, "/api/coach/releases"))

    steps.sign_in(phone, demo_instance, RAVI)
    steps.open_myself(phone)
    steps.wait_settled(phone)
    phone.goto(f"{demo_instance.origin}/check-in/P01")
    steps.answer(phone)
    sheet = until(lambda: requests(phone, "/box/sheets"), "the sheet to leave without a name", SHEET_S)[0]
    assert len(sheet["postData"].encode()) == 4096
    assert "cookie" not in sheet["sent"]
    assert "ravi" not in json.dumps(sheet).lower()

    first_h = coach.get("/api/me")["residents_first_h"]
    advance(coach, seconds_to_the_coach(coach) - first_h * 3600 + 60)
    phone.goto(f"{demo_instance.origin}/coach")
    phone.wait_text("Only residents see this yet.", within=30)
    assert released(coach) == before

    advance(coach, seconds_to_the_coach(coach) + 60)
    laptop.wait_text("A new release has arrived", within=30)
    after = released(coach)
    assert len(after) == len(before) + 1
    assert set(before) < set(after)
    phone.goto(f"{demo_instance.origin}/coach")
    phone.wait_text("Your coach sees this same page.", within=30)


def released(coach: Client) -> list[str]:
    """The blocks the coach may see, oldest first."""
    return sorted(each["block"] for group in coach.get("/api/coach/releases")["groups"] for each in group["releases"])
