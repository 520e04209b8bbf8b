import pytest

from waypost.golden.expressions import Budget
from waypost.golden.fetch import Unrendered, fetch, fetch_file, fetch_plain, fetch_plain_file, order
from waypost.golden.paths import Refused
from waypost.golden.tree import EXECUTABLE, File, Folder, Link
from waypost.golden.workspace import Workspace


def text(content, mode=0o644):
    return File(content.encode(), mode)


def fetched(skeleton, workspace=None, written="", **input):
    workspace = workspace or Workspace()
    fetch(skeleton, input, workspace, written=written)
    return workspace.tree()


def test_names_and_texts_are_rendered():
    skeleton = {"${{ values.name }}/main.py": text("print('${{ values.name }}')\n")}
    assert fetched(skeleton, values={"name": "pay"}) == {"pay/main.py": text("print('pay')\n")}


def test_everything_lands_below_the_target_path():
    assert fetched({"a": text("")}, targetPath="./my-app/") == {"my-app/a": text("")}


@pytest.mark.parametrize("target", ["../out", "/out", "a/../../b", ".git"])
def test_target_path_outside_is_refused(target):
    with pytest.raises(Refused):
        fetched({"a": text("")}, targetPath=target)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("{% if values.wanted %}a.txt{% endif %}", id="an empty name"),
        pytest.param("docs/{% if values.wanted %}a.txt{% endif %}", id="an empty name in a folder"),
        pytest.param("{% if values.wanted %}docs{% endif %}/a.txt", id="an empty folder at the top"),
        pytest.param("x/{% if values.wanted %}docs{% endif %}/a.txt", id="an empty folder within"),
        pytest.param("x/${{ values.missing }}/y/a.txt", id="a value that is not there"),
    ],
)
def test_name_with_an_empty_part_leaves_the_file_out(name):
    kept = fetched({name: text("kept?")}, values={"wanted": False})
    assert not any(isinstance(entry, File) for entry in kept.values())


def test_name_may_bring_folders_of_its_own():
    tree = fetched({"${{ values.path }}/a": text("")}, values={"path": "src/main/java"})
    assert tree == {"src/main/java/a": text("")}


@pytest.mark.parametrize("value", ["..", "../..", "a/../../b", "/etc", "\\etc", ".git", "a\0b"])
def test_value_cannot_lead_a_name_out(value):
    skeleton = {"x/${{ values.name }}/a": text("")}
    if value == "/etc":  # an empty part: left out, as in Backstage
        assert not any(isinstance(entry, File) for entry in fetched(skeleton, values={"name": value}).values())
    else:
        with pytest.raises(Refused):
            fetched(skeleton, values={"name": value})


def test_file_whose_name_ends_with_a_slash_is_a_file():
    assert fetched({"a/${{ values.n }}": text("x")}, values={"n": "b/"}) == {"a/b": text("x")}


def test_file_whose_own_name_is_empty_is_left_out_where_files_are_replaced_too():
    skeleton = {"a/${{ values.n }}": text("x"), "a/b": text("y")}
    assert fetched(skeleton, values={"n": ""}, replace=True) == {"a/b": text("y")}


def test_folder_may_be_the_workspace_itself():
    assert fetched({"${{ values.at }}/b": text("x")}, values={"at": "."}, replace=True) == {"b": text("x")}


def test_modes_are_kept():
    skeleton = {"run": text("#!/bin/sh\necho ${{ values.n }}\n", EXECUTABLE), "plain": text("")}
    assert fetched(skeleton, values={"n": 1}) == {"run": text("#!/bin/sh\necho 1\n", EXECUTABLE), "plain": text("")}


def test_folders_that_hold_nothing_are_kept():
    assert fetched({"a/empty": Folder(), "b": text("")}) == {"a/empty": Folder(), "b": text("")}


def test_folder_whose_files_are_all_left_out_stays_as_in_backstage():
    assert fetched({"docs/{% if values.x %}a{% endif %}": text("")}) == {"docs": Folder()}


def test_links_stay_links():
    skeleton = {"a.md": text("${{ values.x }}"), "docs/link": Link("../a.md"), "dangling": Link("nowhere")}
    tree = fetched(skeleton, values={"x": 1})
    assert tree == {"a.md": text("1"), "docs/link": Link("../a.md"), "dangling": Link("nowhere")}


