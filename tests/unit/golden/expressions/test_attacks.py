"""A template from a stranger reaches nothing but its values, and asks for no more than its budget."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.golden.expressions import UNDEFINED, Budget, BudgetExceeded, ExpressionError, evaluate, parse, render
from waypost.golden.expressions.regexes import translated

CONTEXT = {"values": {"name": "svc", "words": ["one"], "obj": {"a": 1}}}
LARGE = "{% set big = 'x' | center(1000000) %}"
FOREVER = "{% for i in range(900000) %}"

# Published escapes of Jinja, Nunjucks and other engines, and their relatives.
ESCAPES = [
    "values.__class__",
    "values.name.__class__.__mro__",
    "values.name.format",
    "values.name.format_map",
    "''['__cl' ~ 'ass__']",
    "values.words.__init__.__globals__",
    "cycler.__init__.__globals__.os",
    "joiner.__init__",
    "range.__self__",
    "values.obj.__getitem__",
    "values.obj.items",
    "values['con' ~ 'structor']",
    "range['con' ~ 'structor']",
    "values.name['const' ~ 'ructor']['const' ~ 'ructor']",
    "values.words | join(',', '__class__')",
    "values.words | groupby('__class__.__name__') | dump",
    "lipsum",
    "self",
    "self._TemplateReference__context",
    "config",
    "request",
    "get_flashed_messages",
    "namespace",
    "dict",
    "_self",
    "process",
    "global",
    "require",
    "values.name | attr('__class__')",
    "values.name | pick('__class__')",
    "values.words | pick('append')",
    "values.words | pick('__class__.__base__')",
    "('%s' | format('a')).__class__",
]


@pytest.mark.parametrize("expression", ESCAPES)
def test_nothing_of_python_can_be_reached(expression):
    try:
        value = evaluate("${{ " + expression + " }}", CONTEXT)
    except ExpressionError:
        return
    assert value is UNDEFINED or value in ("", '{"undefined":["one"]}'), value


@pytest.mark.parametrize("name", ["constructor", "prototype", "__proto__"])
@pytest.mark.parametrize(
    "template", ["${{ a.NAME }}", "${{ NAME }}", "${{ {NAME: 1} }}", "${{ a['NAME'] }}", "${{ a | NAME }}"]
)
def test_names_that_lead_to_javascripts_own_objects_are_refused(name, template):
    with pytest.raises(ExpressionError, match="reserved"):
        parse(template.replace("NAME", name))


@pytest.mark.parametrize("expression", ["lipsum()", "require('fs')", "range.constructor('x')()", "[].sort.call(1)"])
def test_nothing_foreign_can_be_called(expression):
    with pytest.raises(ExpressionError):
        evaluate("${{ " + expression + " }}", CONTEXT)


GREEDY = {
    "a wide text": "${{ 'x' | center(1000000000) }}",
    "a long range": "${{ range(1000000000) }}",
    "a range of fractions": "${{ range(0.5, 1000000000) }}",
    "loops in loops": "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
    "empty loops": "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
    "a text doubled": "{% set s = 'aaaaaaaa' %}" + "{% set s = s ~ s %}" * 40,
    "a list doubled and shown": "{% set s = [1] %}" + "{% set s = [s, s] %}" * 40 + "${{ s }}",
    "a list doubled and dumped": "{% set s = [1] %}" + "{% set s = [s, s] %}" * 40 + "${{ s | dump }}",
    "a list doubled by concat": "{% set s = [1] %}" + "{% set s = s.concat(s) %}" * 40,
    "a list that grows under its loop": "{% set l = [1] %}{% for x in l %}{% if l.push(x) %}{% endif %}{% endfor %}",
    "many small lists": FOREVER + "{% set l = [l, {a: [i]}] %}{% endfor %}",
    "many large texts": LARGE + "{% set l = [] %}" + FOREVER + "{% if l.push(big ~ i) %}{% endif %}{% endfor %}",
    "many outputs": LARGE + FOREVER + "${{ big }}{% endfor %}",
    "the same text changed over and over": LARGE + FOREVER + "{% if big.toUpperCase() %}{% endif %}{% endfor %}",
    "the same text compared over and over": LARGE
    + "{% set c = big ~ '' %}"
    + FOREVER
    + "{% if big == c %}{% endif %}{% endfor %}",
    "replacing with more": "${{ ('x' | center(1000000)) | replace(' ', 'y' | center(1000)) }}",
    "replacing nothing with more": "${{ ('x' | center(1000000)) | replace('', 'y' | center(1000)) }}",
    "a replacement that copies all before it": "${{ ('x' | center(1000000)).replace(r/ /g, '$`') }}",
    "a wide indent": "${{ ('x' | center(100000) | replace(' ', '\\n')) | indent(100000) }}",
    "joined with much": "${{ range(100000) | join('x' | center(10000)) }}",
    "a batch filled up": "${{ [1] | batch(1000000000, 'x') }}",
    "slices without end": "${{ [1] | slice(1000000000) }}",
    "a slice in tiny steps": "${{ 'x'[0:1:0.0000001] }}",
    "an object that claims a length": "${{ {length: 1000000000} | batch(1) }}",
    "a loop over a claimed length": "{% for x in {length: 1000000000} %}{% endfor %}",
    "sorting": "${{ range(400000) | sort | length }}",
    "filling": "{% set l = range(100000) %}" + FOREVER + "{% if l.fill(1) %}{% endif %}{% endfor %}",
    "inserting in front": "{% set l = range(100000) %}" + FOREVER + "{% if l.unshift(1) %}{% endif %}{% endfor %}",
    "searching a list": "{% set l = range(100000) %}" + FOREVER + "{% if 'x' in l %}{% endif %}{% endfor %}",
    "macros without end": "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}",
    "macros that fan out": "{% macro m(n) %}{% if n %}${{ m(n - 1) ~ m(n - 1) }}{% endif %}{% endmacro %}${{ m(40) }}",
    "calls without end": "{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}${{ m() }}",
    "a list in a list in a list": "{% set s = [1] %}" + FOREVER + "{% set s = [s] %}{% endfor %}${{ s }}",
    "brackets": "${{ " + "(" * 30_000 + "1" + ")" * 30_000 + " }}",
    "square brackets": "${{ " + "[" * 30_000 + "1" + "]" * 30_000 + " }}",
    "objects": "${{ " + "{a: " * 30_000 + "1" + "}" * 30_000 + " }}",
    "subscripts": "${{ " + "a[" * 30_000 + "1" + "]" * 30_000 + " }}",
    "negations": "${{ " + "not " * 30_000 + "1 }}",
    "signs": "${{ " + "-+" * 30_000 + "1 }}",
    "points": "${{ a" + ".b" * 30_000 + " }}",
    "calls": "${{ a" + "()" * 30_000 + " }}",
    "filters": "${{ a" + "|upper" * 30_000 + " }}",
    "conditions in conditions": "{% if 1 %}" * 30_000 + "{% endif %}" * 30_000,
    "a megabyte of code": "${{ values.a.b | default('x') ~ 1 }}\n" * 30_000,
}


@pytest.mark.parametrize("template", GREEDY.values(), ids=GREEDY.keys())
def test_a_greedy_template_is_stopped(template):
    with pytest.raises(BudgetExceeded) as caught:
        render(template, CONTEXT)
    assert caught.value.line >= 1


MODEST = {
    "a nested quantifier": ("${{ r/^(a+)+$/.test('" + "a" * 5000 + "b') }}", "false"),
    "searching backwards": (
        "{% set a = '' | center(1000000) %}${{ a.lastIndexOf('x' ~ ('' | center(500000))) }}",
        "-1",
    ),
    "tags that never close": ("${{ ('x' | center(500000) | replace(' ', '<a')) | striptags | length }}", "999999"),
    "comments that never close": (
        "${{ ('x' | center(200000) | replace(' ', '<!--')) | striptags | length }}",
        "799997",
    ),
    "digits": ("${{ ('9' | center(1000000) | replace(' ', '9')) | int }}", "Infinity"),
    "a long text": ("abc def\n" * 130_000 + "${{ 1 }}", "abc def\n" * 130_000 + "1"),
    "many comments": ("{##}" * 100_000, ""),
}


@pytest.mark.parametrize(("template", "text"), MODEST.values(), ids=MODEST.keys())
def test_a_hostile_but_small_template_takes_linear_time(template, text):
    assert render(template, CONTEXT) == text


# The kernel stops the process that needs more than two seconds for one of them, or 300 MB.
STOPPED = """
import resource, sys
from waypost.golden.expressions import BudgetExceeded, render
for template in sys.stdin.read().split("\\0"):
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 3
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    try:
        render(template, {"values": {"name": "svc"}})
    except BudgetExceeded:
        pass
    # not ru_maxrss: a child begins with the peak of the process that started it
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    if int(peak.split()[1]) > 300 * 1024:
        sys.exit("more than 300 MB: " + template[:200])
