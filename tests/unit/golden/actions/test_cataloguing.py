import pytest

from waypost.golden.actions import ActionFault, NotYet
from waypost.golden.effects import FilesPushed, Registered, RepositoryExists
from waypost.golden.later import is_later, later
from waypost.golden.tree import File

SYSTEM = b"apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: money}\n"
PAY = b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: Pay, namespace: shop}\n"


@pytest.mark.parametrize(
    ("input", "repository", "path"),
    [
        pytest.param({"repoContentsUrl": "https://github.com/acme/pay/blob/main"}, "acme/pay", None, id="default path"),
        pytest.param(
            {"repoContentsUrl": "https://github.com/acme/pay/blob/main", "catalogInfoPath": "/docs/c.yaml"},
            "acme/pay",
            "docs/c.yaml",
            id="path",
        ),
        pytest.param(
            {"repoContentsUrl": "https://github.com/acme/pay/tree/main/app", "catalogInfoPath": "c.yaml"},
            "acme/pay",
            "app/c.yaml",
            id="path below the address",
        ),
        pytest.param(
            {"repoContentsUrl": "https://github.com/acme/pay", "catalogInfoPath": "/blob/dev/c.yaml"},
            "acme/pay",
            "c.yaml",
            id="path with its branch",
        ),
        pytest.param(
            {"catalogInfoUrl": "https://github.com/acme/pay/blob/main/a/c.yaml"}, "acme/pay", "a/c.yaml", id="address"
        ),
    ],
)
def test_repository_is_registered_by_its_descriptor(act, input, repository, path):
    outcome, _ = act("catalog:register", input)
    assert outcome.effects == [Registered(step="one", repository=repository, path=path or "catalog-info.yaml")]


def test_entity_is_known_from_the_files_that_are_pushed(act):
    files = {"catalog-info.yaml": File(SYSTEM + b"---\n" + PAY)}
    before = [
        RepositoryExists(step="p", repository="acme/pay", default_branch="trunk"),
        FilesPushed(step="p", repository="acme/pay", branch="trunk", files=files, message="x"),
    ]
    outcome, _ = act("catalog:register", {"repoContentsUrl": "https://github.com/acme/pay"}, before=before)
    assert outcome.output == {
        "entityRef": "component:shop/pay",
        "catalogInfoUrl": "https://github.com/acme/pay/blob/trunk/catalog-info.yaml",
    }


def test_entity_of_a_repository_elsewhere_is_known_later(act):
    outcome, _ = act("catalog:register", {"repoContentsUrl": "https://github.com/acme/other"})
    assert is_later(outcome.output["entityRef"])


def test_registering_nothing_is_refused(act):
    with pytest.raises(ActionFault, match="say where the descriptor is"):
        act("catalog:register", {})
    with pytest.raises(ActionFault, match="is not the address of a repository"):
        act("catalog:register", {"repoContentsUrl": "acme/pay"})
    with pytest.raises(NotYet):
        act("catalog:register", {"repoContentsUrl": later("repoContentsUrl")})


def test_descriptor_is_written_with_the_template_it_came_from(act):
    entity = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "API",
        "metadata": {"name": "a", "annotations": {"b": "c"}},
    }
    _, files = act("catalog:write", {"entity": entity})
    text = files["catalog-info.yaml"].data.decode()
    assert "b: c\n" in text
    assert "backstage.io/source-template: template:default/x\n" in text
    _, files = act("catalog:write", {"entity": entity, "filePath": "x/y.yaml"})
    assert list(files) == ["x/y.yaml"]


def test_entities_are_read_from_the_catalog(act):
    entities = {"component:default/a": {"kind": "Component"}, "group:shop/b": {"kind": "Group"}}
    outcome, _ = act("catalog:fetch", {"entityRef": "component:a"}, entities=entities)
    assert outcome.output == {"entity": {"kind": "Component"}}
    input = {"entityRefs": ["b", "c"], "defaultKind": "Group", "defaultNamespace": "shop", "optional": True}
    outcome, _ = act("catalog:fetch", input, entities=entities)
    assert outcome.output == {"entities": [{"kind": "Group"}, None]}


@pytest.mark.parametrize(
    ("input", "message"),
    [
        pytest.param({"entityRef": "component:gone"}, "the catalog knows no component:default/gone", id="unknown"),
        pytest.param({"entityRef": "gone"}, "does not say its kind", id="no kind"),
        pytest.param({}, "say which entity", id="nothing"),
    ],
)
def test_entity_that_is_not_there_is_refused(act, input, message):
    with pytest.raises(ActionFault, match=message):
        act("catalog:fetch", input)
