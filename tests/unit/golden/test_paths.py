import pytest

from waypost.golden.paths import Refused, is_workflow, needs_declaring, safe, same_but_for_case, shown, target_fault


@pytest.mark.parametrize(
    ("path", "short"),
    [
        pytest.param("a/b.txt", "a/b.txt", id="plain"),
        pytest.param("./my-app", "my-app", id="with a dot in front"),
        pytest.param("argo/jobs/", "argo/jobs", id="with a slash at the end"),
        pytest.param("a/./b", "a/b", id="with a dot within"),
        pytest.param(".", "", id="the folder itself"),
        pytest.param("", "", id="nothing"),
        pytest.param(".gitignore", ".gitignore", id="gitignore"),
        pytest.param(".github/CODEOWNERS", ".github/CODEOWNERS", id="github"),
        pytest.param("digit~1", "digit~1", id="a tilde"),
        pytest.param("legit", "legit", id="git within a word"),
        pytest.param("docs/über uns.md", "docs/über uns.md", id="letters beyond ASCII"),
        pytest.param("app/(auth)/[id].ts", "app/(auth)/[id].ts", id="brackets"),
        pytest.param("a..b/...", "a..b/...", id="dots that go nowhere"),
        pytest.param("n" * 255, "n" * 255, id="the longest name"),
    ],
)
def test_path_inside_the_folder_gets_its_shortest_form(path, short):
    assert safe(path) == short


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("../a", "..", id="up"),
        pytest.param("a/../../b", "..", id="down and up"),
        pytest.param("a/../b", "..", id="up inside the folder"),
        pytest.param("..", "..", id="only up"),
        pytest.param("/etc/passwd", "absolute", id="absolute"),
        pytest.param("//host/share", "absolute", id="a share"),
        pytest.param("a\\..\\b", "backslash", id="backslashes"),
        pytest.param("C:/Windows", "drive", id="a drive"),
        pytest.param("c:x", "drive", id="a drive without slash"),
        pytest.param("a\0b", "control", id="NUL"),
        pytest.param("a\nb", "control", id="a line end"),
        pytest.param("a\x7fb", "control", id="DEL"),
        pytest.param("a\x85b", "control", id="a control character of Latin-1"),
        pytest.param("a\u2028b", "control", id="a line separator"),
        pytest.param("caf\udce9", "UTF-8", id="bytes that are not UTF-8"),
        pytest.param("n" * 256, "255", id="a name too long"),
        pytest.param("ä" * 128, "255", id="a name too long in bytes"),
        pytest.param("/".join(["n" * 200] * 21), "4,000", id="a path too long"),
        pytest.param("ä/" * 1_500, "4,000", id="a path too long in bytes"),
        pytest.param("a/" * 101, "100 folders", id="a path too deep"),
    ],
)
def test_path_that_cannot_be_trusted_is_refused_with_its_reason(path, why):
    with pytest.raises(Refused) as refused:
        safe(path)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "\0" not in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".git", id="git"),
        pytest.param(".GIT", id="upper case"),
        pytest.param(".Git", id="mixed case"),
        pytest.param("git~1", id="the short name of NTFS"),
        pytest.param("GIT~2", id="another short name"),
        pytest.param(".git.", id="a dot at the end"),
        pytest.param(".git . .", id="dots and spaces at the end"),
        pytest.param(".git::$INDEX_ALLOCATION", id="an NTFS stream"),
        pytest.param(".git:config", id="a named stream"),
        pytest.param(".g\u200cit", id="a letter that HFS+ ignores"),
        pytest.param("\ufeff.git", id="a byte order mark"),
        pytest.param(".ｇｉｔ", id="full-width letters"),
        pytest.param("．git", id="a full-width dot"),
    ],
)
@pytest.mark.parametrize("place", ["{}", "{}/config", "a/b/{}/hooks/pre-commit"])
def test_every_way_to_write_git_is_refused(name, place):
    with pytest.raises(Refused, match="Git's own folder"):
        safe(place.format(name))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("link", "file", id="beside it"),
        pytest.param("a/b/link", "../../file", id="at the top"),
        pytest.param("a/link", "../b/c/", id="another folder"),
        pytest.param("link", "./file", id="with a dot"),
        pytest.param("a/link", "..", id="the top itself"),
    ],
)
def test_link_may_point_inside(path, target):
    assert target_fault(path, target) == ""


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("link", "/etc/passwd", id="absolute"),
        pytest.param("link", "..", id="above the top"),
        pytest.param("a/link", "../../x", id="above the top from a folder"),
        pytest.param("link", "a/../../x", id="down and out"),
        pytest.param("a/link", "b/../c", id="up after down, which another link may turn into out"),
        pytest.param("link", ".git/config", id="into git"),
        pytest.param("link", "C:/x", id="a drive"),
        pytest.param("link", "..\\x", id="backslash"),
        pytest.param("link", "a//b", id="two slashes, which Python's realpath misreads in a circle"),
        pytest.param("link", "", id="nothing"),
        pytest.param("link", "a\0b", id="NUL"),
    ],
)
def test_link_that_may_lead_out_is_refused(path, target):
    assert target_fault(path, target)


@pytest.mark.parametrize(
    ("path", "written", "needs"),
    [
        pytest.param(".github/workflows/ci.yml", ".github/workflows/ci.yml", False, id="written out"),
        pytest.param(".github/workflows/x.yml", "./.github/workflows/${{ values.n }}.yml", False, id="a name below"),
        pytest.param(".github/workflows/x.yml", "${{ values.path }}", True, id="a whole path from a value"),
        pytest.param(".github/workflows/x.yml", ".github/${{ values.dir }}/x.yml", True, id="half of it from a value"),
        pytest.param(".GitHub/Workflows/x.yml", "${{ values.path }}", True, id="in another case"),
        pytest.param(".github/workflows", "${{ values.path }}", True, id="the folder itself"),
        pytest.param("out/.github/workflows/x.yml", "out/${{ values.path }}", True, id="in a folder that is published"),
        pytest.param("out/.github/workflows/x.yml", "out//.github/workflows/x.yml", False, id="written out there"),
        pytest.param(".github/CODEOWNERS", "${{ values.path }}", False, id="no workflow"),
    ],
)
def test_workflow_folder_must_be_written_out(path, written, needs):
    assert needs_declaring(path, written) is needs


def test_workflow_is_told_by_its_folder_whatever_its_case():
    assert is_workflow(".GITHUB/Workflows/a.yml")
    assert not is_workflow("docs/.github/workflows/a.yml")
    assert not is_workflow("a.github/workflows/a.yml")


def test_paths_that_differ_by_case_or_accents_only_are_told():
    pairs = same_but_for_case(["Readme.md", "readme.md", "é", "e\u0301", "other"])
    assert pairs == [("Readme.md", "readme.md"), ("é", "e\u0301")]


def test_foreign_text_in_a_message_stays_on_one_line_and_short():
    assert shown("a\r\nb\x1b[31m") == "a\\r\\nb\\x1b[31m"
    assert len(shown("x" * 10_000)) == 120