def test_link_may_not_leave_its_skeleton_even_into_the_workspace():
    with pytest.raises(Refused, match="leaves the folder"):
        fetched({"link": Link("../secrets")}, targetPath="deep/below")


BINARY = b"\x89PNG\r\n\x1a\n\0\0${{ values.x }}"


def test_binary_files_are_copied_as_they_are():
    assert fetched({"logo.png": File(BINARY)}, values={"x": 1}) == {"logo.png": File(BINARY)}


def test_text_that_is_not_utf8_is_rendered_and_every_other_byte_kept():
    source = "Größe ${{ values.x }}\n".encode("latin-1") * 30
    wanted = "Größe 1\n".encode("latin-1") * 30
    assert fetched({"a.txt": File(source)}, values={"x": 1}) == {"a.txt": File(wanted)}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_marks_stay(encoding):
    source = "no expressions: ä\r\n".encode(encoding)
    assert fetched({"a.txt": File(source)}) == {"a.txt": File(source)}


def test_line_ends_and_a_missing_one_at_the_end_stay():
    assert fetched({"a": File(b"${{ values.x }}\r\nb\r\n\r\nc")}, values={"x": 1}) == {"a": File(b"1\r\nb\r\n\r\nc")}


def test_half_a_letter_from_a_value_becomes_a_replacement_character():
    assert fetched({"a": text("${{ values.x }}")}, values={"x": "\ud83d"}) == {"a": text("\ufffd")}


def test_other_braces_are_left_alone():
    source = text("{{ .Values.image }} ${VAR} { % x % } ${ { y } }\n")
    assert fetched({"chart.yaml": source}) == {"chart.yaml": source}


class TestCopyWithoutTemplating:
    def test_contents_are_copied_but_names_are_rendered(self):
        skeleton = {"${{ values.n }}/ci.yml": text("${{ github.sha }}"), "a": text("${{ values.n }}")}
        tree = fetched(skeleton, copyWithoutTemplating=["*/ci.yml"], values={"n": "x"})
        assert tree == {"x/ci.yml": text("${{ github.sha }}"), "a": text("x")}

    def test_patterns_look_at_names_as_the_skeleton_writes_them(self):
        skeleton = {"${{ values.n }}.txt": text("${{ values.n }}")}
        assert fetched(skeleton, copyWithoutTemplating=["x.txt"], values={"n": "x"}) == {"x.txt": text("x")}
        raw = fetched(skeleton, copyWithoutTemplating=["*.txt"], values={"n": "x"})
        assert raw == {"x.txt": text("${{ values.n }}")}

    def test_folder_and_negation(self):
        skeleton = {"raw/a": text("${{ 1 }}"), "raw/b": text("${{ 1 }}"), "c": text("${{ 1 }}")}
        tree = fetched(skeleton, copyWithoutTemplating=["raw/**", "!raw/b"])
        assert tree == {"raw/a": text("${{ 1 }}"), "raw/b": text("1"), "c": text("1")}

    @pytest.mark.parametrize("patterns", ["*.md", [1], {"a": "b"}])
    def test_anything_but_a_list_of_patterns_is_refused(self, patterns):
        with pytest.raises(Refused, match="list of patterns"):
            fetched({"a": text("")}, copyWithoutTemplating=patterns)


MARKED = {
    "a.njk": text("${{ values.x }}"),
    "b.txt": text("${{ values.x }}"),
    "${{ values.x }}.yaml.njk": text("${{ values.x }}"),
    ".njk": text("${{ values.x }}"),
    "c.njk/d": text("${{ values.x }}"),
}


