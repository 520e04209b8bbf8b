import pytest

from waypost.golden.parameters.patterns import PatternFault, in_words, matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("b", "abc", True, id="anywhere"),
        pytest.param("^[a-z]+$", "abc\n", False, id="the end is the end"),
        pytest.param(r"\d", "٣", False, id="only our digits"),
        pytest.param(r"\u0041", "A", True, id="letters by number"),
        pytest.param("^.$", "😀", True, id="an emoji is one letter"),
        pytest.param("^(?!.*--)[a-z-]+$", "a--b", False, id="lookahead"),
        pytest.param("^(?!.*--)[a-z-]+$", "a-b", True, id="lookahead that holds"),
        pytest.param("(?<!-)$", "a-", False, id="lookbehind"),
        pytest.param(r"^[\w-.]+$", "a-b.c", True, id="a dash after a class, as browsers forgive it"),
        pytest.param(r"^[a-\d]+$", "a-1", True, id="a dash before a class"),
        pytest.param("^{.*}$", "{x}", True, id="braces that count nothing"),
        pytest.param(r"^\{a{2}}$", "{aa}", True, id="a brace that counts beside one that does not"),
        pytest.param("^[^]$", "\n", True, id="any letter at all"),
        pytest.param(r"^\p{L}+$", "é", True, id="properties of letters"),
    ],
)
def test_pattern_matches_as_in_javascript(pattern, text, expected):
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("^(a+)+$", "a" * 5_000 + "b", id="nested repetition"),
        pytest.param("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 5_000, id="overlapping repetition"),
        pytest.param("(x+x+)+y", "x" * 5_000, id="adjacent repetition"),
        pytest.param("^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$", "a" * 5_000 + "!", id="an e-mail pattern"),
    ],
)
def test_evil_pattern_is_answered_in_linear_time(pattern, text):
    assert matches(pattern, text) is False


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("(", "", id="no expression"),
        pytest.param("(?i)a", "a", id="flags that JavaScript does not know"),
        pytest.param(r"^(a|a)*\1$", "a" * 60 + "b", id="too much backtracking"),
        pytest.param("(?=(.*a){20})x", "a" * 50_000, id="a lookaround over a long text"),
        pytest.param("((x{1000}){1000}){1000}", "x", id="repetition of repetition"),
        pytest.param("a" * 3_000, "a", id="too long"),
    ],
)
def test_pattern_that_cannot_be_used_says_so(pattern, text):
    with pytest.raises(PatternFault):
        matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        pytest.param("^[a-z-]+$", 'lower-case letters, "-"', id="letters and a dash"),
        pytest.param("^[a-z][a-z0-9-]{2,40}[a-z0-9]$", 'digits, lower-case letters, "-"', id="several classes"),
        pytest.param("[A-Z_]*", 'capital letters, "_"', id="capitals"),
        pytest.param("^(a|b)$", "", id="not that simple"),
        pytest.param("^[^/]+$", "", id="what is excluded"),
        pytest.param("^[c-f]$", "", id="a part of the alphabet"),
    ],
)
def test_simple_pattern_is_said_in_words(pattern, words):
    assert in_words(pattern) == words
