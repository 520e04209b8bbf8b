"""Owners decay on GitHub and are mended: the real web process and worker follow by the deliveries alone."""

from __future__ import annotations

import pytest

from faults.rig import ORGANISATION, Rig
from unit.sync.world import component
from waypost.pages.paths import entity_file, page_file

PAY, TEAM = "component:default/pay", "group:default/payments"
SETTINGS = "publish:\n  min_interval_seconds: 1\n"


class Staff:
    """What an organisation's owner does to its people, in the browser."""

    def __init__(self, rig):
        self.call, self.place = rig.call, f"/orgs/{ORGANISATION}"

    def team(self, name, *logins, privacy="closed"):
        slug = self.call("POST", f"{self.place}/teams", {"name": name, "privacy": privacy})["slug"]
        self.join(slug, *logins)

    def join(self, slug, *logins):
        for login in logins:
            self.call("PUT", f"{self.place}/teams/{slug}/memberships/{login}", {})

    def quit(self, slug, login):
        self.call("DELETE", f"{self.place}/teams/{slug}/memberships/{login}")

    def change(self, slug, **facts):
        self.call("PATCH", f"{self.place}/teams/{slug}", facts)

    def delete(self, slug):
        self.call("DELETE", f"{self.place}/teams/{slug}")

    def leave(self, login):
        self.call("DELETE", f"{self.place}/members/{login}")

    def enroll(self, login):
        self.call("PUT", f"{self.place}/memberships/{login}", {"role": "member"})


@pytest.fixture
def rig(tmp_path):
    user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: zoe\n  annotations:\n"
    user += "    github.com/user-login: zoe-z\nspec:\n  memberOf: []\n"
    repositories = {
        "pay": {"catalog-info.yaml": component("pay", "payments"), "CODEOWNERS": "* @acme/payments\n"},
        "tool": {"catalog-info.yaml": component("tool", "user:zoe") + "---\n" + user},
    }
    with Rig(tmp_path, repositories, SETTINGS) as rig:
        for login in ("ada", "bob", "zoe-z"):
            rig.call("POST", "/_sandbox/users", {"login": login, "organization": ORGANISATION})
        Staff(rig).team("Payments", "ada", "bob")
        rig.serve()
        rig.work()
        rig.until("the first pages are there", lambda: len(rig.commits()) > 1)
        rig.settle()
        yield rig


def page(rig, ref=PAY):
    return rig.clone("catalog")("show", f"HEAD:{page_file(ref)}")


@pytest.mark.slow
def test_each_alarm_appears_and_goes_away_when_it_is_mended(rig):
    staff = Staff(rig)
    assert "owner-" not in page(rig)
    assert "2 on GitHub" in page(rig, TEAM)

    for login in ("ada", "bob"):
        staff.quit("payments", login)
    rig.settle()
    assert "owner-team-empty" in page(rig)
    staff.join("payments", "ada")
    rig.settle()
    assert "owner-team-empty" not in page(rig)

    staff.change("payments", name="Money")
    rig.settle()
    assert "acme/payments is called money now" in page(rig)
    staff.change("money", name="Payments")
    rig.settle()
    assert "owner-" not in page(rig)

    staff.leave("zoe-z")
    rig.settle()
    assert "owner-left" in page(rig, "component:default/tool")
    staff.enroll("zoe-z")
    rig.settle()
    assert "owner-left" not in page(rig, "component:default/tool")

    staff.team("Platform", "bob")
    rig.push("pay", "CODEOWNERS", "* @acme/platform\n")
    rig.settle()
    assert "codeowners-differ" in page(rig)
    rig.push("pay", "CODEOWNERS", "* @acme/payments\n")
    rig.settle()
    assert "codeowners-differ" not in page(rig)

    staff.delete("payments")
    rig.settle()
    assert "owner-team-deleted" in page(rig)
    assert "waypost.dev/state: orphan" in rig.clone("catalog")("show", f"HEAD:{entity_file(TEAM)}")
    rig.push("pay", "catalog-info.yaml", component("pay", "platform"))
    rig.push("pay", "CODEOWNERS", "* @acme/platform\n")
    rig.settle()
    assert "owner-" not in page(rig)


@pytest.mark.slow
def test_a_secret_team_reaches_neither_the_catalog_nor_the_database_nor_a_log(rig):
    Staff(rig).team("Hidden Plans", "ada", privacy="secret")
    Staff(rig).team("Open Plans", "ada")
    rig.settle()
    assert "Open Plans" in page(rig, "group:default/open-plans")
    assert "idden" not in rig.clone("catalog")("log", "-p")
    cached = [name + str(body) for name, body in rig.queue.cached(1)[1].items()]
    assert any("Open Plans" in one for one in cached)
    assert not any("idden" in one for one in [*cached, rig.log("worker"), rig.log("serve")])
