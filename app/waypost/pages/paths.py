"""Which file of the catalog repository holds what. Every path of ours is lower-case, sharded, the same on every run.

Folders are sharded by the first two hex digits of sha256(name), so that none outgrows what GitHub lists.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

# Ours to write and to remove; the rest is people's. So is an issue form of such a name that does not bear our mark.
FORMS = ".github/ISSUE_TEMPLATE/create-"
GENERATED = ("README.md", "entities/", "pages/", ".waypost/", FORMS)

README = "README.md"
ALL_ENTITIES = "entities/all.yaml"
FIND = "pages/find/README.md"
OWNERS = "pages/find/owners.md"
PROBLEMS = "pages/problems/README.md"
COVERAGE = "pages/coverage/README.md"
CREATE = "pages/create.md"
REGISTER = "pages/register.md"
START = "pages/start-here.md"
DOCS_BRANCH = "waypost-docs"  # where the documentation of repositories is collected

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.~")


def is_generated(path: str) -> bool:
    """Say whether Waypost may write or remove this path of the catalog repository."""
    return path.startswith(GENERATED[1:]) or path == README


@lru_cache(maxsize=8_192)
def shard(name: str) -> str:
    """Two hex digits that spread names evenly."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:2]


def docs_place(ref: str) -> str:
    """<namespace>/<kind>/<name>: where collected documentation lies, as Backstage TechDocs lays it out."""
    kind, _, rest = ref.partition(":")
    namespace, _, name = rest.partition("/")
    return f"{plain(namespace)}/{plain(kind)}/{plain(name)}"


@lru_cache(maxsize=8_192)
def _place(ref: str) -> str:
    kind, _, rest = ref.partition(":")
    namespace, _, name = rest.partition("/")
    return f"{plain(kind)}/{plain(namespace)}/{shard(name)}/{plain(name)}"


def entity_file(ref: str) -> str:
    """entities/<kind>/<namespace>/<xx>/<name>.yaml"""
    return f"entities/{_place(ref)}.yaml"


def page_file(ref: str) -> str:
    """pages/<kind>/<namespace>/<xx>/<name>.md"""
    return f"pages/{_place(ref)}.md"


def part_file(ref: str, section: str, prefix: str) -> str:
    """A further page of an entity whose list outgrew its own: pages/<kind>/.../<name>/<section>/<prefix>.md"""
    return f"pages/{_place(ref)}/{section}/{plain(prefix)}.md"


def form_file(ref: str) -> str:
    """The issue form of a template of the default namespace, where GitHub looks for it."""
    return f"{FORMS}{plain(ref.rpartition('/')[2])}.yml"


def list_file(kind: str, prefix: str = "") -> str:
    """The list of a kind, or the part of it whose names begin with a prefix."""
    return f"pages/find/{plain(kind)}/{plain(prefix)}.md" if prefix else f"pages/find/{plain(kind)}.md"


def index_file(hexes: str) -> str:
    """The JSON index of the entities whose name has this shard."""
    return f".waypost/index/{hexes}.json"


def locations_file(hexes: str) -> str:
    """The Backstage Location of one shard of entity files, when a single one would be too long."""
    return f"entities/all-{hexes}.yaml"


def owner_problems_file(owner: str) -> str:
    """The problems of one owner, when they do not fit on one page together; "" for what nobody owns."""
    return f"pages/problems/{_place(owner)}.md" if owner else "pages/problems/unowned.md"


def plain(text: str) -> str:
    """Return text as one safe path segment: lower-case ASCII, anything else percent-encoded, never a dot alone."""
    if _PLAIN.issuperset(text) and text[:1] != "." and text:
        return text
    kept = (chr(byte) if chr(byte) in _PLAIN else f"%{byte:02x}" for byte in text.lower().encode("utf-8", "replace"))
    whole = "".join(kept)
    return f"%2e{whole[1:]}" if whole[:1] == "." else whole or "%00"
