"""The life of a push: a device subscribes; a prompt is handed on, claimed, sent by somebody else, and recorded.

A claim is committed before the send, and the send stands outside every transaction. So a crash at any point loses no
open prompt: its lease runs out, and it is sent again under the same Topic, which a phone shows in the same place.
"""

from api.push.services.breaker import REFUSED_PAUSE, SILENT_AFTER
from api.push.services.dispatch import (
    LATE_AFTER,
    LEASE,
    SENDS_MAX,
    SPREAD_S,
    claim,
    hand_on,
    record,
    tidy,
)
from api.push.services.keys import KEPT_OLD_FOR, NotYet, retire, rotate
from api.push.services.mailed import MAIL_TRIES_MAX, choose_mail, claim_mails, end_mail, not_mailed
from api.push.services.subscriptions import seen, subscribe, unsubscribe
from api.push.services.trials import ask_trial, claim_trials, confirm_trial, purge_trials, record_trial

__all__ = [
    "KEPT_OLD_FOR",
    "LATE_AFTER",
    "LEASE",
    "MAIL_TRIES_MAX",
    "REFUSED_PAUSE",
    "SENDS_MAX",
    "SILENT_AFTER",
    "SPREAD_S",
    "NotYet",
    "ask_trial",
    "choose_mail",
    "claim",
    "claim_mails",
    "claim_trials",
    "confirm_trial",
    "end_mail",
    "hand_on",
    "not_mailed",
    "purge_trials",
    "record",
    "record_trial",
    "retire",
    "rotate",
    "seen",
    "subscribe",
    "tidy",
    "unsubscribe",
]
