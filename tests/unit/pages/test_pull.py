"""What people read in a pull request: as reviewed, bounded, and never a stranger's mark-up. `--bless` rewrites it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
import yaml
from cmarkgfm.cmark import Options

from unit.pages.catalogs import SITE, entity, repository, snapshot
from waypost.catalog.build import adopt, build
from waypost.catalog.impact import impact
from waypost.catalog.lookalikes import lookalikes
from waypost.catalog.merging import Refusal
from waypost.catalog.problems import Problem, Severity
from waypost.catalog.proposal import propose
from waypost.catalog.settings import Settings
from waypost.golden.forms import MARK
from waypost.pages.custom import BEGIN, END
from waypost.pages.pull import (
    MARKER,
    Case,
    check,
    comment,
    difference,
    generated,
    problems,
    template_problems,
    touched_templates,
)

GOLDEN = Path(__file__).parent / "pull"
NAUGHTY = yaml.safe_load((Path(__file__).parent / "naughty.yaml").read_text("utf-8"))
HOME, PAY = repository(1, "catalog"), repository(2, "payments")
CHECK = "https://github.com/acme/payments/runs/1"


def team(name):
    return entity(HOME, "Group", name, {"type": "team"}, annotations={"github.com/team-slug": f"acme/{name}"})


TEAMS = [team("pay"), team("shop"), team("mail")]
API = entity(PAY, "API", "payments", {"type": "openapi", "lifecycle": "production", "owner": "pay"})
SERVICE = entity(PAY, "Component", "ledger-service", {"type": "service", "lifecycle": "production", "owner": "pay"}, 1)
PLACES = [repository(10 + number, f"user-{number}") for number in range(14)]
USES = {"type": "service", "consumesApis": ["payments"]}
USERS = [entity(home, "Component", home.name, {**USES, "owner": ("shop", "mail")[home.id % 2]}) for home in PLACES]
BEFORE = adopt(
    build(
        "acme",
        [snapshot(HOME, *TEAMS), snapshot(PAY, API, SERVICE), *map(snapshot, PLACES, USERS)],
        {},
        Settings(),
    )
)


def case(*entities, home=PAY, before=BEFORE, settings=None, found=(), **more):
    after = propose(before, snapshot(home, *entities), settings)
    found = problems(after, home.id, None, found)
    result = impact(before, after, home.full_name)
    alike = lookalikes(after, result.added)
    return Case(result, SITE, found, alike, check_url=CHECK, **more)


def again(of, **changes):
    home = repository(of.origin.repository_id, of.origin.repository.partition("/")[2])
    return entity(home, of.kind, of.name, {**of.spec, **changes}, of.origin.index)


FILE = "catalog-info.yaml"
OWNER = 'spec.owner: no team "paymnts" in acme.'
NAME = '"Payments API" has a space.'
WRONG = (
    Problem(
        "acme/payments", FILE, 7, 3, "owner-unknown", "/spec/owner", OWNER, "Write payments.", "", Severity.WARNING
    ),
    Problem("acme/payments", FILE, 3, 3, "name-form", "/metadata/name", NAME, "Write payments-api."),
)
WAITS = (Refusal("waiting", "It waits until 2026-11-29T00:00:00Z, so that people can object.", "2026-11-29T00:00:00Z"),)
ALIKE = Refusal("lookalike", "`a` looks like `b`. A person must say that they are two things.")


def registered(name, owner):
    return entity(HOME, "Component", name, {"type": "service", "owner": owner}, path=f"registrations/{name}.yaml")


CASES = {
    "removes-an-api": case(SERVICE),
    "has-errors": case(API, SERVICE, found=WRONG),
    "hands-over": case(API, again(SERVICE, owner="shop", lifecycle="deprecated")),
    "looks-alike": case(*TEAMS, registered("Ledger", "pay"), home=HOME, refusals=(ALIKE, *WAITS)),
    "merges-later": case(*TEAMS, registered("mailer", "mail"), home=HOME, refusals=WAITS),
    "leaves-out": case(*TEAMS, home=HOME, settings=Settings(exclude=("user-1*",))),
}


def shown(of):
    verdict = check(of)
    remarks = "\n".join(" | ".join(map(repr, remark)) for remark in verdict.remarks)
    return (
        f"{verdict.conclusion}: {verdict.title}\n\n{verdict.summary}\n\n{remarks}\n\n=== the comment\n\n{comment(of)}"
    )


@pytest.mark.parametrize("name", CASES)
def test_check_and_comment_are_as_reviewed(name, request):
    file = GOLDEN / f"{name}.md"
    if request.config.getoption("--bless"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown(CASES[name]), "utf-8")
    assert shown(CASES[name]) == file.read_text("utf-8"), "look at it, then bless"


def test_no_golden_file_is_left_over():
    assert {file.stem for file in GOLDEN.iterdir()} == set(CASES)


def test_all_14_users_are_named():
    text = comment(CASES["removes-an-api"])
    assert all(f"Component user-{number}]" in text for number in range(14))
    assert "used by 14 components of 2 teams" in text


def test_teams_are_called_only_when_something_breaks():
    assert "@acme/mail, @acme/shop" in comment(CASES["removes-an-api"])
    quiet = comment(CASES["hands-over"])
    assert "@acme" not in quiet
    assert "shop" in quiet


def test_the_check_fails_for_errors_only():
    warned = replace(CASES["has-errors"], problems=WRONG[:1])
    assert check(CASES["has-errors"]).conclusion == "failure"
    assert check(warned).conclusion == "success"
    assert check(CASES["looks-alike"]).conclusion == "success"
    assert check(CASES["removes-an-api"]).conclusion == "success"


def test_nothing_to_say_is_not_said():
    quiet = case(API, SERVICE)
    assert comment(quiet) is None
    assert check(quiet).conclusion == "neutral"
    assert not check(quiet).remarks


def test_the_comment_begins_with_its_marker():
    for of in CASES.values():
        assert comment(of).startswith(f"{MARKER}\n")


def test_a_stranger_cannot_write_the_marker():
    bad = entity(PAY, "API", "x", {"type": MARKER, "owner": MARKER}, 2, title=MARKER, description=MARKER)
    words = comment(case(API, SERVICE, bad)).partition("<details>")[0]
    assert words.count(MARKER) == 1


def test_remarks_name_place_message_fix_and_id():
    remark = check(CASES["has-errors"]).remarks[0]
    assert tuple(remark) == (
        "catalog-info.yaml",
        3,
        "failure",
        '"Payments API" has a space.\nWrite payments-api.',
        "error: name-form",
    )


def test_what_concerns_a_whole_file_stands_at_its_first_line():
    (remark,) = check(replace(CASES["has-errors"], problems=(replace(WRONG[0], line=0),))).remarks
    assert remark.line == 1


def html(markdown):
    return cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)


class Links(HTMLParser):
    """The addresses that a page leads to or loads."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src")]


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_a_stranger_gets_no_mark_up_mention_or_link_through(text):
    spec = {"type": text, "lifecycle": text, "owner": text, "system": text}
    bad = entity(PAY, "Component", "bad", spec, 2, title=text, description=text, labels={"tier": text})
    fault = Problem("acme/payments", text.splitlines()[0] if text else "x", 1, 1, "name-form", "", text, text)
    for of in (case(API, SERVICE, bad, found=(fault,)), case(SERVICE, bad, found=(fault,))):
        for markdown in (check(of).summary, comment(of)):
            body = re.sub(r"(?s)\n(`{3,})diff\n.*?\n\1\n", "\n", markdown)  # a block of code is text as a whole
            assert "```" not in body or "```" in text
            page = html(body)
            assert "<script" not in page
            assert "<img" not in page
            links = Links(page).found
            assert all(link.startswith("https://github.com/acme/") for link in links), links
            calls = set(re.findall(r"@[\w/-]+", re.sub(r"(?s)`[^`]*`|<code>.*?</code>", "", body)))
            assert calls <= {"@acme/mail", "@acme/shop"}, calls


