import pytest

from waypost.golden import globs
from waypost.golden.paths import Refused

FILES = [
    ".env",
    ".github/workflows/ci.yml",
    ".github/CODEOWNERS",
    "README.md",
    "app/(auth)/page.tsx",
    "app/[id]/page.tsx",
    "docs/a.md",
    "docs/deep/b.md",
    "docs/deep/c.txt",
    "src/index.js",
    "src/index.test.js",
    "src/v1/x",
    "src/v2/x",
    "${{values.name}}/main.py",
]
FOLDERS = {path[:at] for path in FILES for at in range(len(path)) if path[at] == "/"}


def chosen(*patterns):
    return globs.select(patterns, FILES, FOLDERS)


# Every row was compared with what globby 11 with Backstage's options returns.
@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        pytest.param(["README.md"], ["README.md"], id="a path"),
        pytest.param(["./README.md"], [], id="a path with a dot in front is no name of anything"),
        pytest.param(["/README.md"], [], id="an absolute path"),
        pytest.param(["../x/README.md"], [], id="a path outside"),
        pytest.param(["readme.md"], [], id="another case"),
        pytest.param(["docs"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"], id="a folder"),
        pytest.param([".github/workflows/"], [".github/workflows/ci.yml"], id="a folder with a slash"),
        pytest.param(["*"], [".env", "README.md"], id="a star sees dot files and one level"),
        pytest.param(["**/*"], FILES, id="everything"),
        pytest.param(["**"], FILES, id="two stars"),
        pytest.param([".github/**"], [".github/workflows/ci.yml", ".github/CODEOWNERS"], id="below a folder"),
        pytest.param(["**/*.md"], ["README.md", "docs/a.md", "docs/deep/b.md"], id="at any depth"),
        pytest.param(["./**/*.md"], ["README.md", "docs/a.md", "docs/deep/b.md"], id="with a dot in front"),
        pytest.param(["*.md"], ["README.md"], id="no slash means the top only"),
        pytest.param(["docs/*.md/"], [], id="a slash at the end means folders"),
        pytest.param(["docs/**/*.{md,txt}"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"], id="braces"),
        pytest.param(["src/v{1..2}/x"], ["src/v1/x", "src/v2/x"], id="a range"),
        pytest.param(["src/v[13]/x"], ["src/v1/x"], id="a class"),
        pytest.param(["src/v[!1]/x"], ["src/v2/x"], id="a class turned round"),
        pytest.param(["src/inde?.js"], ["src/index.js"], id="a question mark"),
        pytest.param(["src/!(*.test.js)"], ["src/index.js"], id="anything but"),
        pytest.param(["src/@(index|other).js"], ["src/index.js"], id="one of"),
        pytest.param(["src/+(index|.test|.js)"], ["src/index.js", "src/index.test.js"], id="some of"),
        pytest.param(["docs//a.md"], ["docs/a.md"], id="two slashes"),
        pytest.param(["app/[id]/*"], ["app/[id]/page.tsx"], id="brackets are also letters"),
        pytest.param(["app/(auth)/page.tsx"], [], id="parentheses are a group"),
        pytest.param(["app/\\(auth\\)/*"], ["app/(auth)/page.tsx"], id="escaped parentheses are letters"),
        pytest.param(["${{values.name}}/**"], ["${{values.name}}/main.py"], id="a name that is rendered"),
        pytest.param(["${{values.name}}"], ["${{values.name}}/main.py"], id="a folder whose name is rendered"),
        pytest.param(["a{b"], [], id="an open brace"),
        pytest.param(["**/*.md", "!docs/**"], ["README.md"], id="without a folder"),
        pytest.param(["**/*.md", "!docs"], ["README.md"], id="without a folder by its name"),
        pytest.param(["**/*.md", "!**/a.md"], ["README.md", "docs/deep/b.md"], id="without a file"),
        pytest.param(["!docs/**", "**/*.md"], ["README.md", "docs/a.md", "docs/deep/b.md"], id="taken away before"),
        pytest.param(["docs/a.md", "!docs"], ["docs/a.md"], id="a path is not walked to"),
        pytest.param(["!docs/**"], [], id="only taken away"),
        pytest.param([], [], id="no pattern"),
    ],
)
def test_patterns_choose_what_globby_chooses(patterns, files):
    assert chosen(*patterns) == files


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("*a" * 200 + "b", id="many stars"),
        pytest.param("**/" * 200 + "b", id="many levels"),
        pytest.param("+(a|aa)" * 50 + "b", id="groups that overlap"),
        pytest.param("*(*(*(a)))b", id="groups in groups"),
    ],
)
def test_hostile_pattern_is_compared_at_all(pattern):
    """With backtracking each of these would outlive everybody who waits for it."""
    assert globs.select([pattern], ["a" * 250, "a/" * 100 + "a"], set()) == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("{a,b}" * 40, id="braces after braces"),
        pytest.param("{1..99999999}", id="a long range"),
        pytest.param("@(" * 100 + "a" + ")" * 100, id="groups without end"),
        pytest.param("a*" * 10_000, id="a long pattern"),
    ],
)
def test_pattern_that_stands_for_too_much_is_refused(pattern):
    with pytest.raises(Refused):
        globs.select([pattern], ["a"], set())


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("*{1..900}*/a*b", id="many alternatives"),
        pytest.param("*a" * 40 + "*c*", id="many stars"),
        pytest.param("+(a|b|ab)" * 20 + "c*", id="many groups"),
    ],
)
def test_pattern_that_costs_too_much_over_many_files_is_refused(pattern):
    with pytest.raises(Refused, match="takes too long"):
        globs.select([pattern], [f"{'ab' * 60}{number}/x" for number in range(20_000)], set())


def test_many_files_and_plain_patterns_cost_little():
    files = [f"src/module{number}/file.py" for number in range(20_000)]
    patterns = ["**/*.md", "src/module1/**", "docs", "*.json", ".github/**"]
    assert globs.select(patterns, files, set()) == ["src/module1/file.py"]


def test_more_patterns_than_anybody_writes_are_refused():
    with pytest.raises(Refused, match="more than 1,000 patterns"):
        globs.select(["a", "!b"] * 501, ["a"], set())