class TestTemplateFileExtension:
    @pytest.mark.parametrize("extension", [True, ".njk", "njk"])
    def test_only_such_files_are_rendered_and_lose_it(self, extension):
        assert fetched(MARKED, templateFileExtension=extension, values={"x": 1}) == {
            ".njk": text("${{ values.x }}"),
            "1.yaml": text("1"),
            "a": text("1"),
            "b.txt": text("${{ values.x }}"),
            "c.njk/d": text("${{ values.x }}"),
        }

    def test_links_lose_it_too(self):
        skeleton = {"a": text(""), "link.njk": Link("a")}
        assert fetched(skeleton, templateFileExtension=True) == {"a": text(""), "link": Link("a")}

    def test_names_are_rendered_whatever_the_extension(self):
        assert fetched({"${{ values.x }}.txt": text("")}, templateFileExtension=True, values={"x": 1}) == {
            "1.txt": text("")
        }

    @pytest.mark.parametrize("other", [{"copyWithoutTemplating": []}, {"cookiecutterCompat": True}])
    def test_it_does_not_go_together_with_the_other_ways(self, other):
        with pytest.raises(Refused, match="does not go together"):
            fetched({"a": text("")}, templateFileExtension=True, **other)

    def test_false_means_there_is_none(self):
        assert fetched({"a.njk": text("${{ 1 }}")}, templateFileExtension=False) == {"a.njk": text("1")}


def test_cookiecutter_has_its_own_braces_and_its_own_name_for_values():
    skeleton = {
        "{{cookiecutter.name}}/a": text("{{ cookiecutter.name }} {{ values }} {{ cookiecutter.list | jsonify }}")
    }
    tree = fetched(skeleton, cookiecutterCompat=True, values={"name": "pay", "list": ["a"]})
    assert tree == {"pay/a": text('pay  ["a"]')}


def test_blocks_may_take_their_line_ends_and_indents_along():
    source = "a\n  {% if values.x %}\nb\n  {% endif %}\nc\n"
    values = {"x": True}
    assert fetched({"f": text(source)}, values=values) == {"f": text("a\n  \nb\n  \nc\n")}
    assert fetched({"f": text(source)}, values=values, trimBlocks=True) == {"f": text("a\n  b\n  c\n")}
    assert fetched({"f": text(source)}, values=values, lstripBlocks=True) == {"f": text("a\n\nb\n\nc\n")}
    assert fetched({"f": text(source)}, values=values, trimBlocks=True, lstripBlocks=True) == {"f": text("a\nb\nc\n")}


def test_what_is_there_stays_unless_it_is_to_be_replaced():
    skeleton = {"a": text("new"), "b": text("new")}
    assert fetched(skeleton, Workspace({"a": text("old")})) == {"a": text("old"), "b": text("new")}
    assert fetched(skeleton, Workspace({"a": text("old")}), replace=True) == {"a": text("new"), "b": text("new")}


def test_of_two_names_that_render_to_one_the_first_is_kept_and_the_last_replaces():
    skeleton = {"${{ values.a }}": text("dollar"), "x": text("x")}
    assert fetched(skeleton, values={"a": "x"}) == {"x": text("dollar")}
    assert fetched(skeleton, values={"a": "x"}, replace=True) == {"x": text("x")}


def test_link_that_is_there_is_replaced_and_never_written_through():
    workspace = Workspace({"real": text("kept"), "a": Link("real")})
    assert fetched({"a": text("new")}, workspace)["a"] == Link("real")
    assert fetched({"a": text("new")}, workspace, replace=True) == {"a": text("new"), "real": text("kept")}


def test_file_that_is_kept_out_need_not_be_renderable():
    assert fetched({"a": text("${{ broken")}, Workspace({"a": text("old")})) == {"a": text("old")}


@pytest.mark.parametrize(
    ("skeleton", "place"),
    [
        pytest.param({"docs/a.md": text("fine\n${{ values.x | nothing }}\n")}, "docs/a.md:2", id="a text"),
        pytest.param({"${{ values.x": text("")}, "${{ values.x", id="a name"),
    ],
)
def test_what_cannot_be_rendered_names_file_and_line(skeleton, place):
    with pytest.raises(Unrendered) as error:
        fetched(skeleton)
    assert str(error.value).startswith(place)


def test_values_must_be_a_mapping():
    with pytest.raises(Refused, match="values: must be a mapping"):
        fetched({"a": text("")}, values=["x"])


def test_change_that_one_file_makes_to_a_value_is_not_seen_by_the_next():
    skeleton = {"a": text("${{ values.l.push('x') }}"), "b": text("${{ values.l.length }}")}
    values = {"l": []}
    tree = fetched(skeleton, values=values)
    assert tree["b"] == text("0")
    assert values == {"l": []}


