"""The operator's command: `handrail …`. Each command is short and says what went wrong in one line."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

from sqlalchemy.exc import OperationalError

from api import clock, config, migrate
from api.backup import Restored
from api.config import Settings, SettingsError
from api.db import engine_for, transaction
from api.people import services as people
from api.people.erasures import Ledger, scrub
from api.problems import Problem
from api.push.services import keys as push_keys
from api.state import State, open_state

PORT = "8000"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status (2 for settings or arguments that are wrong)."""
    given = _parser().parse_args(arguments)
    port = os.environ.get("PORT", PORT)
    os.environ.setdefault("HANDRAIL_ORIGIN", f"http://localhost:{port}")
    os.environ.setdefault("HANDRAIL_BIND", f"127.0.0.1:{port}")
    os.umask(0o077)
    if given.command is demo_command:
        os.environ.setdefault("HANDRAIL_DEMO", "1")
    try:
        command: Callable[[argparse.Namespace, Settings], int] = given.command
        return command(given, config.read())
    except SettingsError as error:
        print("Handrail does not start. These settings are wrong:", *error.lines, sep="\n  ", file=sys.stderr)
        return 2
    except OperationalError:
        print("The database cannot be reached or used; `handrail doctor` says more.", file=sys.stderr)
        return 1
    except Problem as problem:
        print(problem.detail, *problem.fields.items(), sep="\n  ", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="handrail", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Callable[[argparse.Namespace, Settings], int], told: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=told, description=told)
        made.set_defaults(command=command)
        return made

    add("serve", serve, "Migrate, then run web, box and worker together until interrupted.")
    add("web", web, "Run the web process alone (the box is mounted at /box).")
    add("worker", worker, "Plan and send prompts, close blocks.").add_argument("--once", action="store_true")
    add("migrate", upgrade, "Bring the database to this version.")
    add("contract", contract, "Print the OpenAPI 3.1 document.")
    add("doctor", doctor, "Check settings, database, keys and box; exit status 1 when something is wrong.")
    invite = add("invite", invite_person, "Add a person, for instance the first coordinator.")
    invite.add_argument("--email", required=True)
    invite.add_argument("--name", required=True)
    invite.add_argument("--role", required=True, choices=["coordinator"])
    invite.add_argument("--zone", default="UTC")
    shut = add("disable", disable, "End a person's access at once, for instance when they have left.")
    shut.add_argument("--email", required=True)
    gone = add("erase", erase, "Erase a person and everything kept under their name. It cannot be undone.")
    gone.add_argument("email")
    gone.add_argument("--yes", action="store_true", help="do not ask for the address a second time")
    add("backup", backup_to, "Copy the instance into a new folder; it may be running.").add_argument(
        "folder", type=Path
    )
    back = add("restore", restore_from, "Make the stopped instance what a copy says; phones then offer what it lacks.")
    back.add_argument("folder", type=Path)
    back.add_argument("--force", action="store_true", help="put the copy in place of an instance that holds people")
    back.add_argument("--end-sessions", action="store_true", help="everybody has to sign in again")
    add("restored", restored, "Run this after putting back the database by other means, such as pg_restore.")
    add("keys", keys, "The push keys, and how many phones use each.").add_argument("action", choices=["show", "rotate"])
    demo = add("demo", demo_command, "The demo instance's clock.")
    demo.add_argument("action", choices=["advance"])
    demo.add_argument("span", help="like 7d, 12h or next-release")
    return parser


def serve(given: argparse.Namespace, settings: Settings) -> int:
    from api import demo
    from api import serve as house

    held = open_state(settings)

    def prepare(stop: Event) -> None:
        migrate.upgrade(held.engine)
        if settings.demo:
            demo.prepare(held, stop)
        held.engine.dispose()

    try:
        return house.run(settings, prepare, lambda: _greet(held), lambda stop: _beside(held, stop))
    except house.AlreadyRunning:
        print(f"Another handrail already runs on {settings.instance}.", file=sys.stderr)
        return 1
    except demo.NotADemo:
        print(
            f"{settings.instance} holds people who were not made up; a demo needs a folder of its own.", file=sys.stderr
        )
        return 1
    finally:
        print("Stopped.", flush=True)


def _greet(held: State) -> None:
    from api import demo

    if held.settings.demo:
        demo.greet(held)
    print(f"Handrail is ready: {held.settings.origin}   (Ctrl-C stops it)", flush=True)


