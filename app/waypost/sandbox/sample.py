"""The sample organisation: thirty repositories of a company that sells things and brings them to your door.

It is data (the folder `sample/`), so people can read it; this module only loads it and can add generated services.
It holds what real organisations hold: one broken descriptor (returns), one name that two repositories claim
(payments-next), one repository nobody has described (nightly-scripts), one descriptor that goes away (gift-cards).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from waypost.catalog.documents import parse

OWNER = "acme"
CATALOG = "catalog"
Files = dict[str, str]

# Enough to look like an organisation: these fill up what --repositories asks for beyond the sample.
_TEAMS = {"payments": "checkout", "storefront": "shop", "fulfilment": "fulfilment", "tracking": "tracking"}
_WORDS = (
    "quote",
    "stock",
    "price",
    "route",
    "basket",
    "claim",
    "voucher",
    "parcel",
    "shelf",
    "refund",
    "audit",
    "rating",
)
_ROLES = ("service", "worker", "gateway", "exporter", "importer", "planner", "report", "sync", "archive")


def repositories(count: int = 0) -> dict[str, Files]:
    """Return {repository: {path: text}}, filled up with generated services to `count` repositories."""
    sample = {
        folder.name: _read(folder)
        for folder in sorted(Path(str(files("waypost.sandbox") / "sample" / OWNER)).iterdir())
    }
    for number in range(max(0, count - len(sample))):
        name, content = _generated(number)
        sample[name] = content
    return sample


def teams() -> dict[str, list[str]]:
    """Return {team: logins of its members}, as the catalog's registrations say it."""
    found: dict[str, list[str]] = {}
    for path, text in repositories()[CATALOG].items():
        for document in parse(text).documents if path.startswith("registrations/teams/") else ():
            name, spec = document.value["metadata"]["name"], document.value["spec"]
            if document.value["kind"] == "Group":
                found.setdefault(name, [])
            for team in spec.get("memberOf", ()):
                found.setdefault(team, []).append(name)
    return found


def people() -> list[str]:
    """Return the logins of everybody in a team."""
    return sorted({login for members in teams().values() for login in members})


def is_descriptor(path: str) -> bool:
    """Whether a file of the sample is what its team adds when it joins the catalog."""
    return path == "catalog-info.yaml"


def _read(folder: Path) -> Files:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _generated(number: int) -> tuple[str, Files]:
    team = list(_TEAMS)[number % len(_TEAMS)]
    turn, rest = divmod(number, len(_WORDS) * len(_ROLES))
    name = f"{_WORDS[rest % len(_WORDS)]}-{_ROLES[rest // len(_WORDS)]}" + (f"-{turn + 1}" if turn else "")
    descriptor = f"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  description: Made up to fill the catalog
  annotations:
    github.com/project-slug: {OWNER}/{name}
spec:
  type: service
  lifecycle: production
  owner: {team}
  system: {_TEAMS[team]}
  consumesApis:
    - orders-api
"""
    return name, {
        "README.md": f"# {name}\n\nMade up to fill the catalog.\n",
        ".github/CODEOWNERS": f"* @{OWNER}/{team}\n",
        "catalog-info.yaml": descriptor,
    }
