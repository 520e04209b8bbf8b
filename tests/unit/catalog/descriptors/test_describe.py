import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.catalog.describe import describe
from waypost.catalog.discovery import is_ours
from waypost.catalog.entities import Repository, Source
from waypost.catalog.files import Blob, Files, Touch, Wanted
from waypost.catalog.reading import MOST_HOPS

REPOSITORY = Repository(7, "acme", "pay", "https://github.com/acme/pay", head="c0ffee")


def blob(text):
    return Blob(hashlib.sha1(text.encode()).hexdigest(), text, len(text))


def folder(tree, name):
    start = f"{name}/" if name else ""
    rest = [path.removeprefix(start).partition("/") for path in tree if path.startswith(start)]
    return tuple({head + slash for head, slash, _ in rest})


def read(tree, wanted):
    return Files(
        {path: blob(tree[path]) if path in tree else None for path in wanted.paths},
        {name: folder(tree, name) for name in wanted.folders},
        {path: Touch(f"commit of {path}", "2026-01-02T03:04:05Z") for path in wanted.touches},
        tuple(sorted(tree)) if wanted.tree else None,
    )


def snapshot(tree, start=Files(), repository=REPOSITORY, **options):
    """Play the reader; return the snapshot and what was asked for, round by round."""
    files, rounds = start, []
    while isinstance(answer := describe(repository, files, **options), Wanted):
        assert answer not in rounds, "asked twice"
        assert not set(answer.paths) & set(files.blobs)
        rounds.append(answer)
        files = files.add(read(tree, answer))
    return answer, rounds


def described(tree, **options):
    return snapshot(tree, **options)[0]


def component(name):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n"
        "spec: {type: service, lifecycle: production, owner: team}\n"
    )


def location(*targets, name="loc", presence="required"):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: {name}}}\n"
        f"spec: {{targets: {json.dumps(targets)}, presence: {presence}}}\n"
    )


def api(definition):
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: api}\n"
        f"spec: {{type: openapi, lifecycle: production, owner: team, definition: {definition}}}\n"
    )


def names(found):
    return [entity.name for entity in found.entities]


def problems(found):
    return [(problem.file, problem.id) for problem in found.problems]


@pytest.mark.parametrize(
    "path",
    [
        "catalog-info.yaml",
        "catalog-info.yml",
        ".backstage/catalog-info.yaml",
        "backstage/catalog-info.yml",
        "catalog/catalog-info.yaml",
        ".github/catalog-info.yaml",
        ".vtex/catalog-info.yml",
    ],
)
def test_descriptors_are_found_in_the_well_known_places(path):
    found = described({path: component("pay"), "src/catalog-info.yaml": component("other")})
    assert names(found) == ["pay"]
    assert found.watched == ()
    assert is_ours(path)
    assert not is_ours("src/catalog-info.yaml")


def test_an_entity_says_where_it_was_declared():
    found = described({"catalog-info.yaml": component("pay") + "---\n" + component("ledger")})
    origin = found.entities[1].origin
    assert (origin.repository_id, origin.repository, origin.path) == (7, "acme/pay", "catalog-info.yaml")
    assert (origin.line, origin.index) == (5, 1)
    assert (origin.commit, origin.committed) == ("commit of catalog-info.yaml", "2026-01-02T03:04:05Z")
    text = component("pay") + "---\n" + component("ledger")
    assert found.sources == (Source("catalog-info.yaml", blob(text).id, origin.commit, origin.committed),)


def test_a_repository_without_a_descriptor_takes_one_round():
    found, rounds = snapshot({"README.md": "", "src/main.py": "", "CODEOWNERS": "* @acme/pay\n"})
    assert len(rounds) == 1
    assert found.entities == ()
    assert found.evidence.files == ("CODEOWNERS", "README.md", "src/")
    assert found.evidence.owners == ("@acme/pay",)


def test_a_described_repository_takes_two_rounds():
    assert len(snapshot({"catalog-info.yaml": component("pay")})[1]) == 2


