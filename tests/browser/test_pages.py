"""The pages as people see them on GitHub: links lead somewhere, diagrams are drawn, nothing hostile gets through."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import pytest
import yaml

from browser.github import to_html, to_page
from golden.sample import catalog, site
from unit.pages.catalogs import SITE, entity, organisation, repository, snapshot
from unit.pages.catalogs import catalog as build
from waypost.limits import MARKDOWN_BYTES
from waypost.pages import render

pytestmark = pytest.mark.browser
NAUGHTY = yaml.safe_load((Path(__file__).parents[1] / "unit" / "pages" / "naughty.yaml").read_text("utf-8"))


class Links(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.targets, self.anchors = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.targets += [found[name] for name in ("href", "src") if name in found]
        self.anchors += [found[name] for name in ("id", "name") if name in found]


def definition(standard, texts):
    """A definition whose every text is one of these."""
    schemas = {
        text: {
            "description": "\n\n".join([text, f"- {text}", f"```{text}\n{text}", f"# {text}", f"**{text}** `{text}`"]),
            "type": ["object", text],
            "properties": {text: {"type": text, "description": text, "pattern": text, "default": text, "enum": [text]}},
            "oneOf": [{"$ref": f"#/components/schemas/{text}"}, {"type": text, "format": text}],
        }
        for text in texts
    }
    about = {"info": {"title": texts[0], "version": texts[1], "description": texts[-1]}, standard: "3.1.0"}
    about["components"] = {"schemas": schemas, "securitySchemes": {text: {"type": text} for text in texts}}
    told = {"summary": texts[0], "description": texts[-1], "security": [{text: [text] for text in texts}]}
    operations = {
        text: {
            "get": {
                **told,
                "tags": [text],
                "parameters": [{"name": text, "in": text, "description": text}],
                "requestBody": {"content": {text: {"schema": {"$ref": f"#/components/schemas/{text}"}}}},
                "responses": {text: {"description": text, "headers": {text: {"description": text}}}},
            }
        }
        for text in texts
    }
    message = {
        "oneOf": [
            {"name": text, "title": text, "payload": schemas[text], "headers": schemas[text], "bindings": {text: {}}}
            for text in texts[:3]
        ]
    }
    channels = {
        text: {
            "description": text,
            "parameters": {text: {"description": text}},
            "publish": {**told, "message": message},
        }
        for text in texts
    }
    if standard == "asyncapi":
        named = {text: {"url": text, "protocol": text, "description": text} for text in texts}
        return {**about, "asyncapi": "2.6.0", "channels": channels, "servers": named}
    servers = [{"url": text, "description": text} for text in texts]
    tags = [{"name": text, "description": text} for text in texts]
    return {**about, "paths": operations, "servers": servers, "tags": tags}


def hostile():
    """An organisation whose every text is from the naughty list."""
    home = repository(1, "catalog")
    texts = [f"{text} {number}" for number, text in enumerate(NAUGHTY)]
    links = [
        {"url": text, "title": text, "type": "runbook"}
        for text in [*texts, "javascript:alert(1)", "https://a.example/)(x"]
    ]
    made = [
        entity(
            home,
            "Group",
            "team",
            {"type": NAUGHTY[4], "children": [], "profile": {"email": "x@y.example\n](z)"}},
            title=NAUGHTY[14],
        )
    ]
    made.append(
        entity(
            home,
            "System",
            "system",
            {"owner": "team"},
            title='"]; click n0 "x" --> end',
            description="\n\n".join(texts),
        )
    )
    for number, text in enumerate(texts):
        spec = {
            "type": text,
            "lifecycle": text,
            "owner": "team",
            "system": "system",
            "dependsOn": [f"component:c{(number + 1) % len(texts)}"],
        }
        annotations = {
            "grafana/dashboard-selector": text,
            "argocd/app-name": text,
            "backstage.io/source-location": f"url:{text}",
        }
        made.append(
            entity(
                home,
                "Component",
                f"c{number}",
                spec,
                number,
                title=text,
                description=text,
                labels={"tier": text},
                tags=[text],
                links=links,
                annotations=annotations,
                path=f"{text}/catalog-info.yaml".replace("\0", "").strip("/"),
            )
        )
    made.append(
        entity(
            home,
            "API",
            "api",
            {"type": "openapi", "owner": "team", "definition": "\n".join(texts)},
            title="</details><script>alert(1)</script>",
        )
    )
    for standard in ("openapi", "asyncapi"):
        for size in (2, len(texts)):  # one page, and many
            spec = {"type": standard, "owner": "team", "definition": json.dumps(definition(standard, texts[:size]))}
            made.append(entity(home, "API", f"{standard}-{size}", spec, title=texts[0]))
    return dict(render(build([snapshot(home, *made)]), SITE))


SETS = {
    "sample": lambda: dict(render(catalog(), site())),
    "hostile": hostile,
    "three hundred": lambda: dict(render(build(organisation(300)), SITE)),
}


@pytest.fixture(scope="module", params=SETS)
def pages(request):
    return {path: text for path, text in SETS[request.param]().items() if path.endswith(".md")}


def test_every_link_and_anchor_leads_somewhere(pages):
    seen = {path: Links(to_html(text)) for path, text in pages.items()}
    broken = []
    for path, found in seen.items():
        for target in found.targets:
            if target.startswith(("https://", "mailto:")):
                continue
            file, _, anchor = target.partition("#")
            place = normpath(join(dirname(path), unquote(file))) if file else path
            if place.startswith("entities/"):
                continue  # no Markdown: tests/unit/pages/test_sizes.py
            if place not in seen or (anchor and anchor not in seen[place].anchors):
                broken.append((path, target))
    assert not broken
    twice = {path for path, found in seen.items() if len(set(found.anchors)) != len(found.anchors)}
    assert not twice


def test_links_are_https_or_mailto_or_within_the_catalog(pages):
    for path, text in pages.items():
        for target in Links(to_html(text)).targets:
            is_relative = ":" not in target and not target.startswith("//")
            assert is_relative or target.startswith(("https://", "mailto:")), (path, target)


def test_no_page_is_cut(pages):
    assert max(len(text.encode()) for text in pages.values()) <= MARKDOWN_BYTES


def test_every_diagram_is_drawn(pages, chromium):
    diagrams = [
        block
        for text in pages.values()
        for block in re.findall(r"^```mermaid\n.*?^```$", text, re.DOTALL | re.MULTILINE)
    ]
    assert diagrams
    tab = chromium.new_page()
    tab.set_content(to_page("\n\n".join(diagrams[:60])))
    tab.evaluate("window.drawn")
    assert tab.evaluate("window.failed") == []
    assert tab.locator(".diagram svg").count() == len(diagrams[:60])
    drawn = tab.evaluate("[...document.querySelectorAll('.diagram')].map(one => one.textContent).join(' ')")
    assert "Unsupported markdown" not in drawn
    assert "Syntax error" not in drawn
    tab.close()


def test_nothing_runs_is_fetched_or_scrolls_sideways(pages, chromium):
    tab = chromium.new_page(viewport={"width": 320, "height": 800})
    asked, dialogs = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    largest = sorted(pages, key=lambda path: len(pages[path]))[-5:]
    for path in {"README.md", *largest}:
        tab.set_content(to_page(pages[path]))
        tab.evaluate("window.drawn")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path
    assert not [url for url in asked if not url.startswith(("data:", "about:"))]
    assert not dialogs
    tab.close()
