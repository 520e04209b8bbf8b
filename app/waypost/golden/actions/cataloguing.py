"""The actions about the catalog: catalog:register, catalog:write, catalog:fetch. Asks only the catalog it is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from waypost.catalog.block_yaml import write
from waypost.catalog.documents import parse
from waypost.catalog.refs import DEFAULT_NAMESPACE, full_ref, parse_ref
from waypost.golden.actions.action import Action, ActionFault, Input, NotYet, Outcome, Run
from waypost.golden.actions.schemas import anything, fields, flag, mapping, text, texts
from waypost.golden.addresses import Address, of_web
from waypost.golden.effects import FilesPushed, Registered
from waypost.golden.later import is_later, later
from waypost.golden.tree import File

_DESCRIPTOR = "catalog-info.yaml"
_SOURCE_TEMPLATE = "backstage.io/source-template"


def _register(input: Input, run: Run) -> Outcome:
    address, path = _where(input)
    effect = Registered(step=run.step, repository=address.full_name, path=path, is_optional=bool(input.get("optional")))
    ref = address.ref or run.default_branch(address.full_name) or "HEAD"
    url = input.get("catalogInfoUrl") or f"{address.web}/blob/{ref}/{path}"
    return Outcome([effect], {"catalogInfoUrl": url, "entityRef": _registered(run, effect) or later("entityRef")})


def _where(input: Input) -> tuple[Address, str]:
    """Return the repository and the path of the descriptor in it."""
    field = "catalogInfoUrl" if input.get("catalogInfoUrl") else "repoContentsUrl"
    url = input.get(field)
    if not url:
        raise ActionFault("say where the descriptor is: input.repoContentsUrl, or input.catalogInfoUrl")
    path = str(input.get("catalogInfoPath") or _DESCRIPTOR)
    if is_later(url) or is_later(path):
        raise NotYet(f"input.{field}")
    try:
        address = of_web(url)
    except ValueError as error:
        raise ActionFault(f"input.{field}: {error}") from error
    if field == "catalogInfoUrl":
        return address, address.path or _DESCRIPTOR
    steps = [step for step in path.split("/") if step not in ("", ".")]
    if not address.ref and len(steps) > 2 and steps[0] in ("blob", "tree"):
        return address._replace(ref=steps[1]), "/".join(steps[2:])
    inside = [] if path.startswith("/") or not address.path else [address.path]
    return address, "/".join([*inside, *steps])


def _registered(run: Run, registered: Registered) -> str:
    """Return the entity that a file of this plan declares: the first Component, else the first entity."""
    for effect in reversed(run.before):
        if isinstance(effect, FilesPushed) and effect.repository == registered.repository:
            file = effect.files.get(registered.path)
            run.pay(len(file.data) // 10 if isinstance(file, File) else 0)
            refs = list(_declared(file)) if isinstance(file, File) else []
            return next((ref for ref in refs if ref.startswith("component:")), refs[0] if refs else "")
    return ""


def _declared(file: File) -> Iterator[str]:
    for document in parse(file.data).documents:
        value = document.value if isinstance(document.value, dict) else {}
        metadata = value.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        kind, name = value.get("kind"), metadata.get("name")
        if isinstance(kind, str) and isinstance(name, str):
            yield full_ref(kind, str(metadata.get("namespace") or DEFAULT_NAMESPACE), name)


def _write(input: Input, run: Run) -> Outcome:
    entity = dict(input["entity"])
    metadata = entity.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    annotations = metadata.get("annotations")
    known = annotations if isinstance(annotations, Mapping) else {}
    metadata["annotations"] = {**known, _SOURCE_TEMPLATE: run.template}
    entity["metadata"] = metadata
    written = run.written.get("filePath")
    path = input.get("filePath") or _DESCRIPTOR
    run.workspace.put(path, File(write(entity).encode()), written if isinstance(written, str) else None)
    return Outcome()


def _fetch(input: Input, run: Run) -> Outcome:
    output: dict[str, Any] = {}
    if one := input.get("entityRef"):
        output["entity"] = _entity(one, input, run)
    if many := input.get("entityRefs"):
        output["entities"] = [_entity(ref, input, run) for ref in many]
    if not output and not input.get("optional"):
        raise ActionFault("say which entity: input.entityRef, or input.entityRefs")
    return Outcome(output=output)


def _entity(text: str, input: Input, run: Run) -> Mapping[str, Any] | None:
    if is_later(text):
        raise NotYet("input.entityRef")
    try:
        ref = str(parse_ref(text, input.get("defaultKind"), input.get("defaultNamespace") or DEFAULT_NAMESPACE))
    except ValueError as error:
        raise ActionFault(f"input.entityRef: {error}") from error
    if ref not in run.entities and not input.get("optional"):
        raise ActionFault(f"the catalog knows no {ref}. Correct it, or write optional: true")
    return run.entities.get(ref)


ACTIONS = [
    Action(
        "catalog:register",
        "Makes the entities of a repository known to the catalog.",
        fields(
            repoContentsUrl=text("The repository, as an address: ${{ steps.publish.output.repoContentsUrl }}"),
            catalogInfoPath=text("The descriptor in it; catalog-info.yaml if left out"),
            catalogInfoUrl=text("Or the descriptor, as an address"),
            optional=flag("Go on when there is no descriptor"),
        ),
        fields(catalogInfoUrl=text("The address of the descriptor"), entityRef=text("The entity it declares")),
        _register,
    ),
    Action(
        "catalog:write",
        "Writes a descriptor into the workspace.",
        fields(
            ("entity",),
            entity=mapping("The entity", anything("Any value")),
            filePath=text("Where to write it; catalog-info.yaml if left out"),
        ),
        fields(),
        _write,
    ),
    Action(
        "catalog:fetch",
        "Reads entities from the catalog.",
        fields(
            entityRef=text("The entity"),
            entityRefs=texts("Or several"),
            optional=flag("Go on when there is none"),
            defaultKind=text("Kind of refs that do not say it"),
            defaultNamespace=text("Namespace of refs that do not say it"),
        ),
        fields(entity=anything("The entity"), entities={"type": "array", "description": "The entities"}),
        _fetch,
    ),
]
