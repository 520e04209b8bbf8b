"""A synthetic organisation on disk: repositories with descriptors as people write them, the same on every run."""

from __future__ import annotations

import os
from pathlib import Path

TEAM_SIZE = 20  # repositories of a team
SYSTEM_SIZE = 10
DOMAIN_SIZE = 100


def write(root: Path, repositories: int) -> int:
    """Write `repositories` checkouts and the catalog repository below root/acme; return the descriptors' bytes."""
    total = _registrations(root / "acme" / "catalog" / "registrations", repositories)
    for number in range(repositories):
        folder = root / "acme" / f"service-{number:05}"
        folder.mkdir(parents=True)
        text = descriptor(number, repositories)
        total += len(text)
        _file(folder / "catalog-info.yaml", text)
        _file(folder / "README.md", f"# service-{number:05}\n")
    return total


def descriptor(number: int, repositories: int, description: str = "") -> str:
    """One service with its API and, for every third, a database."""
    name, system = f"service-{number:05}", number // SYSTEM_SIZE
    near = [number - number % SYSTEM_SIZE + step for step in range(SYSTEM_SIZE)]
    calls = [other for other in near if other < number and other < repositories][-3:]
    consumed = "".join(f"    - service-{other:05}-api\n" for other in calls)
    database = f"    - resource:service-{number:05}-db\n" if not number % 3 else ""
    text = f"""\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  title: Service {number}
  description: {description or f"Does the work of number {number} for everybody who asks, and keeps a record of it."}
  labels:
    tier: "{1 + number % 3}"
  annotations:
    github.com/project-slug: acme/{name}
    grafana/dashboard-selector: service == '{name}'
    pagerduty.com/service-id: P{number:06X}
    sonarqube.org/project-key: acme_{name}
  tags:
    - python
    - backend
  links:
    - url: https://runbooks.acme.example/{name}
      title: Runbook
      icon: docs
spec:
  type: service
  lifecycle: production
  owner: team-{number // TEAM_SIZE:04}
  system: system-{system:04}
  providesApis:
    - {name}-api
"""
    text += f"  consumesApis:\n{consumed}" if consumed else ""
    text += f"  dependsOn:\n{database}" if database else ""
    text += f"""\
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: {name}-api
  description: How others ask {name}.
spec:
  type: openapi
  lifecycle: production
  owner: team-{number // TEAM_SIZE:04}
  system: system-{system:04}
  definition: |
    openapi: 3.1.0
    info:
      title: {name}
      version: 1.2.3
    paths:
      /orders/{{id}}:
        get:
          responses:
            "200":
              description: the order
"""
    if not number % 3:
        text += f"""\
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: {name}-db
  description: Where {name} keeps its record.
spec:
  type: database
  owner: team-{number // TEAM_SIZE:04}
  system: system-{system:04}
"""
    return text


def _registrations(folder: Path, repositories: int) -> int:
    total = 0
    folder.mkdir(parents=True)
    teams, systems = -(-repositories // TEAM_SIZE), -(-repositories // SYSTEM_SIZE)
    domains = -(-repositories // DOMAIN_SIZE)
    for kind, count, spec in (
        ("Group", teams, lambda n: "  type: team\n  children: []\n"),
        (
            "System",
            systems,
            lambda n: f"  owner: team-{n * SYSTEM_SIZE // TEAM_SIZE:04}\n  domain: domain-{n // 10:04}\n",
        ),
        ("Domain", domains, lambda n: f"  owner: team-{n * DOMAIN_SIZE // TEAM_SIZE:04}\n"),
    ):
        stem = "team" if kind == "Group" else kind.lower()
        for number in range(count):
            name = f"{stem}-{number:04}"
            text = (
                f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
                f"  description: The {stem} of number {number}.\nspec:\n{spec(number)}"
            )
            total += len(text)
            _file(folder / f"{name}.yaml", text)
    return total


def _file(path: Path, text: str) -> None:
    with open(os.fspath(path), "w", encoding="utf-8") as file:
        file.write(text)