def test_with_the_tree_at_hand_only_files_that_exist_are_asked_for():
    tree = {"catalog-info.yaml": location("./a/*.yaml"), "a/b.yaml": component("b"), "docs/CODEOWNERS": "* @x"}
    found, rounds = snapshot(tree, Files(tree=tuple(sorted(tree))))
    assert rounds[0] == Wanted(("catalog-info.yaml", "docs/CODEOWNERS"))
    assert names(found) == ["loc", "b"]
    assert found == described(tree)


def test_the_last_commit_is_not_asked_for_again_while_the_blob_is_the_same():
    tree = {"catalog-info.yaml": component("pay"), ".github/catalog-info.yaml": component("new")}
    known = [
        Source("catalog-info.yaml", blob(component("pay")).id, "old", "2020"),
        Source(".github/catalog-info.yaml", "x"),
    ]
    found, rounds = snapshot(tree, known=known)
    assert [path for wanted in rounds for path in wanted.touches] == [".github/catalog-info.yaml"]
    assert [entity.origin.commit for entity in found.entities] == ["old", "commit of .github/catalog-info.yaml"]


def test_locations_lead_to_files_and_globs():
    tree = {
        "catalog-info.yaml": location("./apis/a.yaml", "/b.yaml", "services/**/catalog-info.{yaml,yml}"),
        "apis/a.yaml": component("a"),
        "b.yaml": component("b"),
        "services/x/catalog-info.yaml": component("x"),
        "services/deep/y/catalog-info.yml": component("y"),
        "services/skeleton/catalog-info.yaml": component("skeleton"),
        "services/content/catalog-info.yaml": component("content"),
        "services/${{ values.name }}/catalog-info.yaml": component("unrendered"),
        "services/catalog-info.json": component("json"),
    }
    found = described(tree)
    assert names(found) == ["loc", "a", "b", "y", "x"]
    assert found.problems == ()
    assert found.watched == tuple(sorted({*found.watched}))
    assert is_ours("services/new/catalog-info.yaml", found.watched)
    assert is_ours("apis/a.yaml", found.watched)
    assert not is_ours("services/new/main.py", found.watched)


@pytest.mark.parametrize(
    "target",
    [
        "https://github.com/acme/pay/blob/main/a.yaml",
        "https://github.com/ACME/Pay/tree/main/a.yaml",
        "https://raw.githubusercontent.com/acme/pay/main/a.yaml",
        "./b/../a.yaml",
    ],
)
def test_addresses_into_the_same_repository_are_paths(target):
    assert names(described({"catalog-info.yaml": location(target), "a.yaml": component("a")})) == ["loc", "a"]


@pytest.mark.parametrize(
    ("target", "id"),
    [
        ("https://github.com/acme/ledger/blob/main/a.yaml", "location-elsewhere"),
        ("https://github.com/acme/pay/blob/other/a.yaml", "location-elsewhere"),
        ("https://evil.example/acme/pay/blob/main/a.yaml", "location-elsewhere"),
        ("http://169.254.169.254/latest/meta-data/", "location-elsewhere"),
        ("http://github.com/acme/pay/blob/main/a.yaml", "location-elsewhere"),
        ("file:///etc/passwd", "location-elsewhere"),
        ("//evil.example/a.yaml", "location-elsewhere"),
        ("https://github.com/acme/pay/blob/main/../../../../x", "location-escape"),
        ("../a.yaml", "location-escape"),
        ("/../a.yaml", "location-escape"),
        ("./nowhere.yaml", "location-missing"),
        ("./nothing/*.yaml", "location-missing"),
    ],
)
def test_targets_that_lead_nowhere_are_problems_and_are_never_asked_for(target, id):
    found, rounds = snapshot({"catalog-info.yaml": location(target), "a.yaml": component("a")})
    assert names(found) == ["loc"]
    assert problems(found) == [("catalog-info.yaml", id)]
    [problem] = found.problems
    assert (problem.path, problem.line, problem.ref) == ("/spec/targets/0", 4, "location:default/loc")
    if id != "location-missing":
        assert not any("evil" in path or "passwd" in path or ".." in path for wanted in rounds for path in wanted.paths)


