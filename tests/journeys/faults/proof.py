"""The check that every scenario ends with: nothing lost, nothing doubled, nothing under another name."""

from collections import Counter

from tests.journeys.faults.phone import QUIET_S, Phone
from tests.journeys.faults.town import ON_THE_SERVER, Person, Town
from tests.journeys.waits import until


def prove(*phones: Phone, within: float = QUIET_S) -> None:
    """All faults end, every phone falls quiet by itself, and what was said is what is so.

    Each saved intent stands once in the log and once on every phone of its person; each one that was withdrawn,
    discarded or refused stands nowhere; and nobody's intent stands under anybody else.
    """
    town = phones[0].town
    town.network.heal()
    for phone in phones:
        phone.back_online()
    for phone in phones:
        phone.wait_quiet(within)
    for person in _people(phones):
        _server_holds(town, person)
    for phone in phones:
        _phone_shows(phone, again=len(phones) > 1)
    _nobody_elses(town, _people(phones))


def _people(phones: tuple[Phone, ...]) -> list[Person]:
    return list({phone.person.id: phone.person for phone in phones}.values())


def _server_holds(town: Town, person: Person) -> None:
    held, meant = town.tokens_of(person), Counter(person.tokens(*ON_THE_SERVER))
    # A withdrawal of one person's phone wipes what another copy may bring later; a replaced text may be wiped with it.
    assert held == meant, f"lost {meant - held}, doubled or risen {held - meant}"
    created = Counter(op["entity_id"] for op in town.log_of(person) if op["kind"] == "create" and op["answers"])
    assert set(created.values()) <= {1}, f"made more than once: {created}"
    ids = [op["op_id"] for op in town.log_of(person)]
    assert len(ids) == len(set(ids)), "one op in two places"


def _phone_shows(phone: Phone, again: bool) -> None:
    meant = phone.person.tokens("saved", "parked")
    if again:
        # What another phone brought comes with the next start.
        phone.go()
    try:
        until(lambda: phone.shows() == meant, "the phone to show what was saved", QUIET_S, every=0.1)
    except AssertionError as error:
        raise AssertionError(f"{error}: {phone.shows()} instead of {meant}") from None


def _nobody_elses(town: Town, people: list[Person]) -> None:
    owners = {intent.entity: person.id for person in people for intent in person.intents if intent.entity}
    for entity, owner in owners.items():
        for (holder,) in town.product.rows("SELECT person_id FROM journal_op WHERE entity_id = ?", entity):
            assert holder == owner, f"{entity} stands under somebody else"
