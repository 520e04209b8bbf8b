import pytest

from waypost.golden.expressions import UNDEFINED, Budget
from waypost.golden.steps import (
    Renderer,
    Status,
    StepFault,
    asks_for_status,
    is_truthy,
    is_wanted,
    iterations,
    secrets_read,
)
from waypost.golden.template import Step

CONTEXT = {
    "parameters": {"name": "pay", "port": 8080, "tags": ["a", "b"], "loud": False, "none": [], "map": {"x": 1}},
    "steps": {},
}


def renderer():
    return Renderer(Budget())


def step(condition=None, each=None, **input):
    return Step("one", "One", "debug:log", input, condition, each)


def inputs(step, secrets={}, context=CONTEXT):
    return [each.input for each in iterations(step, context, secrets, renderer())]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("${{ parameters.port }}", 8080, id="a sole expression keeps its type"),
        pytest.param("${{ parameters.tags }}", ["a", "b"], id="a list"),
        pytest.param("${{ parameters.map }}", {"x": 1}, id="an object"),
        pytest.param("port ${{ parameters.port }}", "port 8080", id="within text everything is text"),
        pytest.param(" ${{ parameters.port }}", " 8080", id="a space makes it text"),
        pytest.param("plain", "plain", id="plain text"),
        pytest.param(True, True, id="what is no text"),
        pytest.param(None, None, id="null"),
        pytest.param("x${{ parameters.gone }}", "x", id="undefined within text is nothing"),
    ],
)
def test_input_is_rendered(written, expected):
    assert inputs(step(value=written)) == [{"value": expected}]


def test_undefined_value_drops_its_key():
    assert inputs(step(a="${{ parameters.gone }}", b={"c": "${{ parameters.gone.deep }}"})) == [{"b": {}}]


def test_undefined_entry_of_a_list_is_null():
    assert inputs(step(a=["${{ parameters.gone }}", 1])) == [{"a": [None, 1]}]


@pytest.mark.parametrize("written", ["${{ parameters.name * 2 }}", "${{ parameters.gone - 1 }}"])
def test_what_is_not_a_number_is_null_and_no_condition_holds_for_it(written):
    assert inputs(step(a=written)) == [{"a": None}]
    assert not is_wanted(step(written), CONTEXT, renderer())


def test_keys_are_not_rendered():
    assert inputs(step(**{"${{ parameters.name }}": 1})) == [{"${{ parameters.name }}": 1}]


def test_what_cannot_be_rendered_stays_as_written_with_a_warning():
    one = renderer()
    [found] = iterations(step(a={"b": "${{ parameters.name || 'x' }}"}), CONTEXT, {}, one)
    assert found.input == {"a": {"b": "${{ parameters.name || 'x' }}"}}
    [fault] = one.warnings
    assert (fault.path, fault.is_error) == ("steps/one", False)
    assert fault.message.startswith("input.a.b stays as it is written: \"${{ parameters.name || 'x' }}\"")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param(None, True, id="none"),
        pytest.param(True, True, id="true"),
        pytest.param(False, False, id="false"),
        pytest.param("${{ parameters.port > 80 }}", True, id="holds"),
        pytest.param("${{ parameters.loud }}", False, id="does not hold"),
        pytest.param("${{ parameters.gone }}", False, id="undefined"),
        pytest.param("${{ parameters.none }}", False, id="an empty list"),
        pytest.param("${{ parameters.map }}", True, id="an object"),
        pytest.param("${{ parameters.loud }} ", True, id="text that is not empty"),
        pytest.param("", False, id="empty text"),
        pytest.param("${{ parameters.loud || true }}", True, id="what cannot be rendered is text"),
        pytest.param("${{ secrets.key }}", False, id="secrets are seen by inputs only"),
        pytest.param("${{ always() }}", True, id="always"),
        pytest.param("${{ failure() }}", False, id="nothing failed"),
    ],
)
def test_condition_decides_by_truthiness(condition, expected):
    assert is_wanted(step(condition), CONTEXT, renderer()) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [([], False), ({}, True), ("", False), (0, False), (None, False), (UNDEFINED, False), ("false", True), ([0], True)],
    ids=str,
)
def test_truthiness_is_that_of_conditions(value, expected):
    assert is_truthy(value) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("${{ always() }}", True, id="always"),
        pytest.param("${{ failure() and parameters.loud }}", True, id="failure, whatever it gives"),
        pytest.param("${{ parameters.loud and failure() }}", False, id="failure that is never reached"),
        pytest.param("${{ true }}", False, id="another condition"),
        pytest.param(True, False, id="no expression"),
    ],
)
def test_step_after_a_failure_must_ask_for_it(condition, expected):
    assert asks_for_status(step(condition), CONTEXT, Renderer(Budget(), Status(has_failed=True))) is expected


def test_each_runs_over_a_list():
    each = step(each="${{ parameters.tags }}", a="${{ each.key }}=${{ each.value }}")
    assert inputs(each) == [{"a": "0=a"}, {"a": "1=b"}]
    assert [one.key for one in iterations(each, CONTEXT, {}, renderer())] == ["0", "1"]


def test_each_runs_over_an_object_and_over_what_is_written_out():
    assert inputs(step(each="${{ parameters.map }}", a="${{ each.key }}=${{ each.value }}")) == [{"a": "x=1"}]
    assert inputs(step(each=["p", "${{ parameters.name }}"], a="${{ each.value }}")) == [{"a": "p"}, {"a": "pay"}]


def test_each_over_nothing_runs_not_at_all():
    assert inputs(step(each=[])) == []


def test_condition_of_each_is_asked_for_every_entry():
    each = step("${{ each.value == 'b' }}", "${{ parameters.tags }}")
    assert [one.is_skipped for one in iterations(each, CONTEXT, {}, renderer())] == [True, False]


@pytest.mark.parametrize("each", ["${{ parameters.gone }}", "${{ parameters.port }}", "text", 7], ids=str)
def test_each_over_what_is_no_list_is_refused(each):
    with pytest.raises(StepFault, match="each must be a list or an object"):
        inputs(step(each=each))


def test_each_over_too_many_entries_is_refused():
    with pytest.raises(StepFault, match="each has 5,000 entries; 1,000 are allowed at most"):
        inputs(step(each=["x"] * 5_000))


def test_secret_is_shown_as_stars_and_kept_beside():
    [found] = iterations(step(a="${{ secrets.key }}", b="${{ secrets.gone }}"), CONTEXT, {"key": "hunter2"}, renderer())
    assert found.input == {"a": "***"}
    assert found.hidden == {"a": "hunter2"}
    assert "hunter2" not in repr(found)


def test_secret_in_each_is_shown_as_stars_too():  # CVE-2026-106499
    each = step(each=[{"name": "A", "value": "${{ secrets.key }}"}], a="${{ each.value.value }}")
    [found] = iterations(each, CONTEXT, {"key": "hunter2"}, renderer())
    assert (found.input, found.hidden) == ({"a": "***"}, {"a": "hunter2"})


def test_secrets_that_an_input_reads_are_known():
    found = step(
        each="${{ secrets.list }}", a=["${{ secrets.b }}", {"c": "x ${{ secrets.a }}"}], token="${{ secrets.t }}"
    )
    assert secrets_read(found) == ["a", "b", "list"]
