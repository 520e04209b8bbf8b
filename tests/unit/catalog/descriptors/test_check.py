import pytest

from waypost.catalog.check import check
from waypost.catalog.documents import parse
from waypost.catalog.entities import Relation
from waypost.catalog.kinds import KINDS


def judged(text, **kwargs):
    [document] = parse(text).documents
    return check(document, **kwargs)


def component(spec="", metadata="", kind="Component", version="backstage.io/v1alpha1"):
    return (
        f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: Pay\n{metadata}"
        f"spec:\n  type: service\n  lifecycle: production\n  owner: payments\n{spec}"
    )


def ids(checked):
    return [problem.id for problem in checked.problems]


def test_a_valid_component_is_an_entity_with_its_relations():
    checked = judged(component("  system: checkout\n  dependsOn: [component:Ledger, resource:x/db]\n"))
    assert (checked.is_valid, checked.kind, checked.ref, checked.problems) == (
        True,
        "Component",
        "component:default/pay",
        (),
    )
    assert checked.data["metadata"]["name"] == "Pay"
    assert checked.relations == (
        Relation("component:default/ledger", "dependencyOf", "component:default/pay"),
        Relation("component:default/pay", "dependsOn", "component:default/ledger"),
        Relation("component:default/pay", "dependsOn", "resource:x/db"),
        Relation("component:default/pay", "ownedBy", "group:default/payments"),
        Relation("component:default/pay", "partOf", "system:default/checkout"),
        Relation("group:default/payments", "ownerOf", "component:default/pay"),
        Relation("resource:x/db", "dependencyOf", "component:default/pay"),
        Relation("system:default/checkout", "hasPart", "component:default/pay"),
    )


@pytest.mark.parametrize(
    ("kind", "spec", "source", "type", "target"),
    [
        ("Component", "owner: user:ada", "component:ns/pay", "ownedBy", "user:ns/ada"),
        ("Component", "subcomponentOf: shop", "component:ns/pay", "partOf", "component:ns/shop"),
        ("Component", "providesApis: [p]", "component:ns/pay", "providesApi", "api:ns/p"),
        ("Component", "consumesApis: [default/p]", "component:ns/pay", "consumesApi", "api:default/p"),
        ("Component", "dependencyOf: [component:a]", "component:ns/pay", "dependencyOf", "component:ns/a"),
        ("Component", "dependencyOf: component:a", "component:ns/a", "dependsOn", "component:ns/pay"),
        ("API", "{definition: d, system: s}", "system:ns/s", "hasPart", "api:ns/pay"),
        ("Resource", "dependencyOf: [component:a]", "component:ns/a", "dependsOn", "resource:ns/pay"),
        ("System", "domain: d", "system:ns/pay", "partOf", "domain:ns/d"),
        ("Domain", "subdomainOf: d", "domain:ns/d", "hasPart", "domain:ns/pay"),
        ("Group", "{children: [], parent: p}", "group:ns/pay", "childOf", "group:ns/p"),
        ("Group", "children: [c]", "group:ns/pay", "parentOf", "group:ns/c"),
        ("Group", "{children: [], members: [ada]}", "user:ns/ada", "memberOf", "group:ns/pay"),
        ("User", "memberOf: [g]", "user:ns/pay", "memberOf", "group:ns/g"),
    ],
)
def test_relations_are_those_of_backstage(kind, spec, source, type, target):
    import yaml

    fields = {"type": "t", "lifecycle": "production", "owner": "o", "definition": "d", "children": [], "memberOf": []}
    allowed = {**fields, **yaml.safe_load(spec)}
    text = f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: Pay, namespace: ns}}\nspec: {allowed}\n"
    assert Relation(source, type, target) in judged(text).relations


def test_every_relation_has_its_inverse():
    inverses = {}
    for kind in KINDS.values():
        for field in kind.fields:
            assert inverses.setdefault(field.relation, field.inverse) == field.inverse
            assert inverses.setdefault(field.inverse, field.relation) == field.relation


