"""Our part of the GraphQL schema says nothing that GitHub's own does not."""

from pathlib import Path

import pytest
from graphql import build_schema

import waypost.sandbox.graphql
from contract.checker import github_schema

OURS = build_schema((Path(waypost.sandbox.graphql.__file__).parent / "schema.graphql").read_text())
KINDS = sorted(name for name in OURS.type_map if not name.startswith("__"))


@pytest.mark.parametrize("name", KINDS)
def test_type_is_a_part_of_githubs(name):
    ours, theirs = OURS.type_map[name], github_schema().type_map[name]
    assert type(ours) is type(theirs)
    assert set(getattr(ours, "values", {})) == set(getattr(theirs, "values", {}))
    for field, described in getattr(ours, "fields", {}).items():
        wanted = theirs.fields[field]
        assert str(described.type) == str(wanted.type), field
        for argument, taken in getattr(described, "args", {}).items():
            assert str(taken.type) == str(wanted.args[argument].type), (field, argument)
            assert taken.default_value == wanted.args[argument].default_value


def test_required_arguments_of_githubs_are_there():
    for name in KINDS:
        for field, described in getattr(OURS.type_map[name], "fields", {}).items():
            wanted = getattr(github_schema().type_map[name].fields[field], "args", {})
            required = {one for one, taken in wanted.items() if str(taken.type).endswith("!")}
            assert required <= set(getattr(described, "args", {})), (name, field)
