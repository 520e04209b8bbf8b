"""Published holes of scaffolders, each as the attack that made it known; the ids name them."""

import posixpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from waypost.golden.fetch import Unrendered, fetch, fetch_file, fetch_plain
from waypost.golden.paths import Refused
from waypost.golden.tree import File, Link
from waypost.golden.workspace import Workspace

EVIL = File(b"evil")


def run(skeleton, workspace=None, **input):
    workspace = workspace or Workspace()
    fetch(skeleton, input, workspace)
    return workspace


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(
            lambda: run({"${{ values.name }}": EVIL}, values={"name": "../../root/.ssh/authorized_keys"}),
            id="CVE-2021-43783 a name that a parameter leads out",
        ),
        pytest.param(lambda: run({"../../etc/cron.d/x": EVIL}), id="CVE-2021-43783 a skeleton with such a path"),
        pytest.param(lambda: run({"a": EVIL}, targetPath="../../etc"), id="CVE-2021-43783 a target path"),
        pytest.param(
            lambda: fetch_file(EVIL, {"targetPath": "/etc/passwd"}, Workspace()), id="CVE-2021-43783 one file to /etc"
        ),
        pytest.param(lambda: fetch_plain({"a": EVIL}, "../x", Workspace()), id="CVE-2021-43783 a plain copy"),
        pytest.param(lambda: Workspace({"a": EVIL}).rename("a", "../../x"), id="CVE-2021-43783 a renamed file"),
        pytest.param(
            lambda: run({".git/config": File(b"[core]\n\tfsmonitor = ${{ values.x }}\n")}),
            id="CVE-2024-53983 git's configuration in a skeleton",
        ),
        pytest.param(
            lambda: run({"${{ values.d }}/config": EVIL}, values={"d": ".GIT"}),
            id="CVE-2024-53983 git's folder from a parameter",
        ),
        pytest.param(
            lambda: run({"${{ values.d }}/hooks/pre-commit": EVIL}, values={"d": "git~1"}),
            id="CVE-2024-53983 git's folder by another name",
        ),
        pytest.param(
            lambda: Workspace({"g/config": EVIL}).rename("g", ".git"), id="CVE-2024-53983 a folder renamed to git's"
        ),
        pytest.param(lambda: Workspace().delete("/etc/*"), id="CVE-2026-24046 deleting outside"),
        pytest.param(lambda: run({"link": Link("/etc/passwd")}), id="CVE-2026-24046 a link to a file outside"),
        pytest.param(lambda: run({"a/link": Link("../../secrets")}), id="CVE-2026-24046 a link upwards"),
        pytest.param(lambda: Workspace({"a/b": Link("../x")}).rename("a/b", "b"), id="CVE-2026-24046 a link moved out"),
        pytest.param(
            lambda: run(
                {"link": Link("docs"), "{% if true %}${{ values.d }}{% endif %}/x": EVIL}, values={"d": "link"}
            ),
            id="CVE-2026-24046 a write through a link",
        ),
        pytest.param(
            lambda: run({"d/l": Link("."), "a": Link("d/l/../../x")}), id="CVE-2026-24047 a chain of links that climbs"
        ),
        pytest.param(
            lambda: run({"a": Link("b"), "b": Link("c/.."), "c": Link("..")}),
            id="CVE-2026-24047 a chain that ends above",
        ),
        pytest.param(
            lambda: run({"dangling": Link("../not-there-yet/file")}), id="CVE-2026-24047 a dangling link outside"
        ),
        pytest.param(
            lambda: run({"x": EVIL}, Workspace({"d": Link("not-there-yet")}), targetPath="d"),
            id="CVE-2026-24047 a write through a dangling link",
        ),
        pytest.param(
            lambda: run({"${{ values.a }}/${{ values.b }}": EVIL}, values={"a": "x/..", "b": "../y"}),
            id="CVE-2025-55201 a path put together from harmless halves",
        ),
        pytest.param(lambda: run({"a": EVIL}, targetPath="x/../../y"), id="CVE-2025-55201 down and out"),
    ],
)
def test_what_would_leave_the_workspace_is_refused(attack):
    with pytest.raises(Refused):
        attack()


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("values.constructor.constructor('return process')()", id="CVE-2023-35926 by constructor"),
        pytest.param("''.__class__.__mro__[1].__subclasses__()", id="CVE-2023-35926 by Python's classes"),
        pytest.param("range.constructor('return this')()", id="CVE-2023-35926 by a global function"),
        pytest.param("[].map.constructor('return this')()", id="CVE-2023-35926 by a method"),
        pytest.param("values.path.read_text()", id="CVE-2025-55201 by the methods of a path"),
        pytest.param("(values.path | string).parent.read_text()", id="CVE-2025-55201 by a filter's result"),
    ],
)
def test_expression_reaches_no_machine_beneath(expression):
    skeleton = {"a": File(f"${{{{ {expression} }}}}".encode())}
    try:
        tree = run(skeleton, values={"path": "/etc/passwd"}).tree()
    except Unrendered:
        return
    assert tree == {"a": File(b"")}  # what is not there renders to nothing


def test_dangling_link_inside_is_replaced_and_what_it_names_never_appears_CVE_2026_24047():
    workspace = Workspace({"a": Link("later")})
    run({"a": EVIL}, workspace, replace=True)
    assert workspace.tree() == {"a": EVIL}


def test_deleting_through_a_link_deletes_the_link_only_CVE_2026_24046():
    workspace = Workspace({"kept/a": EVIL, "link": Link("kept")})
    workspace.delete("link/*")
    workspace.delete("link")
    assert workspace.tree() == {"kept/a": EVIL}


PIECE = st.sampled_from(
    ["..", ".", "/", "\\", "a", ".git", ".GIT", "git~1", ".github", "workflows", "\0", "~", ":", " "]
)
VALUE = st.lists(PIECE, max_size=6).map("".join) | st.text(max_size=8)


@given(VALUE, VALUE, VALUE)
@example("..", "/..", "..")
@example(".github", "/workflows", "x")
def test_no_value_leads_a_file_out_or_into_git_or_workflows(first, second, third):
    skeleton = {"x${{ values.a }}/${{ values.b }}${{ values.c }}/f": EVIL, "${{ values.a }}${{ values.b }}/f": EVIL}
    try:
        tree = run(skeleton, values={"a": first, "b": second, "c": third}, targetPath="t").tree()
    except Refused:
        return
    for path in tree:
        assert path == posixpath.normpath(path)
        assert path == "t" or path.startswith("t/")
        assert not {"..", ".git", "git~1"} & set(path.casefold().split("/"))
        assert ".github/workflows/" not in path
        assert "\0" not in path
        assert "\\" not in path
