"""What GitHub says when it refuses, in its own words, and what that means to us."""

from __future__ import annotations

import pytest

from waypost.forge.protocol import (
    BranchProtected,
    ForgeError,
    HeadMoved,
    NotAllowed,
    NotFound,
    NotInstalled,
    TooLarge,
    Unavailable,
)
from waypost.forge.refusals import git_refusal, graphql_refusal, is_limit, refusal

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        pytest.param(429, {}, None, True, id="429"),
        pytest.param(403, {"retry-after": "60"}, None, True, id="retry-after"),
        pytest.param(403, {"x-ratelimit-remaining": "0"}, {"message": "API rate limit exceeded"}, True, id="primary"),
        pytest.param(403, {}, {"message": SECONDARY}, True, id="secondary"),
        pytest.param(
            403, {"x-ratelimit-remaining": "99"}, {"message": "Resource not accessible by integration"}, False, id="403"
        ),
        pytest.param(200, {}, {"errors": [{"type": "RATE_LIMITED", "message": "x"}]}, True, id="GraphQL"),
        pytest.param(200, {}, {"errors": [{"type": "RATE_LIMIT", "message": "x"}]}, True, id="GraphQL's other word"),
        pytest.param(200, {}, {"errors": [{"message": SECONDARY}]}, True, id="GraphQL secondary"),
        pytest.param(200, {}, {"data": {}}, False, id="fine"),
        pytest.param(200, {}, [{"message": "rate limit"}], False, id="a listing"),
        pytest.param(404, {}, {"message": "Not Found"}, False, id="404"),
    ],
)
def test_limits_are_told_from_other_refusals(status, headers, body, expected):
    assert is_limit(status, headers, body) is expected


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"message": "Bad credentials"}, NotAllowed),
        (403, {"message": "Resource not accessible by integration"}, NotAllowed),
        (403, {"message": "This installation has been suspended"}, NotInstalled),
        (403, {"message": "Repository was archived so is read-only."}, BranchProtected),
        (404, {"message": "Not Found"}, NotFound),
        (410, {"message": "Issues are disabled"}, NotFound),
        (409, {"message": "Git Repository is empty."}, NotFound),
        (422, {"message": "Update is not a fast forward"}, HeadMoved),
        (422, {"message": "Reference already exists"}, HeadMoved),
        (422, {"message": "Protected branch update failed for refs/heads/main."}, BranchProtected),
        (422, {"message": "Validation Failed", "errors": [{"field": "x", "code": "missing_field"}]}, ForgeError),
        (422, {"message": "The permissions requested are not granted to this installation."}, NotAllowed),
        (
            422,
            {"message": "There is at least one repository that is not accessible to the parent installation."},
            NotAllowed,
        ),
        (451, {"message": "Repository access blocked"}, NotAllowed),
        (307, None, ForgeError),
    ],
)
def test_refusals_become_errors_that_mean_something(status, body, error):
    found = refusal(status, {}, body, "reading acme/payments")
    assert type(found) is error
    assert str(found).startswith("reading acme/payments: GitHub answered")


def test_refusal_names_the_permission_that_was_missing():
    found = refusal(403, {"x-accepted-github-permissions": "contents=write"}, {"message": "no"}, "committing")
    assert "It needs the permission contents=write" in str(found)


@pytest.mark.parametrize(
    ("status", "said", "advice"),
    [
        (401, "Bad credentials", "WAYPOST_TOKEN"),
        (403, "This installation has been suspended", "GitHub Apps"),
        (422, "Protected branch update failed for refs/heads/main.", "bypass"),
    ],
)
def test_refusals_that_people_can_mend_say_where(status, said, advice):
    text = str(refusal(status, {}, {"message": said}, "committing to acme/catalog"))
    assert advice in text
    assert ".." not in text


@pytest.mark.parametrize(
    ("errors", "error"),
    [
        (
            [
                {
                    "type": "STALE_DATA",
                    "message": 'Expected branch to point to "abc" but it did not. Pull and try again.',
                }
            ],
            HeadMoved,
        ),
        ([{"message": 'Expected branch to point to "abc" but it did not. Pull and try again.'}], HeadMoved),
        ([{"type": "BRANCH_PROTECTION_RULE_VIOLATION", "message": "Cannot commit"}], BranchProtected),
        ([{"type": "UNPROCESSABLE", "message": "Repository rule violations found"}], BranchProtected),
        ([{"message": 'Required status check "build" is expected.'}], BranchProtected),
        ([{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}], NotFound),
        ([{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}], NotAllowed),
        (
            [{"message": "Something went wrong while executing your query. This may be the result of a timeout"}],
            TooLarge,
        ),
        ([{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "too many nodes"}], TooLarge),
        ([{"type": "UNPROCESSABLE", "message": "A path was requested for deletion which does not exist"}], ForgeError),
    ],
)
def test_graphql_refusals_become_the_same_errors(errors, error):
    assert type(graphql_refusal(errors, "committing to acme/catalog")) is error


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("! [rejected] main -> main (fetch first)\nerror: failed to push some refs", HeadMoved),
        ("! [rejected] main -> main (non-fast-forward)", HeadMoved),
        ("! [rejected] 1234 -> main (stale info)", HeadMoved),
        ("! [remote rejected] main -> main (cannot lock ref 'refs/heads/main': is at a but expected b)", HeadMoved),
        ("remote: error: GH006: Protected branch update failed for refs/heads/main.", BranchProtected),
        ("remote: error: GH013: Repository rule violations found for refs/heads/main.", BranchProtected),
        ("remote: This repository was archived so it is read-only.\nfatal: error: 403", BranchProtected),
        ("remote: Permission to acme/catalog.git denied to x.\nfatal: unable to access: error: 403", NotAllowed),
        ("fatal: Authentication failed for 'https://github.com/acme/catalog.git/'", NotAllowed),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", NotAllowed),
        ("remote: Repository not found.\nfatal: repository 'https://github.com/acme/x.git/' not found", NotFound),
        ("fatal: unable to access 'https://github.com/': Could not resolve host: github.com", Unavailable),
        ("fatal: unable to access 'https://github.com/': The requested URL returned error: 503", Unavailable),
        ("error: RPC failed; curl 56\nfatal: the remote end hung up unexpectedly", Unavailable),
        ("! [remote rejected] main (refusing to allow a GitHub App to create or update workflow `x`)", NotAllowed),
        ("fatal: remote error: upload-pack: not our ref ffff", HeadMoved),
        ("fatal: bad object HEAD", ForgeError),
    ],
)
def test_what_git_complains_of_becomes_the_same_errors(said, error):
    assert type(git_refusal(said, "git push")) is error


def test_no_error_carries_a_token():
    secret = "ghs_" + "s3cr3t" * 40
    for found in (
        refusal(422, {}, {"message": f"bad {secret}"}, "x"),
        graphql_refusal([{"message": secret}], "x"),
        git_refusal(f"fatal: unable to access 'https://x-access-token:{secret}@github.com/'", "git fetch"),
    ):
        assert "s3cr3t" not in str(found)