@pytest.mark.parametrize("text", ["```\n# out", "`````````", "````diff\n+ x\n````", "</details>"])
def test_the_difference_cannot_be_left(text):
    after = propose(
        BEFORE,
        snapshot(PAY, API, again(SERVICE), entity(PAY, "API", "x", {"type": text}, 2, title=text, description=text)),
    )
    block = difference(BEFORE, after, SITE)
    marks = re.match(r"`{3,}", block)[0]
    lines = block.split("\n")
    assert lines[lines.index(marks) + 1 :] in ([], [""]) or lines[lines.index(marks) + 1] == ""
    page = html(block)
    assert page.count("<pre") == 1


def test_the_difference_shows_the_own_page_first():
    after = propose(BEFORE, snapshot(PAY, API, again(SERVICE, lifecycle="deprecated")))
    block = difference(BEFORE, after, SITE, [SERVICE.ref])
    assert "ledger-service.md" in block.split("\n")[1]
    assert "+**Component** · `service` · `deprecated`" in block


def test_the_difference_leaves_out_where_things_come_from():
    moved = entity(PAY, "API", "payments", dict(API.spec), commit="f" * 40)
    assert difference(BEFORE, propose(BEFORE, snapshot(PAY, moved, SERVICE)), SITE) == ""


def test_the_difference_is_bounded_and_says_what_is_left_out():
    many = [entity(PAY, "Component", f"new-{n}", {"owner": "pay"}, n, description="x " * 900) for n in range(300)]
    block = difference(BEFORE, propose(BEFORE, snapshot(PAY, API, SERVICE, *many)), SITE)
    assert len(block) < 22_000
    assert block.count("\n") < 210
    assert re.search(r"\d+ further pages change: ", block)


