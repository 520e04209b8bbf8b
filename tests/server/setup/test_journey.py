"""From nothing to the first report, every way that leads there, and every one that is left in the middle."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from html import unescape

from server.setup.admin import Admin, heading
from waypost.config import Config
from waypost.server import create_app
from waypost.server.setup.door import Door
from waypost.server.setup.shelf import Shelf
from waypost.sync.worker import Worker


def scan(admin):
    """What a worker would do meanwhile."""
    from waypost.config import with_app_file
    from waypost.forge.github import connect

    config = with_app_file(admin.config)
    worker = Worker(admin.queue, connect(config), config)
    for _ in range(200):
        if not worker.run_once() and heading(admin.page()).endswith("has a catalog"):
            return
    raise AssertionError(admin.page().text)


def test_from_nothing_to_the_first_report(admin):
    page = admin.follow(admin.create_app(admin.enter().begin()))
    page = admin.install(page)
    assert heading(page) == "The catalog repository"
    page = admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    assert heading(page) == f"Reading {admin.organisation}"
    assert "No worker is running" in page.text
    assert admin.page("/setup/progress").json["is_done"] is False
    scan(admin)
    assert admin.page("/setup/progress").json["is_done"] is True
    page = admin.page()
    figures = re.findall(r"<li><b>(\d+)</b>", page.text)
    assert figures == ["1", "0", "1"]
    full = f"/repos/{admin.organisation}/catalog"
    assert admin.ask("GET", full).json()["private"] is True
    assert admin.ask("GET", f"{full}/contents/waypost.yaml").status_code == 200
    (ruleset,) = admin.ask("GET", f"{full}/rulesets").json()
    shown = admin.ask("GET", f"{full}/rulesets/{ruleset['id']}").json()
    assert shown["bypass_actors"][0]["actor_id"] == admin.kept()["app"].id


def test_with_two_apps_the_writer_makes_the_repository_and_is_the_one_to_pass_its_rules(admin):
    page = admin.follow(admin.create_app(admin.enter().begin(variant="two")))
    assert heading(page) == "Create the App that writes"
    page = admin.follow(admin.create_app(page))
    page = admin.install(page)
    assert heading(page).startswith("Install Waypost Writer")
    page = admin.install(page)
    page = admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    scan(admin)
    kept = admin.kept()
    full = f"/repos/{admin.organisation}/catalog"
    (ruleset,) = admin.ask("GET", f"{full}/rulesets").json()
    shown = admin.ask("GET", f"{full}/rulesets/{ruleset['id']}").json()
    assert [one["actor_id"] for one in shown["bypass_actors"]] == [kept["writer"].id]
    checks = next(rule for rule in shown["rules"] if rule["type"] == "required_status_checks")
    assert checks["parameters"]["required_status_checks"][0]["integration_id"] == kept["app"].id
    writer = admin.ask("GET", f"/apps/{kept['writer'].slug}").json()
    assert writer["events"] == []


def test_a_plan_without_rulesets_is_said_and_stops_nothing(admin):
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    words = "Upgrade to GitHub Pro or make this repository public to enable this feature."
    fault = {
        "kind": "status",
        "status": 403,
        "message": words,
        "method": "POST",
        "path": f"/repos/{admin.organisation}/catalog/rulesets",
        "count": 1,
    }
    assert admin.ask("POST", "/_sandbox/faults", fault).status_code == 201
    admin.submit(page, "/setup/repository", visibility="private", guard="yes")
    scan(admin)
    page = admin.page()
    assert "The ruleset was not made." in page.text
    assert words in unescape(page.text)
    page = admin.submit(page, "/setup/ruleset")
    assert "The ruleset was not made." not in page.text
    assert "Guard it with a ruleset" not in page.text


def test_a_catalog_repository_that_is_there_is_used_as_it_is(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"waypost.yaml": "kinds: []\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert heading(page) == f"Reading {admin.organisation}"
    contents = admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    assert [one["name"] for one in contents] == ["waypost.yaml"]


def test_an_empty_repository_made_by_hand_is_filled(admin):
    admin.ask("POST", f"/orgs/{admin.organisation}/repos", {"name": "catalog", "private": True})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert "is there and empty" in page.text
    admin.submit(page, "/setup/repository")
    assert admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/waypost.yaml").status_code == 200


def test_a_repository_with_other_files_gets_what_it_lacks_and_keeps_what_it_has(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"about.md": "Ahoy.\n", "README.md": "# Ours\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    assert "without a <code>waypost.yaml</code>" in page.text
    admin.submit(page, "/setup/repository")
    contents = {
        one["name"]: one["size"] for one in admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    }
    assert contents.keys() >= {"waypost.yaml", "templates"}
    assert contents["about.md"] == len("Ahoy.\n")


def test_what_nobody_knows_is_left_out_of_the_repository_and_said(admin):
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    admin.submit(page, "/setup/repository", visibility="private")
    scan(admin)
    said = unescape(admin.page().text)
    assert "Left out of the repository" in said
    assert ".github/workflows/validate.yml, templates/*/skeleton/.github/workflows/docs.yml: " in said
    assert "Set WAYPOST_ACTIONS=OWNER/REPO@TAG" in said
    assert '.github/CODEOWNERS: there is no team "platform"' in said
    full = f"/repos/{admin.organisation}/catalog/contents/.github"
    assert {one["name"] for one in admin.ask("GET", full).json()} == {
        "ISSUE_TEMPLATE",
        "dependabot.yml",
        "pull_request_template.md",
    }


def test_what_is_known_is_filled_in(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path, actions=f"acme/waypost@{'5' * 40}")
    assert admin.ask("POST", f"/orgs/{admin.organisation}/teams", {"name": "platform"}).status_code == 201
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    admin.submit(page, "/setup/repository", visibility="private")
    scan(admin)
    assert "Left out of the repository" not in admin.page().text
    full = f"/repos/{admin.organisation}/catalog/contents/.github"
    texts = {
        path: b64decode(admin.ask("GET", f"{full}/{path}").json()["content"]).decode()
        for path in ("workflows/validate.yml", "CODEOWNERS", "ISSUE_TEMPLATE/config.yml")
    }
    assert f"uses: acme/waypost/actions/validate@{'5' * 40}\n" in texts["workflows/validate.yml"]
    assert f"@{admin.organisation}/platform" in texts["CODEOWNERS"]
    assert f"{admin.url}/{admin.organisation}/catalog/blob/HEAD/" in texts["ISSUE_TEMPLATE/config.yml"]
    workflows = {one["name"] for one in admin.ask("GET", f"{full}/workflows").json()}
    assert not workflows & {"refresh.yml", "create-repository.yml", "request.yml"}


def test_a_repository_with_other_files_can_be_used_as_it_is(admin):
    admin.seed({admin.organisation: {"catalog": {"files": {"README.md": "# Ours\n"}}}})
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    page = admin.submit(page, "/setup/repository", as_it_is="yes")
    assert heading(page) == f"Reading {admin.organisation}"
    contents = admin.ask("GET", f"/repos/{admin.organisation}/catalog/contents/").json()
    assert [one["name"] for one in contents] == ["README.md"]


def test_an_app_that_may_not_create_is_told_how_two_clicks_do(admin):
    page = admin.install(admin.follow(admin.create_app(admin.enter().begin())))
    app = admin.kept()["app"]
    listed = next(
        number
        for number in range(1, 400)
        if (found := installation(admin, app, number)) is not None and found["app_id"] == app.id
    )
    granted = {"metadata": "read", "contents": "write", "members": "read"}
    admin.ask("PATCH", f"/_sandbox/installations/{listed}", {"permissions": granted})
    page = admin.submit(page, "/setup/repository", visibility="private")
    assert page.status_code == 502
    assert f"/organizations/{admin.organisation}/repositories/new?name=catalog" in page.text
    assert "Look again" in page.text


def test_on_a_personal_account_the_repository_is_made_by_hand_and_then_filled(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    admin.config = replace(admin.config, catalog_repository="portal")
    admin.browser = create_app(admin.config, admin.queue, door=admin.door).test_client()
    page = admin.enter().begin(organisation="")
    assert "/settings/apps/new?state=" in admin.form(page)[0]
    assert "/organizations/" not in admin.form(page)[0]
    page = admin.install(admin.follow(admin.create_app(page)))
    page = admin.submit(page, "/setup/repository", visibility="private")
    assert page.status_code == 502
    assert f'href="{admin.url}/new?name=portal&amp;visibility=private"' in page.text
    assert admin.ask("POST", "/user/repos", {"name": "portal", "private": True}).status_code == 201
    page = admin.submit(admin.page(), "/setup/repository")
    assert heading(page) == "Reading admin"
    assert admin.ask("GET", "/repos/admin/portal/contents/waypost.yaml").status_code == 200


def installation(admin, app, number):
    import time

    import jwt

    now = int(time.time())
    signed = jwt.encode({"iss": str(app.id), "iat": now - 30, "exp": now + 300}, app.private_key, algorithm="RS256")
    answer = admin.github.get(
        f"{admin.url}/app/installations/{number}",
        headers={"Authorization": f"Bearer {signed}", "X-Waypost-Mistake": "1"},
    )
    return answer.json() if answer.status_code == 200 else None


def test_set_up_goes_on_where_it_was(admin, tmp_path):
    admin.follow(admin.create_app(admin.enter().begin()))
    again = create_app(admin.config, admin.queue, door=Door(Shelf(tmp_path / "later.json"), lambda: admin.now))
    admin.door, admin.browser = Door(Shelf(tmp_path / "later.json"), lambda: admin.now), again.test_client()
    assert heading(admin.enter().page()).startswith("Install Waypost")


def test_what_the_address_says_of_an_installation_is_not_believed(admin):
    admin.follow(admin.create_app(admin.enter().begin()))
    page = admin.page("/setup/installed?installation_id=1&setup_action=install")
    assert heading(page).startswith("Install Waypost")


def test_every_page_keeps_foreign_things_out(admin):
    page = admin.enter().page()
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    nonce = re.search(r"style-src 'nonce-([^']+)'", policy)[1]
    assert f'<style nonce="{nonce}">' in page.text
    assert nonce not in admin.page().text


def test_github_being_away_is_said_with_a_way_on(sandbox, tmp_path):
    admin = Admin(sandbox, tmp_path)
    admin.follow(admin.create_app(admin.enter().begin()))
    gone = Config(api_url="http://127.0.0.1:1", app_file=admin.config.app_file)
    client = create_app(gone, admin.queue, door=admin.door).test_client()
    client.set_cookie("waypost_setup", admin.browser.get_cookie("waypost_setup", path="/setup").value, path="/setup")
    page = client.get("/setup")
    assert page.status_code == 502
    assert "cannot be reached" in page.text
    assert "Go on from where it was" in page.text