def test_an_optional_target_may_be_missing():
    assert described({"catalog-info.yaml": location("./a.yaml", presence="optional")}).problems == ()


def test_locations_may_lead_in_circles():
    tree = {"catalog-info.yaml": location("a.yaml"), "a.yaml": location("catalog-info.yaml", "a.yaml", name="a")}
    assert names(described(tree)) == ["loc", "a"]


def test_a_chain_of_locations_ends():
    tree = {f"{n}.yaml": location(f"{n + 1}.yaml", name=f"n{n}") for n in range(50)}
    found, rounds = snapshot({**tree, "catalog-info.yaml": location("0.yaml")})
    assert len(rounds) <= MOST_HOPS + 2
    assert (f"{MOST_HOPS - 1}.yaml", "location-limit") in problems(found)


def test_the_same_name_twice_in_one_repository_is_a_problem_of_the_second():
    found = described({"catalog-info.yaml": component("pay"), "catalog-info.yml": component("PAY")})
    assert names(found) == ["pay"]
    assert problems(found) == [("catalog-info.yml", "declared-twice")]


def test_an_invalid_document_is_a_problem_with_its_ref_and_no_entity():
    found = described({"catalog-info.yaml": component("pay").replace("owner: team", "x: y") + "---\n" + component("b")})
    assert names(found) == ["b"]
    assert [(problem.id, problem.ref) for problem in found.problems] == [("field-missing", "component:default/pay")]
    assert found.problems[0].repository == "acme/pay"


def test_kinds_of_their_own_are_kept_either_way():
    text = component("board").replace("Component", "Dashboard")
    assert [problem.id for problem in described({"catalog-info.yaml": text}).problems] == ["kind-unknown"]
    assert names(described({"catalog-info.yaml": text})) == ["board"]
    assert described({"catalog-info.yaml": text}, kinds=["Dashboard"]).problems == ()


@pytest.mark.parametrize(
    ("definition", "content", "expected"),
    [
        ("{$text: ./openapi.yaml}", "openapi: 3\n", "openapi: 3\n"),
        ("{$openapi: /api/openapi.yaml}", "openapi: 3\n", "openapi: 3\n"),
        ("{$asyncapi: https://github.com/acme/pay/blob/main/api/openapi.yaml}", "x", "x"),
        ("{$yaml: openapi.yaml}", "'text'", "text"),
        ("{$json: openapi.yaml}", '\t"\\ud83d\\ude00"', "😀"),
    ],
)
def test_placeholders_are_filled_from_files_of_the_repository(definition, content, expected):
    tree = {"catalog-info.yaml": location("api/api.yaml"), "api/api.yaml": api(definition), "api/openapi.yaml": content}
    found = described(tree)
    assert found.problems == ()
    assert found.entities[1].spec["definition"] == expected
    assert "api/openapi.yaml" in found.watched
    assert is_ours("api/openapi.yaml", found.watched)
    assert "api/openapi.yaml" in [source.path for source in found.sources]


@pytest.mark.parametrize(
    ("definition", "content", "id"),
    [
        ("{$text: ./missing.yaml}", "", "placeholder-missing"),
        ("{$text: ../../etc/passwd}", "", "placeholder-escape"),
        ("{$text: https://evil.example/x}", "", "placeholder-elsewhere"),
        ("{$json: ./x}", "{", "placeholder-content"),
        ("{$json: ./x}", "NaN", "placeholder-content"),
        ("{$json: ./x}", "[" * 100_000, "placeholder-content"),
        ("{$json: ./x}", '"' + '\\"' * 100_000, "placeholder-content"),
        ("{$yaml: ./x}", "[", "placeholder-content"),
        ("{$yaml: ./x}", "a\n---\nb", "placeholder-content"),
        ("{$yaml: ./x}", "[" * 30_000, "placeholder-content"),
        ("{$yaml: ./x}", "a: {b: c}", "field-type"),
    ],
)
def test_placeholders_that_cannot_be_filled_are_problems(definition, content, id):
    found = described({"catalog-info.yaml": api(definition), "x": content})
    assert problems(found) == [("catalog-info.yaml", id)]
    assert (found.entities == ()) is (id == "field-type")