def _beside(held: State, stop: Event) -> None:
    from api import demo

    if held.settings.demo:
        demo.play_until(held, stop)


def web(given: argparse.Namespace, settings: Settings) -> int:
    from api import serve as house

    command = house.web_command(settings)
    os.execv(command[0], command)  # noqa: S606 - the web server takes this process's place, signals and all


def worker(given: argparse.Namespace, settings: Settings) -> int:
    from api import worker as loop

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    loop.run(open_state(settings), once=given.once, stop=stop)
    return 0


def upgrade(given: argparse.Namespace, settings: Settings) -> int:
    migrate.upgrade(open_state(settings).engine)
    return 0


def contract(given: argparse.Namespace, settings: Settings) -> int:
    from api.contract import document

    print(json.dumps(document(), indent=1, sort_keys=True))
    return 0


def doctor(given: argparse.Namespace, settings: Settings) -> int:
    from api.doctor import examine

    findings = examine(open_state(settings))
    for finding in findings:
        print(f"{'ok   ' if finding.well else 'WRONG'} {finding.what}: {finding.told}")
    return 0 if all(finding.well for finding in findings) else 1


def invite_person(given: argparse.Namespace, settings: Settings) -> int:
    held = open_state(settings)
    sent = {"email": given.email, "name": given.name, "role": given.role, "zone": given.zone}
    with transaction(held.engine) as db:
        person, _ = people.invite(db, sent, clock.now())
    held.mail.send(people.invitation(person, settings.origin))
    held.mail.wait()
    return 0


def disable(given: argparse.Namespace, settings: Settings) -> int:
    with transaction(open_state(settings).engine) as db:
        people.disable(db, given.email, clock.now())
    return 0


def erase(given: argparse.Namespace, settings: Settings) -> int:
    if not given.yes and input("Type the address once more to erase this person: ").strip() != given.email.strip():
        print("Nothing was erased.", file=sys.stderr)
        return 1
    held = open_state(settings)
    with transaction(held.engine) as db:
        letter = people.erase_by_email(db, held.session_secret, Ledger.of(settings), given.email, clock.now())
    scrub(held.engine)
    held.mail.send(letter)
    held.mail.wait()
    print("Erased. Backups made before now still hold sealed entries; `handrail restore` erases them again.")
    return 0


def backup_to(given: argparse.Namespace, settings: Settings) -> int:
    from api import backup

    try:
        backup.save(open_state(settings), given.folder)
    except backup.Unusable as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{given.folder} holds everything but open group sheets, keys included: keep it as safe as the instance.")
    return 0


def restore_from(given: argparse.Namespace, settings: Settings) -> int:
    from api import backup
    from api import serve as house

    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with house.Household(settings.instance):
            engine = engine_for(settings.database_url)
            came = backup.restore(settings, engine, given.folder, given.force, given.end_sessions)
    except house.AlreadyRunning:
        print(f"A handrail runs on {settings.instance}; stop it first.", file=sys.stderr)
        return 1
    except backup.Unusable as error:
        print(error, file=sys.stderr)
        return 1
    return _tell(came)


def restored(given: argparse.Namespace, settings: Settings) -> int:
    from api import backup

    return _tell(backup.after_restore(settings, open_state(settings).engine))


def _tell(came: Restored) -> int:
    print(f"{came.people} people are back; {came.erased_again} were erased since that copy and are gone again.")
    print("Phones will now offer what this database lacks, and send their open group sheets again.")
    print("Whoever was disabled, signed out or had a phone removed since that copy is back in: look at these.")
    return 0


def keys(given: argparse.Namespace, settings: Settings) -> int:
    held = open_state(settings)
    with transaction(held.engine) as db:
        if given.action == "rotate":
            try:
                push_keys.rotate(db, held.vapid, clock.now().date())
            except push_keys.NotYet as still:
                print(f"{still}; they move when they are opened, or lose prompts after 60 days.", file=sys.stderr)
                return 1
        for number, public in enumerate(held.vapid.publics):
            named = "current" if number == 0 else "before "
            print(f"{named} {public[:16]}…  {push_keys.under(db, public)} phones")
    return 0


def demo_command(given: argparse.Namespace, settings: Settings) -> int:
    from api import demo

    if not settings.demo or not demo.is_played(settings):
        print(f"{settings.instance} is not a demo instance.", file=sys.stderr)
        return 2
    return demo.advance_from_shell(open_state(settings), given.span)


if __name__ == "__main__":
    sys.exit(main())
