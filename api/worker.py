"""The loop that runs beside the web: it plans prompts and sends them, closes blocks, and deletes what is over.

plan → open → hand on → claim → send → record. Every step but the send is one small transaction; a crash between any two
is made good by the next pass. Any number of workers may run on one database.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api import clock
from api.db import transaction
from api.people import services as people
from api.problems import Problem
from api.prompts import services as prompts
from api.pulse import services as pulse
from api.pulse.box import BoxStore
from api.push import services as push
from api.push.outcome import Outcome
from api.push.parcel import Parcel
from api.push.sender import Sender
from api.shifts import services as shifts
from api.state import State

log = structlog.get_logger()

PASS_S = 1.0
GATHER_S = 0.03
IN_FLIGHT_MAX = 256
PER_ORIGIN_MAX = 64
CLAIM_MAX = 64
STOP_S = 5.0
PURGE_EVERY = timedelta(hours=1)
TROUBLE = (Problem, SQLAlchemyError)

T = TypeVar("T")


def run(state: State, once: bool = False, stop: Event | None = None) -> None:
    """Work until `stop` is set; with `once`, do everything that is due now and return when the last send ended."""
    asyncio.run(Worker(state, stop or Event()).work(once))


@dataclass
class Worker:
    """One worker: sends under way, and those that ended but could not be written down yet."""

    state: State
    stop: Event
    sending: dict[asyncio.Task[Outcome], Parcel] = field(default_factory=dict)
    ended: list[tuple[Parcel, Outcome]] = field(default_factory=list)
    purged_at: datetime | None = None

    async def work(self, once: bool) -> None:
        settings = self.state.settings
        who = self.state.vapid, settings.vapid_subject, settings.origin
        async with Sender(*who, settings.push_timeout_s, settings.push_test_origin) as sender:
            if once:
                await self._in_thread(self._chores)
                await self._in_thread(self._feeds)
                await self._send_all(sender)
                await self._in_thread(self._mail)
            else:
                # The chores have a thread of their own: closing a block takes seconds, and a prompt does not wait. So
                # have the mails and the feeds: somebody's server may take a quarter of a minute for each.
                beside = (self._keep_up(step) for step in (self._chores, self._mail, self._feeds))
                await asyncio.gather(*beside, self._keep_sending(sender))

    async def _keep_up(self, step: Callable[[], object]) -> None:
        while not self.stop.is_set():
            await self._in_thread(step)
            await self._rest(PASS_S)

    async def _keep_sending(self, sender: Sender) -> None:
        while not self.stop.is_set():
            claimed = await self._pass(sender)
            if self.sending:
                await asyncio.wait(self.sending, timeout=PASS_S, return_when=asyncio.FIRST_COMPLETED)
                # Those that end just after the first are written down with it: a transaction costs more than a send.
                await asyncio.wait(self.sending, timeout=GATHER_S)
            elif not claimed:
                await self._rest(PASS_S)
        if self.sending:
            # What does not end in time is cancelled; its lease runs out, and it is sent again.
            await asyncio.wait(self.sending, timeout=STOP_S)
        await self._write_down()

    async def _send_all(self, sender: Sender) -> None:
        while await self._pass(sender) or self.sending:
            if self.sending:
                await asyncio.wait(self.sending)
                await self._write_down()

    async def _pass(self, sender: Sender) -> int:
        """Write down what ended, claim what is due, start its sends; how many were claimed."""
        await self._write_down()
        parcels = await self._in_thread(self._claim) or []
        now = clock.now()
        sealed = [(parcel, sender.seal(parcel, now)) for parcel in parcels]
        for parcel, letter in sealed:
            if isinstance(letter, Outcome):
                self.ended.append((parcel, letter))
            else:
                self.sending[asyncio.create_task(sender.post(letter))] = parcel
        return len(parcels)

    async def _write_down(self) -> None:
        for task in [task for task in self.sending if task.done()]:
            parcel = self.sending.pop(task)
            if task.cancelled() or task.exception():
                log.error("push_broke", kind=type(task.exception()).__name__ if not task.cancelled() else "cancelled")
            else:
                self.ended.append((parcel, task.result()))
        written = await self._in_thread(self._record) if self.ended else None
        if written:
            self.ended.clear()

    def _claim(self) -> list[Parcel]:
        now = clock.now()
        flying = Counter(parcel.origin for parcel in self.sending.values())
        busy = [origin for origin, count in flying.items() if count >= PER_ORIGIN_MAX]
        room = min(CLAIM_MAX, IN_FLIGHT_MAX - len(self.sending))
        with transaction(self.state.engine) as db:
            prompts.pass_expired(db, now)
            push.hand_on(db, prompts.open_due(db, now), now)
            push.tidy(db, now)
            trials = push.claim_trials(db, now, CLAIM_MAX)
            return trials + (push.claim(db, now, room, busy) if room > 0 else [])

    def _record(self) -> bool:
        with transaction(self.state.engine) as db:
            now = clock.now()
            push.record(db, [one for one in self.ended if not one[0].trial], now)
            for parcel, outcome in self.ended:
                if parcel.trial:
                    push.record_trial(db, parcel, outcome, now)
        return True

    def _mail(self) -> None:
        """Send what goes by mail, one letter after the other; each was written down as sent before it is."""
        while not self.stop.is_set():
            with transaction(self.state.engine) as db:
                # One at a time, so that a crash costs one mail at most.
                claimed = push.claim_mails(db, self.state.settings.origin, clock.now(), limit=1)
            if not claimed:
                return
            ((prompt_id, letter),) = claimed
            taken = self.state.mail.post(letter)
            with transaction(self.state.engine) as db:
                push.end_mail(db, prompt_id, taken, clock.now())

    def _chores(self) -> None:
        now = clock.now()
        self._each(lambda db: prompts.begin_rhythms(db, now))
        self._each(lambda db: prompts.materialise(db, now))
        self._each(lambda db: prompts.replan_changed(db, now))
        if self.purged_at is None or now - self.purged_at >= PURGE_EVERY:
            self._each(lambda db: prompts.purge(db, now))
            self._each(lambda db: people.purge(db, now))
            self._each(lambda db: push.purge_trials(db, now))
            self._each(lambda db: push.retire(db, self.state.vapid, now.date()))
            self._each(lambda db: shifts.purge(db, now))
            self.purged_at = now
        held = self.state
        moved = pulse.tick(held.engine, BoxStore(held.box_path), held.settings, held.key_encryption_key, now)
        if moved.refused:
            log.error("blocks_refused", blocks=len(moved.refused))

    def _feeds(self) -> None:
        held = self.state
        while not self.stop.is_set() and shifts.refresh(held.engine, held.settings.feed_test_origin, clock.now()):
            pass

    def _each(self, batch: Callable[[Session], int]) -> None:
        """Run a chore in transactions of limited size until it finds nothing more to do."""
        while not self.stop.is_set():
            with transaction(self.state.engine) as db:
                if batch(db) == 0:
                    return

    async def _in_thread(self, step: Callable[[], T]) -> T | None:
        """One blocking step beside the loop; None when it failed, to be tried again in the next pass."""
        try:
            return await asyncio.to_thread(step)
        except TROUBLE as error:
            log.warning("worker_waits", step=step.__name__, kind=type(error).__name__)
        except Exception as error:  # one broken step must not end the others; the log tells where it broke
            log.error("worker_step_broke", step=step.__name__, kind=type(error).__name__, exc_info=error)
        await self._rest(PASS_S)
        return None

    async def _rest(self, seconds: float) -> None:
        await asyncio.to_thread(self.stop.wait, seconds)
