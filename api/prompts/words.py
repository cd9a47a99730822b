"""Why a prompt comes, and why none does, in plain words for its resident: pure.

Nothing here blames anybody, and nothing speaks of what was answered.
"""

from __future__ import annotations

from api.prompts.planner import Reason, Why

WHY: dict[Why, str] = {
    "first": "A time to start with. You can change it under Rhythm.",
    "chosen": "You chose this time.",
    "picked": "You chose this time. This check-in has not come up for longest.",
    "after_shift": "Your shift ended half an hour ago.",
    "follow_up": "You asked to be asked again.",
}
WHY_ASKED = "You asked for it."

WHY_NONE: dict[Reason, str] = {
    "no_slot": "You chose no time on this day.",
    "quiet": "The time is in your quiet hours, or too close before them.",
    "paused": "You paused prompts.",
    "nights": "You are on nights. This is when you sleep.",
    "vacation": "Your calendar says you are off.",
    "on_shift": "You are on shift then.",
    "post_call": "You come off a night or a long call. No prompts for some hours.",
    "cap": "You have had as many this week as you chose.",
    "gap": "This check-in came up only lately. To have it more often, set it to More.",
    "off": "You turned this check-in off.",
    "eased": "The last ones went by, so every other one is left out. Answer any one, and all of them come back.",
    "resting": "Four went by, so prompts rest. Choose fewer, another time, or off, and they go on as you say.",
    "held_back": "Left out by chance, like one in four, to learn whether prompts help.",
    "over": "Today's time has passed.",
    "done": "This day has had its prompt.",
}