"""


def test_no_template_needs_more_than_two_seconds_and_300_megabytes():
    templates = [*GREEDY.values(), *(template for template, _ in MODEST.values())]
    done = subprocess.run(
        [sys.executable, "-c", STOPPED], input="\0".join(templates), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_list_cannot_contain_itself():
    with pytest.raises(ExpressionError, match="cannot contain itself"):
        render("{% set a = [] %}{% set b = [a] %}${{ a.push(b) }}", CONTEXT)


def test_one_budget_counts_over_many_files():
    budget = Budget(steps=100)
    files = ["${{ values.name | upper }}"] * 100
    with pytest.raises(BudgetExceeded):
        [render(file, CONTEXT, budget) for file in files]
    render(files[0], CONTEXT, Budget(steps=100))


def test_a_budget_is_ready_again_after_a_refusal():
    budget = Budget()
    with pytest.raises(BudgetExceeded):
        render(GREEDY["macros without end"], CONTEXT, budget)
    assert render("{% macro m() %}x{% endmacro %}${{ m() }}", CONTEXT, budget) == "x"


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?!a)b", "(?<=a)b", r"(a)\1", "a{1,2000}", "((a{100}){100}){100}"])
def test_patterns_that_need_more_than_linear_time_are_refused(pattern):
    with pytest.raises(ExpressionError, match="cannot be used"):
        parse("${{ r/" + pattern + "/.test('a') }}")


@pytest.mark.parametrize(
    ("pattern", "written"),
    [(r"\/\-\_", r"\/\-_"), ("[]", r"[^\x00-\x{10FFFF}]"), (r"[[\b]", r"[\[\x08]"), (r"\cA\0", r"\x{1}\x00")],
)
def test_patterns_are_written_as_re2_reads_them(pattern, written):
    assert translated(pattern) == written


SIGNS = ["${{", "}}", "{%", "%}", "{#", "#}", "-", "-}}", *"()[]{}.,:|~+*/%<>='\"\\", "//", "**", "==", "===", "!="]
NAMES = ["x", "values", "name", "words", "0", "1.5", "null", "true", "not", "and", "or", "in", "is", "if", "else", "m"]
TAGS = ["if", "for", "set", "macro", "call", "filter", "switch", "block", "raw"]
CALLS = ["upper", "join", "dump", "range", "push", "slice", "replace", "r/a/g", "case", "default", "elif"]
WORDS = [*SIGNS, *NAMES, *TAGS, *("end" + tag for tag in TAGS), *CALLS, " ", "\n", "é", "😀", "\ud800"]


def rendered(source):
    """Return the text, or the refusal."""
    try:
        return render(source, CONTEXT)
    except ExpressionError as error:
        return error


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_whatever_is_written_gives_a_text_or_a_refusal_with_its_place(source):
    result = rendered(source)
    if isinstance(result, ExpressionError):
        assert result.message
        assert 1 <= result.line <= source.count("\n") + 1
    else:
        result.encode("utf-8")


@pytest.mark.parametrize("depth", [90, 101])
def test_nesting_is_refused_with_its_place_before_the_stack_ends(depth):
    template = "${{ " + "(" * depth + "1" + ")" * depth + " }}"
    if depth <= 100:
        assert render(template, {}) == "1"
    else:
        with pytest.raises(BudgetExceeded, match="line 1, column 106: nested more than 100 levels"):
            render(template, {})