def test_all_problems_are_reported_in_one_run_in_the_order_of_the_file():
    text = component("  dependsOn: [ledger]\n", "  tags: [Java]\n  labels: {a: 1}\n  links: [{url: x}]\n")
    checked = judged(text + "extra: 1\n")
    assert ids(checked) == ["tag-form", "field-type", "link-url", "ref-form", "field-unknown"]
    assert [problem.line for problem in checked.problems] == sorted(problem.line for problem in checked.problems)
    assert {problem.ref for problem in checked.problems} == {"component:default/pay"}


def test_the_kind_decides_before_anything_is_validated():
    """A misspelt kind is not told that it has no `spec.memberOf`."""
    checked = judged(component(kind="Componant"))
    assert ids(checked) == ["kind-unknown"]
    assert 'Did you mean "Component"?' in checked.problems[0].fix


def test_an_undeclared_kind_is_invalid_but_kept():
    checked = judged(component(kind="Dashboard"))
    assert not checked.is_valid
    assert checked.data["kind"] == "Dashboard"
    assert Relation("dashboard:default/pay", "ownedBy", "group:default/payments") in checked.relations


def test_a_declared_kind_is_valid():
    assert judged(component(kind="Dashboard"), kinds=["Dashboard"]).is_valid


def test_an_undeclared_kind_must_still_have_an_envelope():
    checked = judged("apiVersion: x/v1\nkind: Dashboard\nmetadata: {name: a b}\n")
    assert ids(checked) == ["kind-unknown", "name-form"]
    assert checked.data is None


def test_another_version_of_a_kind_is_refused():
    assert ids(judged(component(version="backstage.io/v2"))) == ["api-version"]
    assert judged(component(version="backstage.io/v1beta1")).is_valid
    template = "apiVersion: backstage.io/v1alpha1\nkind: Template\nmetadata: {name: a}\nspec: {type: t, steps: []}\n"
    assert ids(judged(template)) == ["api-version"]
    assert judged(template.replace("backstage.io/v1alpha1", "scaffolder.backstage.io/v1beta3")).is_valid


@pytest.mark.parametrize("text", ["- a", "a", "1", "[]"])
def test_what_is_no_mapping_is_no_entity(text):
    assert ids(judged(text)) == ["root-type"]


def test_a_document_that_cannot_be_read_has_neither_kind_nor_ref():
    checked = judged(component() + "kind: API\n")
    assert (checked.kind, checked.ref, ids(checked)) == (None, None, ["yaml-duplicate"])
    assert checked.problems[0].ref == "component:default/pay"


def test_duplicates_do_not_hide_the_other_problems():
    assert ids(judged(component("  owner: other\n", "  tags: [Java]\n"))) == ["tag-form", "yaml-duplicate"]


@pytest.mark.parametrize(
    ("metadata", "spec", "id"),
    [
        pytest.param("", "  owner: ada@acme.io\n", "owner-email", id="an e-mail address"),
        pytest.param("", "  owner: user:ada@acme.io\n", "owner-email", id="an e-mail address as a user"),
        pytest.param("", "  owner: john@example.com\n", "owner-example", id="john"),
        pytest.param("", "  owner: user-or-team-name\n", "owner-example", id="left from a template"),
        pytest.param("", "  lifecycle: prodution\n", "lifecycle-unknown", id="a lifecycle of their own"),
        pytest.param("", "  type: other\n", "type-other", id="type other"),
        pytest.param("", "  implementsApis: [a]\n", "field-legacy", id="implementsApis"),
        pytest.param("", "  subComponentOf: a\n", "field-misspelt", id="subComponentOf"),
        pytest.param("  descripton: a\n", "", "field-misspelt", id="descripton"),
        pytest.param(
            "  annotations: {github.com/project-slug: https://github.com/acme/pay}\n", "", "project-slug-url", id="slug"
        ),
        pytest.param("  x: {{ y }}\n", "", "yaml-key", id="an unquoted expression"),
        pytest.param("  x: .inf\n", "", "yaml-not-finite", id="infinity"),
        pytest.param("  x: !Ref y\n", "", "yaml-tag", id="a tag of CloudFormation"),
        pytest.param("  <<: {a: b}\n", "", "yaml-merge", id="a merge key"),
    ],
)
def test_what_real_people_write_is_a_warning(metadata, spec, id):
    name = spec.partition(":")[0].strip()
    kept = "".join(line + "\n" for line in component().splitlines() if not name or not line.startswith(f"  {name}:"))
    checked = judged(kept.replace("spec:\n", f"{metadata}spec:\n{spec}"))
    assert ids(checked) == [id]
    assert checked.is_valid
    assert checked.data is not None
    assert checked.problems[0].severity == "warning"
    assert checked.problems[0].fix


