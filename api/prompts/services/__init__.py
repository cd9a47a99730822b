"""What happens to prompts: they are planned, fall due, are settled by their resident, or pass.

Functions here write and never commit. Whoever calls them on behalf of a resident has checked that it is that resident.
Each of them locks the person's rhythm before it touches their prompts, so that no two of them wait in a ring.
"""

from api.prompts.services.dues import Opened, open_due, pass_expired, purge
from api.prompts.services.planning import materialise, replan_changed
from api.prompts.services.rhythms import FIRST_SLOTS, WISHES, begin_rhythm, begin_rhythms, change_rhythm
from api.prompts.services.settling import Outcome, Settled, ask_now, settle

__all__ = [
    "FIRST_SLOTS",
    "WISHES",
    "Opened",
    "Outcome",
    "Settled",
    "ask_now",
    "begin_rhythm",
    "begin_rhythms",
    "change_rhythm",
    "materialise",
    "open_due",
    "pass_expired",
    "purge",
    "replan_changed",
    "settle",
]
