"""The small page behind a mail's last line: it ends the mails without a sign-in, and without the app.

Opening it changes nothing, because mail programs open every link to look for harm; its one button does.
"""

from __future__ import annotations

from flask import Response

POLICY = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Handrail: {title}</title>
<h1>{title}</h1>
{rest}
</html>
"""
BUTTON = '<form method="post"><button type="submit">End these mails</button></form>'


def asks() -> Response:
    return _page("Mails about check-ins", f"<p>Prompts in the app stay as they are.</p>\n{BUTTON}")


def done() -> Response:
    return _page("You get no more of these mails", "<p>You can turn them on again in the app.</p>")


def _page(title: str, rest: str) -> Response:
    response = Response(PAGE.format(title=title, rest=rest), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response
