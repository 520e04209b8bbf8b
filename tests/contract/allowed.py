"""The violations that we accept, each with its reason. Of requests there is one: what we send must be GitHub's."""

from __future__ import annotations

import re
from typing import NamedTuple

from .checker import Violation


class Allowance(NamedTuple):
    """A violation that is GitHub's own: where, which text (a pattern), and why."""

    side: str
    operation: str
    text: str
    reason: str


ALLOWED: tuple[Allowance, ...] = (
    Allowance(
        "response",
        re.escape("POST /repos/{owner}/{repo}/statuses/{sha}"),
        "^422 is not among",
        "a wrong state or unknown commit is answered 422 (rest/using-the-rest-api/troubleshooting), undeclared here",
    ),
    Allowance(
        "response",
        r"(PUT|DELETE) /repos/\{owner\}/\{repo\}/contents/\{path\}",
        "is valid under more than one of the schemas listed in the 'oneOf' keyword",
        "the description says oneOf of two errors that the same body fits",
    ),
    Allowance(
        "response",
        r"(POST|PUT|PATCH) (/orgs/\{org\}/properties|/repos/\{owner\}/\{repo\}/(actions|environments|"
        r"automated-security-fixes)|/repos/\{template_owner\}).*",
        "^(409|422) is not among",
        "what GitHub cannot accept is answered 422, and 409 when it is there already "
        "(rest/using-the-rest-api/troubleshooting), undeclared here",
    ),
    Allowance(
        "request",
        r"(POST /orgs/\{org\}/repos|PATCH /repos/\{owner\}/\{repo\})",
        '/visibility: "internal" is not one of',
        "Enterprise Cloud's description of the same operation has `internal`; github.com's leaves it out",
    ),
    Allowance(
        "delivery",
        ".*",
        r'/email: ".*\[bot\]@users\.noreply\.github\.com" is not a "email"',
        "GitHub writes an App's address so, and its own description calls that an e-mail address",
    ),
    Allowance(
        "response",
        ".*",
        r'/head_commit/(author|committer)/email: ".*\[bot\]@users\.noreply\.github\.com" is not a "email"',
        "the same address of an App, in the head commit of a run",
    ),
    Allowance(
        "response",
        "GET /app/installations",
        r"/\d+/account: ",
        "the description wants this account to be a user and an enterprise at once (allOf); it is either",
    ),
    Allowance(
        "delivery",
        "check-suite-.*",
        r'/check_suite/app/events/\d+: "custom_property(_values)?" is not one of',
        "an App may listen to custom properties (webhooks/webhook-events-and-payloads); this list of events is older",
    ),
)


def is_allowed(violation: Violation) -> bool:
    return any(
        violation.side == one.side
        and re.fullmatch(one.operation, violation.operation)
        and re.search(one.text, violation.text)
        for one in ALLOWED
    )
