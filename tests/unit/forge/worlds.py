"""What people do to an organisation, done to the forge in memory and to GitHub in a box, for the same tests."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import time
import zipfile
from itertools import count

import requests

from waypost.config import Config
from waypost.forge.github import connect
from waypost.forge.memory import MemoryForges
from waypost.forge.protocol import Wish

PERSON = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Somebody")
PERSON |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "somebody@users.noreply.github.com")
PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}


class MemoryWorld:
    org = "acme"

    def __init__(self):
        self._later = 0.0
        self.forges = MemoryForges(lambda: time.time() + self._later)
        self.forge = self.forges.install(self.org)
        self.rename = self.forge.rename
        self.delete = self.forge.delete
        self.protect = self.forge.protect
        self.suspend = self.forge.suspend
        self.force_push = self.forge.force_push
        staff = self.forge.staff
        staff.allow()
        self.team, self.join, self.quit, self.leave = staff.team, staff.add, staff.remove, staff.leave
        self.rename_team, self.delete_team, self.let_read_members = staff.rename, staff.delete, staff.allow

    def create(self, name, files):
        return self.forge.create(name, files).id

    def propose(self, name, changes, title="A change", branch="topic"):
        return self.forge.desk(f"{self.org}/{name}").propose(changes, title, branch=branch).number

    def push_more(self, name, number, changes):
        self.forge.desk(f"{self.org}/{name}").push(number, changes)

    def comment(self, name, number, body):
        self.forge.desk(f"{self.org}/{name}").comment(number, "somebody", body)

    def wait(self, seconds):
        self._later += seconds

    def edit_comment(self, name, number, comment_id, body):
        self.forge.desk(f"{self.org}/{name}").edit_comment(number, comment_id, body)

    def ask(self, name, title, body, labels=()):
        return self.forge.desk(f"{self.org}/{name}").ask("somebody", title, body, labels).number

    def mark(self, name, number, label, is_set=True):
        self.forge.desk(f"{self.org}/{name}").mark(number, "somebody", label, is_set)

    def approve(self, name, number):
        self.forge.desk(f"{self.org}/{name}").review(number, "somebody", "APPROVED")

    def judge(self, name, head, context, state):
        self.forge.desk(f"{self.org}/{name}").judge(head, context, state)

    def annotations(self, name, run):
        found = self.forge.desk(f"{self.org}/{name}").checks[run].annotations
        return [(one.path, one.line, one.level, one.message) for one in found]

    def push(self, name, changes):
        return self.forge.push(name, changes).head

    def upload(self, name, artifact, files=None):
        full_name = f"{self.org}/{name}"
        (reading,) = self.forge.read([Wish(0, full_name)])
        return self.forge.artifacts().upload(full_name, artifact, zipped(files), reading.repository.head).id

    def expire(self, name, number):
        self.forge.artifacts().expire(f"{self.org}/{name}")


class SandboxWorld:
    """An organisation of its own in a running sandbox; people use plain git and the administrator's token."""

    _numbers = count(1)

    def __init__(self, sandbox, folder):
        self.org = f"acme{next(self._numbers)}"
        self._sandbox, self._folder = sandbox, folder
        self._web = requests.Session()
        self._web.headers["Authorization"] = f"Bearer {sandbox.admin_token}"
        self._ask("POST", "/_sandbox/seed", {self.org: {}})
        self.forges = self._connect("mirrors")
        (installed,) = (one for one in self.forges.installations() if one.account == self.org)
        self.installation = installed.id
        self.forge = self.forges.forge(installed.id)

    def reconnect(self):
        """Another process that knows nothing yet."""
        return self._connect("other mirrors").forge(self.installation)

    def in_workflow(self):
        """The same organisation, seen with the tokens of a workflow instead of the App's."""
        box = self._sandbox
        person = self._ask("POST", "/_sandbox/users", {"login": f"{self.org}-reader", "organization": self.org})
        config = Config(
            api_url=box.url,
            token=person["token"],
            github_token=box.admin_token,
            catalog_repository=f"{self.org}/catalog",
        )
        forges = connect(config, time.time, lambda seconds: None, self._folder / "workflow mirrors")
        (only,) = forges.installations()
        return forges.forge(only.id)

    def look(self, path):
        return self._ask("GET", path)

    def spend(self, resource):
        """Leave nothing of the installation's budget; return when it is refilled."""
        who = f"installation:{self.installation}"
        shown = self._ask("POST", "/_sandbox/budgets", {"who": who, "resource": resource, "remaining": 0})
        return shown[f"{who} {resource}"][2]

    def revoke(self, token):
        """End an installation's token before its time."""
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.delete(f"{self._sandbox.url}/installation/token", headers=headers, timeout=30).ok

    def upload(self, name, artifact, files=None):
        """As the newest run of the repository."""
        run = self.look(f"/repos/{self.org}/{name}/actions/runs")["workflow_runs"][0]["id"]
        data = base64.b64encode(zipped(files)).decode()
        return self._ask("POST", "/_sandbox/artifacts", {"run": run, "name": artifact, "zip": data})["id"]

    def expire(self, name, number):
        self._ask("POST", f"/_sandbox/artifacts/{number}", {"expires_in": 0})

    def grant(self, **permissions):
        """What the organisation grants the App, in place of everything."""
        self._ask("PATCH", f"/_sandbox/installations/{self.installation}", {"permissions": permissions})

    def _connect(self, mirrors):
        box = self._sandbox
        config = Config(api_url=box.url, app_id=box.app_id, private_key=box.private_key)
        # no spacing of writes: what that is for is tested with a clock that does not really wait
        return connect(config, time.time, lambda seconds: None, self._folder / mirrors)

    def create(self, name, files):
        self._ask("POST", "/_sandbox/seed", {self.org: {name: {}}})
        if files:
            self.push(name, files)
        return self._ask("GET", f"/repos/{self.org}/{name}")["id"]

    def propose(self, name, changes, title="A change", branch="topic"):
        self.push(name, changes, branch)
        asked = {"title": title, "head": branch, "base": "main"}
        return self._ask("POST", f"/repos/{self.org}/{name}/pulls", asked)["number"]

    def push_more(self, name, number, changes):
        branch = self.look(f"/repos/{self.org}/{name}/pulls/{number}")["head"]["ref"]
        self.push(name, changes, branch, start=branch)

    def comment(self, name, number, body):
        self._ask("POST", f"/repos/{self.org}/{name}/issues/{number}/comments", {"body": body})

    def wait(self, seconds):
        self._ask("POST", "/_sandbox/clock", {"move": seconds})

    def edit_comment(self, name, number, comment_id, body):
        self._ask("PATCH", f"/repos/{self.org}/{name}/issues/comments/{comment_id}", {"body": body})

    def ask(self, name, title, body, labels=()):
        asked = {"title": title, "body": body, "labels": list(labels)}
        return self._ask("POST", f"/repos/{self.org}/{name}/issues", asked)["number"]

    def mark(self, name, number, label, is_set=True):
        path = f"/repos/{self.org}/{name}/issues/{number}/labels"
        if is_set:
            self._ask("POST", path, {"labels": [label]})
        else:
            self._ask("DELETE", f"{path}/{label}")

    def approve(self, name, number):
        who = {"login": f"{self.org}-reviewer", "organization": self.org}
        headers = {"Authorization": f"Bearer {self._ask('POST', '/_sandbox/users', who)['token']}"}
        address = f"{self._sandbox.url}/repos/{self.org}/{name}/pulls/{number}/reviews"
        answer = requests.post(address, json={"event": "APPROVE", "body": "ok"}, headers=headers, timeout=30)
        assert answer.ok, answer.text

    def judge(self, name, head, context, state):
        self._ask("POST", f"/repos/{self.org}/{name}/statuses/{head}", {"context": context, "state": state})

    def annotations(self, name, run):
        path = f"/repos/{self.org}/{name}/check-runs/{run}/annotations?per_page=100"
        found = [one for page in (1, 2) for one in self.look(f"{path}&page={page}")]
        return [(one["path"], one["start_line"], one["annotation_level"], one["message"]) for one in found]

    def push(self, name, changes, branch="main", start=""):
        clone = self._clone(name)
        if start:
            self._git(clone, "checkout", "--quiet", "--detach", f"origin/{start}")
        for path, data in changes.items():
            file = clone / path
            if data is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data if isinstance(data, bytes) else data.encode())
        self._git(clone, "add", "--all")
        self._git(clone, "commit", "--quiet", "--message", "By hand")
        self._git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return self._git(clone, "rev-parse", "HEAD")

    def force_push(self, name, commit):
        self._git(self._clone(name), "push", "--quiet", "--force", "origin", f"{commit}:refs/heads/main")

    def remove_branch(self, name, branch):
        self._git(self._clone(name), "push", "--quiet", "origin", f":refs/heads/{branch}")

    def rename(self, name, new):
        self._ask("PATCH", f"/repos/{self.org}/{name}", {"name": new})

    def delete(self, name):
        self._ask("DELETE", f"/repos/{self.org}/{name}")

    def protect(self, name):
        rules = {
            "required_status_checks": None,
            "enforce_admins": True,
            "required_pull_request_reviews": {"required_approving_review_count": 1},
            "restrictions": None,
        }
        self._ask("PUT", f"/repos/{self.org}/{name}/branches/main/protection", rules)

    def trouble(self, path, **fault):
        """Let the next request to a path go wrong."""
        self._ask("POST", "/_sandbox/faults", {"path": path, "method": "POST", "count": 1, **fault})

    def troubles_left(self):
        """The troubles that nobody has met yet."""
        return self._ask("GET", "/_sandbox/faults")

    def team(self, name, *logins, parent="", description="", secret=False):
        asked = {"name": name, "privacy": "secret" if secret else "closed", "description": description}
        if parent:
            asked["parent_team_id"] = self._ask("GET", f"/orgs/{self.org}/teams/{parent}")["id"]
        slug = self._ask("POST", f"/orgs/{self.org}/teams", asked)["slug"]
        self.join(slug, *logins)
        return slug

    def join(self, slug, *logins):
        for login in logins:
            if not self._web.get(f"{self._sandbox.url}/users/{login}", timeout=30).ok:
                self._ask("POST", "/_sandbox/users", {"login": login})
            self._ask("PUT", f"/orgs/{self.org}/teams/{slug}/memberships/{login}", {})

    def quit(self, slug, login):
        self._ask("DELETE", f"/orgs/{self.org}/teams/{slug}/memberships/{login}")

    def leave(self, login):
        self._ask("DELETE", f"/orgs/{self.org}/members/{login}")

    def rename_team(self, slug, name):
        return self._ask("PATCH", f"/orgs/{self.org}/teams/{slug}", {"name": name})["slug"]

    def delete_team(self, slug):
        self._ask("DELETE", f"/orgs/{self.org}/teams/{slug}")

    def let_read_members(self, allowed):
        held = next(one for one in self.forges.installations() if one.id == self.installation).permissions
        rest = {name: level for name, level in held.items() if name != "members"}
        self.permit(rest | ({"members": "read"} if allowed else {}))

    def install(self, account):
        """Install the App over another account and return the number of that installation."""
        self._ask("POST", "/_sandbox/installations", {"account": account})
        return next(one.id for one in self.forges.installations() if one.account == account)

    def permit(self, permissions):
        """Change what the App may do here."""
        self._ask("PATCH", f"/_sandbox/installations/{self.installation}", {"permissions": permissions})

    def suspend(self):
        self._ask("PATCH", f"/_sandbox/installations/{self.installation}", {"suspended": True})

    def _clone(self, name):
        """A fresh clone: repositories change their names, and others take them."""
        clone = self._folder / "clones" / f"{next(self._numbers)}"
        clone.mkdir(parents=True)
        url = self._sandbox.git_url.replace("://", f"://x-access-token:{self._sandbox.admin_token}@")
        self._git(clone, "clone", "--quiet", f"{url}/{self.org}/{name}.git", ".")
        return clone

    def _git(self, folder, *command):
        environment = {"PATH": os.environ["PATH"], **PLAIN, **PERSON}
        done = subprocess.run(
            ["git", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _ask(self, verb, path, body=None):
        answer = self._web.request(verb, self._sandbox.url + path, json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None


def zipped(files):
    """An archive as a run uploads it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for path, text in (files or {"index.html": "hello"}).items():
            out.writestr(path, text)
    return made.getvalue()
