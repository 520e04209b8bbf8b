"""A template that people ask for in issues, and an issue in a sandbox with what they do in it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from waypost.create.door.look import Counter, look
from waypost.create.door.words import DRY_RUN, STATUS
from waypost.create.job import Means
from waypost.golden.forms import issue_body
from waypost.golden.template import read

TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: note
  title: A note
spec:
  owner: platform
  type: service
  parameters:
    - title: About
      required: [name, owner]
      properties:
        name: {title: Name, type: string, pattern: '^[a-z-]+$'}
        owner: {title: Owner, type: string, ui:field: OwnerPicker}
        purpose: {title: Purpose, type: string, default: none}
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values: {name: '${{ parameters.name }}', owner: '${{ parameters.owner }}', purpose: '${{ parameters.purpose }}'}
    - id: publish
      name: Publish
      action: publish:github
      input: {repoUrl: 'github.com?owner=ORG&repo=${{ parameters.name }}', repoVisibility: private}
    - id: register
      name: Register
      action: catalog:register
      input: {repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}', catalogInfoPath: /catalog-info.yaml}
"""
SECRET = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: hush}
spec:
  owner: platform
  type: service
  parameters:
    - required: [name, key]
      properties:
        name: {type: string}
        key: {type: string, ui:field: Secret}
  steps: []
"""
INFO = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: '${{ values.name }}', description: '${{ values.purpose }}'}
spec: {type: service, lifecycle: experimental, owner: '${{ values.owner }}'}
"""
AGREED = "create:\n  allow:\n    - {teams: [payments], templates: ['*'], owners: ['*'], approvers: [platform]}\n"


@dataclass
class Issue:
    """An issue in the catalog repository and who does what in it."""

    town: object
    number: int

    def ask(self, method, path, body=None, who=""):
        token = self.town.tokens[who] if who else None
        where = f"/repos/{self.town.organisation}/catalog/issues{path}"
        return self.town.ask(method, where, body, token)

    def look(self, dry=False, say=lambda text: None, **more):
        """Look as the App, some seconds later."""
        self.town.later()
        forges = self.town.connect()
        catalog = f"{self.town.organisation}/catalog"
        desk = forges.forge(self.town.installation).desk(catalog)
        means = Means(time.time, lambda seconds: None, say)
        counter = Counter(desk, self.town.workshop(), catalog, means, wait=0.0, is_dry=dry, **more)
        outcome = look(counter, self.number)
        self.town.later()
        return outcome

    def say(self, who, body):
        return self.ask("POST", f"/{self.number}/comments", {"body": body}, who)

    def edit(self, who, **fields):
        self.ask("PATCH", f"/{self.number}", fields, who)

    def label(self, label, who=""):
        self.ask("POST", f"/{self.number}/labels", {"labels": [label]}, who)

    def comment(self, marker):
        found = [one["body"] for one in self.ask("GET", f"/{self.number}/comments") if one["body"].startswith(marker)]
        assert len(found) < 2
        return found[0] if found else ""

    @property
    def dry_run(self):
        return self.comment(DRY_RUN)

    @property
    def status(self):
        return self.comment(STATUS)

    @property
    def hash(self):
        return self.dry_run.split()[2]

    @property
    def shown(self):
        return self.ask("GET", f"/{self.number}")

    @property
    def labels(self):
        return {label["name"] for label in self.shown["labels"]}


def template(town, text=TEMPLATE):
    return {
        "templates/note/template.yaml": text.replace("ORG", town.organisation),
        "templates/note/skeleton/catalog-info.yaml": INFO,
        "templates/note/skeleton/README.md": "# ${{ values.name }}\n",
        "templates/hush/template.yaml": SECRET,
    }


def put(town, files):
    town.ask("POST", "/_sandbox/commits", {f"{town.organisation}/catalog": files})


def form(**values):
    return issue_body(read(TEMPLATE), {"name": "pay", "owner": "payments", **values})
