"""The library over HTTP."""

from __future__ import annotations

from api.library.loading import library
from tests.client import JsonClient


def test_the_library_is_served_as_its_files_say(anyone: JsonClient) -> None:
    served = anyone.get("/api/library")
    assert served.status_code == 200
    assert served.json == {"version": library().version, "protocols": list(library().protocols.values())}


def test_a_phone_that_has_this_version_is_told_so_in_a_few_bytes(anyone: JsonClient) -> None:
    etag = anyone.get("/api/library").headers["ETag"]
    again = anyone.get("/api/library", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