def test_data_from_another_file_is_checked_in_its_place():
    text = component("pay").replace("{name: pay}", "{name: pay, links: {$yaml: ./links.yaml}}")
    good = described({"catalog-info.yaml": text, "links.yaml": "- url: https://a.example\n"})
    assert good.entities[0].metadata["links"] == [{"url": "https://a.example"}]
    bad = described({"catalog-info.yaml": text, "links.yaml": "- url: javascript:alert(1)\n"})
    assert problems(bad) == [("catalog-info.yaml", "link-script")]


def test_a_file_that_is_not_text_is_a_problem():
    large = Files({"catalog-info.yaml": Blob("b", None, 2 * 1024 * 1024)})
    binary = Files({"catalog-info.yaml": Blob("b", None, 10)})
    assert problems(snapshot({}, large)[0]) == [("catalog-info.yaml", "file-size")]
    assert problems(snapshot({}, binary)[0]) == [("catalog-info.yaml", "not-utf8")]


def test_the_catalog_repository_declares_by_its_registrations():
    tree = {
        "catalog-info.yaml": component("catalog"),
        "entities/component/default/ab/pay.yaml": component("pay"),
        "registrations/teams.yaml": component("team") + "---\n" + location("../entities/**/*.yaml"),
        "registrations/deep/er/x.yml": component("x"),
        "registrations/README.md": "",
    }
    found = described(tree, is_catalog=True)
    assert names(found) == ["x", "team", "loc"]
    assert problems(found) == [("registrations/teams.yaml", "location-generated")]


@pytest.mark.parametrize("path", ["registrations/a/b.yml", "waypost.yaml", "about.md", "CODEOWNERS"])
def test_changes_that_matter_in_the_catalog_repository(path):
    assert is_ours(path, is_catalog=True)
    assert not is_ours("entities/a.yaml", is_catalog=True)
    assert not is_ours("registrations/README.md", is_catalog=True)
    assert not is_ours("catalog-info.yaml", is_catalog=True)


def test_a_listing_that_was_cut_short_is_said():
    files = Files(tree=("catalog-info.yaml",), is_tree_complete=False)
    assert problems(snapshot({"catalog-info.yaml": component("pay")}, files)[0]) == [("", "tree-incomplete")]


def test_equal_contents_make_equal_snapshots():
    tree = {"catalog-info.yaml": component("pay") + "---\n" + api("{$text: ./x}") + "---\na: [", "x": "y"}
    assert described(tree) == described(dict(tree))
    assert described(tree) != described({**tree, "x": "z"})


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("* @acme/a\n", ("@acme/a",)),
        ("# x\n* @acme/a @ada # us\n*.py @acme/b\n", ("@acme/a", "@ada")),
        ("* @acme/a\n/** ada@acme.io\n", ("ada@acme.io",)),
        ("* @acme/a\n*\n", ()),
        ("/src @acme/a\n", ()),
    ],
)
def test_the_last_line_for_everything_names_the_owners(text, owners):
    assert described({".github/CODEOWNERS": text, "CODEOWNERS": "* @old"}).evidence.owners == owners


def test_the_first_codeowners_file_counts_even_when_it_is_empty():
    assert described({".github/CODEOWNERS": "", "CODEOWNERS": "* @old"}).evidence.owners == ()


PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "a",
        "*",
        "**",
        "{a,b}",
        "[",
        "https:",
        "github.com",
        "acme",
        "pay",
        "blob",
        "main",
        "%2e%2e",
        "\\",
        "\0",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=9).map("/".join), st.sampled_from(["$text", "$yaml", "$openapi"]))
def test_no_target_leads_out_of_the_repository(target, resolver):
    text = location(target) + "---\n" + api(json.dumps({resolver: target}))
    _, rounds = snapshot({"catalog-info.yaml": text, "a": "b"})
    for path in (path for wanted in rounds for path in wanted.paths):
        assert not path.startswith("/")
        assert ".." not in path.split("/")