def test_texts_stay_below_what_github_takes():
    many = [entity(PAY, "Component", f"new-{n}", {"owner": "é" * 60}, n, description="ü" * 2_000) for n in range(2_000)]
    found = tuple(replace(WRONG[0], line=line, message="é" * 900) for line in range(1, 3_000))
    reasons = tuple(Refusal("errors", "é" * 590 + ".") for _ in range(200))
    big = case(*many, found=found, refusals=reasons)
    verdict = check(big)
    assert len(verdict.summary) < 65_535
    assert "left out here" in verdict.summary
    assert len(comment(big)) < 65_536
    assert len(verdict.remarks) >= 2_999


def test_only_the_files_that_are_touched_are_judged():
    after = propose(BEFORE, replace(snapshot(PAY, API, SERVICE), problems=WRONG))
    assert len(problems(after, PAY.id, ["catalog-info.yaml"])) == 2
    assert problems(after, PAY.id, ["README.md"]) == ()
    assert len(problems(after, PAY.id, None)) == 2


def test_the_settings_are_judged_in_their_own_repository_only():
    wrong = Settings(problems=(Problem("acme/catalog", "waypost.yaml", 1, id="settings-unknown"),))
    after = propose(BEFORE, snapshot(HOME, *TEAMS), wrong)
    assert [one.id for one in problems(after, HOME.id, ["waypost.yaml"])] == ["settings-unknown"]
    assert problems(after, PAY.id, ["waypost.yaml"]) == ()


def test_edits_of_what_the_bot_writes_are_errors():
    found = generated(
        "acme/catalog", ["README.md", "about.md", "pages/x.md", "entities/x.yaml", ".waypost/index/aa.json"]
    )
    assert [one.file for one in found] == [".waypost/index/aa.json", "README.md", "entities/x.yaml", "pages/x.md"]
    assert {(one.id, one.severity) for one in found} == {("generated", Severity.ERROR)}


def test_the_human_corner_may_be_edited():
    base = f"# A\n{BEGIN}\nold\n{END}\nrest"
    assert not generated("acme/catalog", ["README.md"], {"README.md": (base, base.replace("old", "new"))})
    assert generated("acme/catalog", ["README.md"], {"README.md": (base, base.replace("rest", "new"))})


def test_forms_of_ours_are_left_to_the_bot_and_people_keep_theirs():
    path, ours = ".github/ISSUE_TEMPLATE/create-x.yml", f"{MARK} from the template\nname: X\n"
    for before, after in ((ours, "name: Y\n"), (ours, ""), ("", ours), (ours, ours + "# more")):
        assert [one.file for one in generated("acme/catalog", [path], {path: (before, after)})] == [path]
    assert not generated("acme/catalog", [path], {path: ("", "name: Ours\n")})
    assert not generated("acme/catalog", [path], {path: ("name: Ours\n", "")})
    assert not generated("acme/catalog", [".github/ISSUE_TEMPLATE/register.yml"])


TEMPLATE = b"""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: service}
spec:
  type: service
  owner: pay
  steps:
    - {id: one, action: no:such, input: {}}
"""


def test_a_template_is_checked_in_its_folder():
    path = "templates/service/template.yaml"
    made = entity(HOME, "Template", "service", {"type": "service", "owner": "pay"}, path=path)
    after = propose(BEFORE, snapshot(HOME, *TEAMS, made))
    assert touched_templates(after, HOME.id, ["templates/service/skeleton/x.txt"]) == {made.ref: path}
    assert touched_templates(after, HOME.id, ["templates/services/x.txt"]) == {}
    (found,) = template_problems("acme/catalog", path, {path: TEMPLATE})
    assert (found.repository, found.file, found.line, found.id) == ("acme/catalog", path, 8, "action-unknown")
    of = case(*TEAMS, made, home=HOME, templates={made.ref: 3})
    assert "changes the template" in comment(of)
    assert "used by 3 repositories" in comment(of)


def test_other_settings_name_what_comes_and_goes():
    text = comment(CASES["leaves-out"])
    assert "leaves out 5 repositories: `acme/user-1`, `acme/user-10`" in text


def test_one_mistake_that_is_found_twice_is_one():
    after = propose(BEFORE, replace(snapshot(PAY, API, SERVICE), problems=(replace(WRONG[1], ref=API.ref),)))
    assert len(problems(after, PAY.id, None, WRONG[1:])) == 1
    assert len(problems(after, PAY.id, None, WRONG)) == 2
