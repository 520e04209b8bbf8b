"""Custom properties: what an organisation defines, what its repositories say, and who may say it."""

import pytest


@pytest.fixture
def schema(admin, organization):
    """An organisation that defines three properties; returns the address of its schema."""
    path = f"/orgs/{organization}/properties/schema"
    properties = [
        {"property_name": "tier", "value_type": "single_select", "allowed_values": ["1", "2"],
         "values_editable_by": "org_and_repo_actors"},
        {"property_name": "langs", "value_type": "multi_select", "allowed_values": ["go", "python"]},
        {"property_name": "pci", "value_type": "true_false", "required": True, "default_value": "false"},
    ]  # fmt: skip
    made = admin("PATCH", path, {"properties": properties}, status=200).json()
    assert [one["property_name"] for one in made] == ["tier", "langs", "pci"]
    return path


def said(client, repository):
    return {one["property_name"]: one["value"] for one in client.get(f"/repos/{repository}/properties/values")}


def patch(client, path, status=204, **values):
    properties = [{"property_name": name, "value": value} for name, value in values.items()]
    return client("PATCH", path, {"properties": properties}, status=status)


def test_definitions_are_put_read_and_removed(admin, schema):
    body = {"value_type": "string", "description": "Cost centre", "values_editable_by": "org_actors"}
    admin("PUT", f"{schema}/cost", body, status=200)
    assert body.items() <= admin.get(f"{schema}/cost").items()
    assert [one["property_name"] for one in admin.get(schema)] == ["cost", "langs", "pci", "tier"]
    admin("PUT", f"{schema}/cost", {"value_type": "url"}, status=422, mistake=True)
    admin("DELETE", f"{schema}/cost", status=204)
    admin("GET", f"{schema}/cost", status=404)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"value_type": "number"}, id="unknown type"),
        pytest.param({"value_type": "single_select"}, id="nothing to select"),
        pytest.param({"value_type": "string", "allowed_values": ["a"]}, id="choice of a text"),
        pytest.param({"value_type": "string", "required": True}, id="required without a default"),
        pytest.param({"value_type": "single_select", "allowed_values": ["a"], "required": True, "default_value": "b"},
                     id="default that is not allowed"),
    ],
)  # fmt: skip
def test_definition_that_contradicts_itself_is_refused(admin, schema, body):
    admin("PUT", f"{schema}/x", body, status=422, mistake=True)
    admin("GET", f"{schema}/x", status=404)


def test_repository_says_its_values(admin, repository, schema):
    assert said(admin, repository) == {"langs": None, "pci": "false", "tier": None}
    patch(admin, f"/repos/{repository}/properties/values", tier="1", langs=["go", "python"], pci="true")
    assert said(admin, repository) == {"langs": ["go", "python"], "pci": "true", "tier": "1"}
    assert admin.get(f"/repos/{repository}")["custom_properties"]["tier"] == "1"
    patch(admin, f"/repos/{repository}/properties/values", tier=None, pci=None)
    assert said(admin, repository) == {"langs": ["go", "python"], "pci": "false", "tier": None}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"tier": "3"}, id="not among the choices"),
        pytest.param({"langs": "go"}, id="one where several are meant"),
        pytest.param({"pci": "yes"}, id="neither true nor false"),
        pytest.param({"cost": "1"}, id="unknown property"),
        pytest.param({"tier": "1", "pci": "yes"}, id="one of two"),
    ],
)
def test_value_that_is_not_allowed_changes_nothing(admin, repository, schema, values):
    patch(admin, f"/repos/{repository}/properties/values", 422, **values)
    assert said(admin, repository) == {"langs": None, "pci": "false", "tier": None}


def test_app_changes_what_repositories_may_change(installation, repository, schema):
    patch(installation, f"/repos/{repository}/properties/values", tier="2")
    patch(installation, f"/repos/{repository}/properties/values", 403, pci="true")
    assert installation.get(schema)[0]["property_name"] == "langs"
    installation("DELETE", f"{schema}/tier", status=403)


def test_values_need_the_permission(connect, token_for, organization, repository, schema):
    narrow = connect(token_for(organization, permissions={"metadata": "read"})["token"])
    assert patch(narrow, f"/repos/{repository}/properties/values", 403, tier="1").headers[
        "X-Accepted-GitHub-Permissions"
    ] == ("repository_custom_properties=write")
    assert said(narrow, repository)["tier"] is None


def test_organisation_sets_many_at_once(admin, control, organization, schema):
    control("POST", "/seed", {organization: {"web": {}}})
    properties = [{"property_name": "tier", "value": "2"}]
    body = {"repository_names": ["pay", "web"], "properties": properties}
    admin("PATCH", f"/orgs/{organization}/properties/values", body, status=204)
    found = {one["repository_name"]: one["properties"] for one in admin.get(f"/orgs/{organization}/properties/values")}
    assert all({"property_name": "tier", "value": "2"} in found[name] for name in ("pay", "web"))
    gone = {"repository_names": ["nowhere"], "properties": properties}
    admin("PATCH", f"/orgs/{organization}/properties/values", gone, status=422)


def test_new_repository_has_its_values_from_the_start(admin, organization, schema):
    body = {"name": "made", "custom_properties": {"tier": "1"}}
    made = admin("POST", f"/orgs/{organization}/repos", body, status=201).json()
    assert made["custom_properties"] == {"pci": "false", "tier": "1"}
    explicit = {"value_type": "string", "require_explicit_values": True, "required": True, "default_value": "x"}
    admin("PUT", f"{schema}/owner", explicit, status=200)
    admin("POST", f"/orgs/{organization}/repos", {"name": "more"}, status=422)
