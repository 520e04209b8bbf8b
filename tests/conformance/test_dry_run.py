"""Our plans against Backstage's own dry runs of real templates, record by record.

The corpus stays outside the project (see conftest). Valid and invalid records are counted apart: refusing everything
would otherwise look like half a success. What depends on outputs, user or secrets is not compared.
"""

import json
from copy import deepcopy
from functools import cache

import pytest

from waypost.golden.parameters import check
from waypost.golden.plan import plan
from waypost.golden.template import read

# Records where we differ on purpose: (file, number of the record in the data) -> why.
DIFFERENT = {}
AGREEMENT = 0.98


@cache
def records(corpus):
    with (corpus / "expected" / "dry_run.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def template(file):
    return read(file.read_text(encoding="utf-8"), file.name)


def planned(corpus, record):
    # No skeletons: the records are about parameters and inputs, and most skeletons of the corpus are not whole.
    return plan(template(corpus / record["file"]), record["parameters"], lambda url: None, is_dry_run=True)


def without(value, path):
    """Remove the leaf at a path, where there is one."""
    *parents, last = path
    for step in parents:
        if isinstance(value, dict):
            value = value.get(step)
        else:
            value = value[int(step)] if isinstance(value, list) and int(step) < len(value) else None
    if isinstance(value, dict):
        value.pop(last, None)
    elif isinstance(value, list) and int(last) < len(value):
        value[int(last)] = None


def comparable(value, leaves):
    if [] in leaves:
        return None
    value = deepcopy(value)
    for path in leaves:
        without(value, path)
    return value


def difference(record, made):
    """Return the first thing in which a plan differs from Backstage's run; None when there is none."""
    if [step.id for step in made.steps] != [step["id"] for step in record["steps"]]:
        return "ids", [step.id for step in made.steps]
    for theirs, ours in zip(record["steps"], made.steps, strict=True):
        leaves = theirs.get("context_dependent", [])
        if (theirs["action"], theirs.get("skipped", False)) != (ours.action, ours.is_skipped):
            return theirs["id"], ours
        if comparable(theirs.get("input", {}), leaves) != comparable(dict(ours.input), leaves):
            return theirs["id"], theirs.get("input"), ours.input
    leaves = record.get("output_context_dependent", [])
    if comparable(record["output"], leaves) != comparable(dict(made.output), leaves):
        return "output", record["output"], made.output
    return None


def test_plans_of_valid_parameters_agree_with_backstage(corpus):
    valid = [(number, record) for number, record in enumerate(records(corpus)) if record["valid"]]
    different = {}
    for number, record in valid:
        made = planned(corpus, record)
        found = [fault for fault in made.faults if fault.is_error] or None
        if found is None and "error" not in record:
            found = difference(record, made)
        if found is not None:
            different[record["file"], number] = found
    assert len(valid) >= 100
    assert different.keys() == {key for key in DIFFERENT if records(corpus)[key[1]]["valid"]}, different
    assert len(different) <= len(valid) * (1 - AGREEMENT)


def test_parameters_that_backstage_refuses_are_refused(corpus):
    invalid = [(number, record) for number, record in enumerate(records(corpus)) if not record["valid"]]
    accepted = {}
    for number, record in invalid:
        _, faults = check(template(corpus / record["file"]), record["parameters"])
        if not faults:
            accepted[record["file"], number] = record["why"], record["errors"]
    assert len(invalid) >= 150
    assert accepted.keys() == {key for key in DIFFERENT if not records(corpus)[key[1]]["valid"]}, accepted
    assert len(accepted) <= len(invalid) * (1 - AGREEMENT)


def test_refusal_names_the_field_that_was_made_wrong(corpus):
    for record in records(corpus):
        words = record.get("why", "").split()
        if record["valid"] or len(words) < 2:
            continue
        _, faults = check(template(corpus / record["file"]), record["parameters"])
        named = {fault.path.partition("[")[0].partition(".")[0] for fault in faults}
        assert words[-1] in named, (record["file"], record["why"], faults)
        assert all(fault.message for fault in faults)


@pytest.mark.parametrize("format", ["json", "text"])
def test_command_gives_the_same_verdicts(corpus, tmp_path, capsys, format):
    from waypost.cli import main

    for number, record in enumerate(records(corpus)[::10]):
        values = tmp_path / f"{number}.json"
        values.write_text(json.dumps(record["parameters"]), encoding="utf-8")
        folder, out = str((corpus / record["file"]).parent), str(tmp_path / f"out{number}")
        root = str(corpus / "/".join(record["file"].split("/")[:2]))
        code = main(
            ["template", "render", folder, "--values", str(values), "--out", out, "--root", root, "--format", format]
        )
        said = capsys.readouterr().out
        if format == "json":
            assert json.loads(said)["valid"] is record["valid"], record["file"]
        if not record["valid"]:
            assert code == 1
            assert not (tmp_path / f"out{number}").exists()