def test_the_nearest_lifecycle_is_offered():
    checked = judged(component().replace("production", "prodution"))
    assert 'Did you mean "production"?' in checked.problems[0].fix


TEMPLATE = """
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: service}
spec:
  owner: platform
  type: service
  steps:
    - {id: a, action: debug:log, input: "${{ parameters }}"}
"""


def test_a_template_with_a_misplaced_expression_is_told_what_is_wrong_there():
    checked = judged(TEMPLATE)
    assert "skeleton" not in ids(checked)
    assert not checked.is_valid
    assert checked.problems[0].path == "/spec/steps/0/input"


def test_a_template_that_a_template_makes_is_an_unrendered_skeleton():
    assert ids(judged(TEMPLATE.replace("name: service", 'name: "${{ values.name }}"'))) == ["skeleton"]


def test_an_unrendered_skeleton_is_one_warning_and_no_entity():
    checked = judged(component().replace("Pay", "${{ values.name | dump }}").replace("payments", "${{ values.owner }}"))
    assert ids(checked) == ["skeleton"]
    assert checked.is_valid
    assert checked.data is None
    assert checked.relations == ()


def test_expressions_in_a_template_are_what_it_is_for():
    text = (
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}\n"
        "spec: {type: t, steps: [{action: a, input: {name: '${{ parameters.name }}'}}]}\n"
    )
    assert judged(text).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "spec:\n  inputs:\n    stage: {default: build}\n",
        "build:\n  stage: build\n  script: [make]\n",
        "include:\n  - local: a.yml\n",
    ],
)
def test_a_gitlab_ci_file_is_a_warning_and_no_entity(text):
    checked = judged(text)
    assert ids(checked) == ["gitlab-ci"]
    assert checked.is_valid
    assert checked.data is None


def test_a_whole_document_cannot_stand_elsewhere():
    assert set(ids(judged("$text: ./entity.yaml"))) == {"field-missing", "field-unknown"}


def test_infinity_is_null_in_an_entity():
    assert judged(component("  x: [.inf, {y: .nan}, 1.5]\n")).data["spec"]["x"] == [None, {"y": None}, 1.5]


@pytest.mark.parametrize(
    ("definition", "is_valid"),
    [
        ("{$text: ./openapi.yaml}", True),
        ("{$openapi: ./openapi.yaml}", True),
        ("{$yaml: ./openapi.yaml}", True),
        ("{$text: https://example.com/openapi.yaml}", True),
        ("{$openapi: https://example.com/openapi.yaml}", False),
        ("{$text: ./a, $json: ./b}", False),
        ("{$unknown: ./a}", False),
        ("{openapi: 3.0.0}", False),
    ],
)
def test_placeholders_are_taken_to_hold_what_fits(definition, is_valid):
    checked = judged(component(f"  definition: {definition}\n", kind="API"))
    assert checked.is_valid is is_valid
    assert isinstance(checked.data["spec"]["definition"], dict) if is_valid else checked.data is None


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://a.example", ""),
        ("mailto:a@b.example", ""),
        ("slack://channel?id=1", ""),
        ("a.example", "link-url"),
        ("/docs", "link-url"),
        ("https://", "link-url"),
        ("https://a b.example", "link-url"),
        ("javascript:alert(1)", "link-script"),
        ("data:text/html,x", "link-script"),
        ('"java\\nscript:alert(1)"', "link-script"),
    ],
)
def test_links_lead_to_pages(url, id):
    assert ids(judged(component(metadata=f"  links: [{{url: {url}}}]\n"))) == ([id] if id else [])
