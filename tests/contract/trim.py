"""Trim GitHub's own descriptions (REST, webhooks, GraphQL) to what Waypost uses or may soon use.

`python tests/contract/trim.py FOLDER` reads the npm packages unpacked in FOLDER (data/README.md says how) and writes
the two data files. What is left out is prose, examples and operations; nothing that is kept is changed, except that
the OpenAPI 3.0 dialect becomes JSON Schema 2020-12, which validators know.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

from graphql import build_schema, print_schema

DATA = Path(__file__).parent / "data"
REST = "openapi/generated/api.github.com.json"
GRAPHQL = "graphql-schema/schema.graphql"

OF_A_REPOSITORY = (
    "actions|autolinks|automated-security-fixes|assignees|branches|check-runs|check-suites|collaborators|comments|"
    "commits|compare|contents|contributors|deployments|dispatches|environments|forks|git|hooks|immutable-releases|"
    "installation|issues|keys|labels|languages|license|merge-upstream|merges|milestones|pages|"
    "private-vulnerability-reporting|properties|pulls|readme|releases|rules|rulesets|statuses|tags|tarball|teams|"
    "topics|transfer|vulnerability-alerts|zipball"
)
OF_AN_ORGANISATION = (
    "hooks|installation|installations|invitations|members|memberships|outside_collaborators|properties|"
    "public_members|repos|rulesets|teams|actions/secrets|actions/variables|actions/permissions|issues"
)
KEPT_PATHS = re.compile(
    r"/(?:meta|rate_limit|zen|markdown|installation/.*|app|app/.*|app-manifests/.*|apps/\{app_slug\}|repositories)?"
    rf"|/orgs/\{{org\}}(?:/(?:{OF_AN_ORGANISATION})(?:/.*)?)?"
    rf"|/repos/\{{owner\}}/\{{repo\}}(?:/(?:{OF_A_REPOSITORY})(?:/.*)?)?"
    r"|/repos/\{template_owner\}/\{template_repo\}/generate"
    r"|/search/(?:code|issues|repositories)"
    r"|/teams/\{team_id\}.*"
    r"|/user(?:/(?:repos|orgs|teams|installations.*|memberships/orgs.*))?"
    r"|/users/\{username\}(?:/(?:repos|orgs|installation))?"
)
KEPT_EVENTS = re.compile(
    r"(?:branch-protection-rule|check-run|check-suite|create|custom-property|custom-property-values|delete|"
    r"deploy-key|deployment|deployment-status|fork|installation|installation-repositories|issue-comment|issues|label|"
    r"member|membership|organization|page-build|ping|public|pull-request|push|release|repository|"
    r"repository-dispatch|repository-ruleset|status|team|team-add|workflow-dispatch|workflow-job|workflow-run)"
    r"(?:-(?:added|archived|assigned|closed|completed|created|delete|deleted|edited|in-progress|labeled|locked|"
    r"member-added|member-removed|opened|privatized|publicized|removed|renamed|reopened|requested|requested-action|"
    r"rerequested|suspend|synchronize|transferred|unarchived|unassigned|unlabeled|unlocked|unsuspend|updated|"
    r"added-to-repository|queued|waiting|removed-from-repository|new-permissions-accepted|released|published|"
    r"sample\.collected))?"
)
PROSE = {"description", "example", "examples", "summary", "externalDocs", "title", "x-github", "x-octokit", "default"}


def dialect(schema: Any) -> Any:
    """Say an OpenAPI 3.0 schema in JSON Schema 2020-12: `nullable`, and no prose."""
    if isinstance(schema, list):
        return [dialect(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    said = {
        # below `properties` a key is a field's name, so a field named "description" must stay
        key: {name: dialect(field) for name, field in value.items()} if key == "properties" else dialect(value)
        for key, value in schema.items()
        if key not in PROSE and key not in ("nullable", "readOnly", "deprecated")
    }
    if not schema.get("nullable"):
        return said
    if "enum" in said and None not in said["enum"]:
        said["enum"] = [*said["enum"], None]
    if set(said) & {"$ref", "allOf", "oneOf", "anyOf"}:
        return {"anyOf": [said, {"type": "null"}]}
    return {**said, "type": [said["type"], "null"]} if "type" in said else said


def operation(raw: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Keep what an exchange can be checked against; parameters and responses inlined."""

    def inlined(value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            _, _, group, name = value["$ref"].split("/")
            value = components[group][name]
        return value

    def content(value: dict[str, Any]) -> dict[str, Any]:
        return {kind: dialect(media.get("schema", {})) for kind, media in value.get("content", {}).items()}

    body = inlined(raw.get("requestBody", {}))
    return {
        "parameters": [
            {"name": p["name"], "in": p["in"], "required": p.get("required", False), "schema": dialect(p["schema"])}
            for p in map(inlined, raw.get("parameters", []))
            if p["in"] in ("path", "query")
        ],
        "body": content(body),
        "bodyRequired": body.get("required", False),
        "responses": {status: content(inlined(answer)) for status, answer in raw["responses"].items()},
    }


def used(value: Any) -> set[str]:
    """Name every component schema that a value refers to."""
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(value)))


def trim(raw: dict[str, Any]) -> dict[str, Any]:
    """Keep the chosen operations and events, and the schemas that they reach."""
    components = raw["components"]
    paths = {
        path: {method: operation(one, components) for method, one in sorted(methods.items())}
        for path, methods in sorted(raw["paths"].items())
        if KEPT_PATHS.fullmatch(path)
    }
    events = {
        name: dialect(hook["post"]["requestBody"]["content"]["application/json"]["schema"])
        for name, hook in sorted(raw["x-webhooks"].items())
        if KEPT_EVENTS.fullmatch(name)
    }
    schemas: dict[str, Any] = {}
    wanted = used([paths, events])
    while wanted:
        fresh = {name: dialect(components["schemas"][name]) for name in wanted}
        schemas |= fresh
        wanted = used(fresh) - schemas.keys()
    return {
        "version": raw["info"]["version"],
        "paths": paths,
        "events": events,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def write(name: str, text: str) -> None:
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (DATA / name).write_bytes(packed)
    print(f"{name}: {len(text):,} characters, {len(packed):,} bytes packed", file=sys.stderr)


def main(folder: Path) -> None:
    rest = trim(json.loads((folder / REST).read_text(encoding="utf-8")))
    print(f"{sum(map(len, rest['paths'].values()))} operations, {len(rest['events'])} events", file=sys.stderr)
    write("rest.json.gz", json.dumps(rest, separators=(",", ":"), ensure_ascii=False))
    # GitHub states two fields twice, so the text is not asked to be valid SDL
    schema = build_schema((folder / GRAPHQL).read_text(encoding="utf-8"), no_location=True, assume_valid_sdl=True)
    write("schema.graphql.gz", print_schema(undescribed(schema)))


def undescribed(schema: Any) -> Any:
    """Forget what types, fields, arguments and values say about themselves: most of the file."""
    for kind in schema.type_map.values():
        kind.description = None
        for part in [*getattr(kind, "fields", {}).values(), *getattr(kind, "values", {}).values()]:
            # a few deprecations break the specification's own rule, and validators then refuse the whole schema
            part.description = part.deprecation_reason = None
            for argument in getattr(part, "args", {}).values():
                argument.description = argument.deprecation_reason = None
    return schema


if __name__ == "__main__":
    main(Path(sys.argv[1]))
