"""A skeleton of sixty files as a service has them, in the words of any of three template engines."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VALUES = {
    "name": "payments-api",
    "package": "payments_api",
    "owner": "team-payments",
    "description": "Takes payments and pays out",
    "region": "eu-central-1",
    "port": 8080,
    "database": True,
    "environments": ["dev", "staging", "production"],
}


@dataclass(frozen=True)
class Dialect:
    """How an engine writes a value and its end."""

    before: str  # ${{ values.
    after: str = " }}"
    of_blocks: str = "values."  # what stands before a value in {% if ... %}


BACKSTAGE = Dialect("${{ values.")
COOKIECUTTER = Dialect("{{ cookiecutter.", of_blocks="cookiecutter.")
COPIER = Dialect("{{ ", of_blocks="")


def write(folder: Path, dialect: Dialect) -> int:
    """Write the sixty files; return how many bytes they have."""
    files = _files(dialect)
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    assert len(files) == 60, len(files)
    return sum(map(len, files.values()))


def _files(dialect: Dialect) -> Mapping[str, bytes]:
    chance = random.Random(60)
    texts: dict[str, str] = {
        "README.md": "# <name>\n\n<description>\n\nOwner: <owner>\n" + _prose(chance, 30),
        "catalog-info.yaml": _CATALOG,
        ".gitignore": "__pycache__/\n.venv/\ndist/\n*.egg-info/\n.terraform/\n" * 3,
        ".editorconfig": "root = true\n[*]\nindent_style = space\nindent_size = 4\n",
        "LICENSE": _prose(chance, 120),
        "pyproject.toml": _PYPROJECT,
        "Dockerfile": "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install .\n"
        'EXPOSE <port>\nCMD ["python", "-m", "<package>"]\n',
        "Makefile": "test:\n\tpytest\nrun:\n\tpython -m <package>\nimage:\n\tdocker build -t <name> .\n",
        ".github/CODEOWNERS": "* @acme/<owner>\n",
        ".github/dependabot.yml": _DEPENDABOT,
        ".github/workflows/ci.yml": _WORKFLOW,
        ".github/workflows/release.yml": _WORKFLOW.replace("ci", "release"),
    }
    texts |= {f"src/<package>/{name}.py": _module(chance, name) for name in _MODULES}
    texts |= {f"tests/test_{name}.py": _test(chance, name) for name in _MODULES}
    texts |= {f"infra/{name}.tf": _terraform(chance, name) for name in ("main", "network", "service", "database")}
    texts |= {f"infra/{name}.tfvars": 'region = "<region>"\nname = "<name>"\n' for name in ("dev", "staging", "prod")}
    texts |= {f"docs/{name}.md": f"# {name} of <name>\n\n" + _prose(chance, 40) for name in _PAGES}
    data = {_said(path, dialect): _said(text, dialect).encode() for path, text in texts.items()}
    data["docs/logo.png"] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + zlib.compress(chance.randbytes(20_000))
    data["docs/favicon.ico"] = b"\0\0\1\0" + chance.randbytes(4_000)
    return data


def _said(text: str, dialect: Dialect) -> str:
    for name in VALUES:
        text = text.replace(f"<{name}>", f"{dialect.before}{name}{dialect.after}")
        text = text.replace(f"%{name}%", f"{dialect.of_blocks}{name}")
    return text.replace("<item>", dialect.before.replace("values.", "").replace("cookiecutter.", "") + "item }}")


def _prose(chance: random.Random, lines: int) -> str:
    return "".join(" ".join(chance.choices(_WORDS, k=14)) + "\n" for _ in range(lines))


def _module(chance: random.Random, name: str) -> str:
    functions = "".join(
        f'\n\ndef {name}_{number}(value: int) -> int:\n    """{" ".join(chance.choices(_WORDS, k=8))}."""\n'
        f"    if value > {chance.randrange(100)}:\n        return value * {chance.randrange(9)}\n    return value\n"
        for number in range(chance.randrange(3, 12))
    )
    head = f'"""{name} of <name>: <description>."""\n\nfrom <package> import settings\n'
    return f'{head}\nNAME = "<name>"\nPORT = <port>\n{functions}'


def _test(chance: random.Random, name: str) -> str:
    head = "" if len(name) % 2 else f"from <package> import {name}, settings\nOWNER, PORT = '<owner>', <port>\n"
    return f"import pytest\n{head}" + "".join(
        f"\n\ndef test_{number}():\n    assert {name}.{name}_{number}({chance.randrange(9)}) >= 0\n"
        for number in range(5)
    )


def _terraform(chance: random.Random, name: str) -> str:
    blocks = "".join(
        f'resource "aws_{name}" "r{number}" {{\n  name   = "<name>-{number}"\n  region = "<region>"\n'
        f'  size   = {chance.randrange(100)}\n  tags   = {{ owner = "<owner>" }}\n}}\n'
        for number in range(6)
    )
    return f'{blocks}{{% if %database% %}}\nresource "aws_db" "main" {{\n  name = "<name>"\n}}\n{{% endif %}}\n'


# fmt: off
_WORDS = [
    "service", "takes", "what", "it", "given", "and", "says", "became", "of",
    "before", "anybody", "has", "to", "ask", "for", "more",
]
_MODULES = [
    "app", "api", "models", "store", "events", "queue", "clients", "settings", "logs",
    "metrics", "health", "auth", "cache", "jobs", "errors", "dates", "money", "text",
]
# fmt: on
_PAGES = ("index", "running", "deploying")
_CATALOG = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: <name>
  description: <description>
  annotations:
    github.com/project-slug: acme/<name>
spec:
  type: service
  lifecycle: production
  owner: <owner>
"""
_PYPROJECT = """[project]
name = "<name>"
description = "<description>"
version = "0.1.0"
requires-python = ">=3.13"
dependencies = ["flask"{% if %database% %}, "sqlalchemy"{% endif %}]

[project.scripts]
<name> = "<package>.app:main"
"""
_DEPENDABOT = """version: 2
updates:
{% for item in %environments% %}
  - package-ecosystem: terraform
    directory: /infra/<item>
    schedule: {interval: weekly}
{% endfor %}
"""
_WORKFLOW = """name: ci of <name>
on: [push]
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-24.04
    env:
      SERVICE: <name>
    steps:
      - uses: actions/checkout@v5
      - run: pip install . && pytest
{% raw %}
      - run: echo "${{ github.sha }} by ${{ github.actor }}"
        if: ${{ github.ref == 'refs/heads/main' }}
{% endraw %}
"""