def test_all_files_share_one_budget():
    loop = text("{% for i in range(100) %}${{ i }}{% endfor %}")
    with pytest.raises(Unrendered, match="steps"):
        fetch({str(number): loop for number in range(1_000)}, {}, Workspace(), Budget(steps=20_000))


def test_file_too_large_to_render_is_refused_but_may_be_copied():
    skeleton = {"large": File(b"${{ 1 }}" + b"x" * 16_000_000)}
    with pytest.raises(Refused, match="large: has 16,000,008 bytes"):
        fetched(skeleton)
    assert fetched(skeleton, copyWithoutTemplating=["large"]) == skeleton


def test_workflow_that_the_skeleton_writes_out_is_fetched():
    tree = fetched({".github/workflows/${{ values.n }}.yml": text("")}, values={"n": "ci"})
    assert tree == {".github/workflows/ci.yml": text("")}


def test_workflow_that_only_a_value_makes_is_refused():
    with pytest.raises(Refused, match="workflow"):
        fetched({"${{ values.path }}": text("on: push")}, values={"path": ".github/workflows/x.yml"})


def test_workflow_folder_may_be_the_target_that_a_step_writes_out():
    assert fetched({"x.yml": text("")}, targetPath=".github/workflows")
    with pytest.raises(Refused, match="workflow"):
        fetched({"x.yml": text("")}, written="${{ parameters.to }}", targetPath=".github/workflows")


def test_order_is_level_by_level_and_by_name_as_globby_walks():
    tree = {"b/c/d": text(""), "b/a": text(""), "a": text(""), "b.txt": text(""), "c/e": Folder()}
    assert list(order(tree)) == ["a", "b/", "b.txt", "c/", "b/a", "b/c/", "c/e/", "b/c/d"]


class TestOneFile:
    def test_it_is_rendered_to_its_target(self):
        workspace = Workspace()
        fetch_file(text("Hi ${{ values.n }}"), {"targetPath": "a/b.txt", "values": {"n": 1}}, workspace)
        assert workspace.tree() == {"a/b.txt": text("Hi 1")}

    def test_what_is_there_stays_unless_it_is_to_be_replaced(self):
        workspace = Workspace({"a": text("old")})
        fetch_file(text("new"), {"targetPath": "a"}, workspace)
        assert workspace.tree() == {"a": text("old")}
        fetch_file(text("new"), {"targetPath": "a", "replace": True}, workspace)
        assert workspace.tree() == {"a": text("new")}

    def test_target_outside_is_refused(self):
        with pytest.raises(Refused):
            fetch_file(text(""), {"targetPath": "../a"}, Workspace())

    def test_what_cannot_be_rendered_is_told_by_its_url(self):
        with pytest.raises(Unrendered, match=r"^\./a\.txt:1"):
            fetch_file(text("${{ broken"), {"targetPath": "b", "url": "./a.txt"}, Workspace())

    def test_binary_file_is_copied(self):
        workspace = Workspace()
        fetch_file(File(BINARY), {"targetPath": "a"}, workspace)
        assert workspace.tree() == {"a": File(BINARY)}


class TestPlain:
    def test_nothing_is_rendered_and_what_is_there_is_replaced(self):
        workspace = Workspace({"x/a": text("old"), "x/b": text("kept")})
        fetch_plain({"a": text("${{ values.n }}"), "l": Link("a"), "e": Folder()}, "x", workspace)
        tree = workspace.tree()
        assert tree == {"x/a": text("${{ values.n }}"), "x/b": text("kept"), "x/e": Folder(), "x/l": Link("a")}

    def test_one_file(self):
        workspace = Workspace({"a": text("old")})
        fetch_plain_file(text("${{ x }}", EXECUTABLE), "a", workspace)
        assert workspace.tree() == {"a": text("${{ x }}", EXECUTABLE)}

    @pytest.mark.parametrize("target", ["..", "/x", ".git/hooks"])
    def test_target_outside_is_refused(self, target):
        with pytest.raises(Refused):
            fetch_plain({"a": text("")}, target, Workspace())
        with pytest.raises(Refused):
            fetch_plain_file(text(""), target, Workspace())
