"""The report and the front page: what is stale, broken, missing; everything by system and by owner."""

import json

import pytest

pytest.importorskip("nh3", reason='the sanitiser is not installed: pip install "waypost[docs]"')

from docs.shelving import PAY, SHOP, Branch, book, entity, facts, files_of, upload
from waypost.docs.central.values import Failure

TWO = facts(entity(PAY, 1, owner="group:default/money"), entity(SHOP, 2, owner="group:default/web"))


@pytest.fixture
def branch():
    return Branch()


def broken(branch):
    return [(row["page"], row["link"]) for row in branch.report()["broken"]]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("guide/", id="a page"),
        pytest.param("guide", id="without the slash"),
        pytest.param("guide/index.html", id="by its file"),
        pytest.param("./guide/?x=1#part", id="with a query and an anchor"),
        pytest.param("#here", id="an anchor of the page"),
        pytest.param("#", id="the top"),
        pytest.param("a%20b.png", id="a file with a space"),
        pytest.param("https://other.example/x", id="another host"),
        pytest.param("mailto:a@b.example", id="mail"),
        pytest.param("../shop/", id="a neighbour"),
        pytest.param("../../../default/component/shop/index.html", id="a neighbour from the top"),
        pytest.param("../../../", id="the front page of the centre"),
    ],
)
def test_link_that_leads_somewhere_is_not_reported(branch, link):
    pay = book(("", f'<p id="here"><a href="{link}">x</a></p>'), ("guide/", '<h2 id="part">P</h2>'))
    files = files_of(pay, PAY, {"a b.png": b"png"})
    branch.place(TWO, upload(files=files), upload(2, entity=SHOP))
    assert broken(branch) == []


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("gone/", id="a page"),
        pytest.param("gone.png", id="a file"),
        pytest.param("guide/#gone", id="an anchor of a page"),
        pytest.param("#gone", id="an anchor"),
        pytest.param("../gone/", id="a neighbour"),
        pytest.param("../../../../../../etc/passwd", id="outside of the centre"),
        pytest.param("/guide/", id="from the root of the host"),
        pytest.param("script.js", id="a file that is not published"),
    ],
)
def test_link_that_leads_nowhere_is_reported(branch, link):
    pay = book(("", f'<p><a href="{link}">x</a></p>'), ("guide/", '<h2 id="part">P</h2>'))
    branch.place(TWO, upload(made=pay), upload(2, entity=SHOP))
    ((page, target),) = broken(branch)
    assert page == "index.md"
    assert link.strip("./").split("/")[-1] in target


def test_link_to_a_neighbour_breaks_when_the_neighbour_goes(branch):
    pay = book(("", '<p><a href="../shop/">x</a></p>'))
    branch.place(TWO, upload(made=pay), upload(2, entity=SHOP))
    assert broken(branch) == []
    branch.place(facts(entity(PAY, 1)))
    assert broken(branch) == [("index.md", "default/component/shop/")]


def test_stale_is_measured_against_the_newest_documentation(branch):
    refs = [(f"component:default/s{number}", number) for number in range(1, 5)]
    known = facts(*[entity(ref, number, owner=f"group:default/o{number % 2}") for ref, number in refs])
    dates = ["2024-05-01T00:00:00Z", "2024-01-01T00:00:00Z", "2025-06-01T00:00:00Z", "2026-05-01T00:00:00Z"]
    branch.place(
        known,
        *[upload(number, entity=ref, committed=when) for (ref, number), when in zip(refs, dates, strict=True)],
    )
    found = branch.report()["stale"]
    assert [(row["owner"], row["last_commit"]) for row in found] == [("o0", "2024-01-01"), ("o1", "2024-05-01")]


def test_nothing_is_stale_where_everything_is_as_old(branch):
    branch.place(TWO, upload(committed="2001-01-01T00:00:00Z"), upload(2, entity=SHOP, committed="2001-06-01"))
    assert branch.report()["stale"] == []


def test_declared_but_missing_is_on_the_report_and_not_on_the_front_page(branch):
    known = facts(entity(PAY), entity(SHOP, 2), entity("component:default/quiet", 3, is_declared=False))
    branch.place(known, upload(), failures=[Failure(2, "acme/r2", "the archive is broken", 5)])
    assert [(row["ref"], row["why"]) for row in branch.report()["missing"]] == [(SHOP, "the archive is broken")]
    assert "Shop" not in branch.text("site/index.html")
    assert "Shop" in branch.text("report.md")


def test_front_page_groups_by_domain_and_system_and_by_owner(branch):
    known = facts(
        entity(PAY, 1, system="system:default/money", domain="domain:default/trade", owner="group:default/payers"),
        entity(SHOP, 2, owner="group:default/web"),
        titles={"system:default/money": "Money", "domain:default/trade": "Trade", "group:default/payers": "Payers"},
    )
    branch.place(known, upload(), upload(2, entity=SHOP))
    readme = branch.text("README.md")
    places = [readme.index(f"# {title}\n") for title in ("Trade", "Money", "Without a system", "Payers", "web")]
    assert places == sorted(places)
    assert "| **[Pay](markdown/default/component/pay/index.md)** | About pay. | Payers | 2026-05-01 |" in readme
    page = branch.text("site/index.html")
    assert page.count('href="./default/component/pay/"') == 2
    assert "About pay." in page


def test_report_is_read_by_people_and_machines(branch):
    branch.place(TWO, upload(made=book(("", '<a href="gone/">x</a>'))))
    assert "gone/" in branch.text("site/report/index.html")
    assert "gone/" in branch.text("report.md")
    assert json.loads(branch.files["site/report/report.json"]).keys() == {
        "stale", "broken", "missing", "refused", "left-out"
    }  # fmt: skip
    assert "report.md" in branch.text("README.md")
    assert branch.files["report.json"] == branch.files["site/report/report.json"]
