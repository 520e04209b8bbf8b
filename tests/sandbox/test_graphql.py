"""The GraphQL we use: batches of reads, and the one commit."""

import base64

import pytest

COMMIT = """mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid url } ref { name } }
}"""


def commit_input(repository, parent, additions=None, deletions=(), branch="main"):
    return {
        "branch": {"repositoryNameWithOwner": repository, "branchName": branch},
        "expectedHeadOid": parent,
        "message": {"headline": "Change", "body": "Why"},
        "fileChanges": {
            "additions": [
                {"path": path, "contents": base64.b64encode(text.encode()).decode()}
                for path, text in (additions or {}).items()
            ],
            "deletions": [{"path": path} for path in deletions],
        },
    }


@pytest.fixture
def read(admin, organization):
    """Ask for fields of the repository `pay`."""

    def ask(fields):
        query = f'query($o: String!) {{ repository(owner: $o, name: "pay") {{ {fields} }} }}'
        answer = admin.graphql(query, o=organization)
        assert "errors" not in answer, answer
        return answer["data"]["repository"]

    return ask


def test_facts_of_a_repository(read, organization, head):
    found = read(
        "databaseId name nameWithOwner owner { login } url visibility isArchived isFork isPrivate description "
        "primaryLanguage { name } repositoryTopics(first: 20) { nodes { topic { name } } } "
        "defaultBranchRef { name target { oid } }"
    )
    assert found["databaseId"] > 0
    assert found["owner"]["login"] == organization
    assert (found["visibility"], found["isPrivate"], found["isArchived"]) == ("PRIVATE", True, False)
    assert found["primaryLanguage"]["name"] == "Python"
    assert found["repositoryTopics"]["nodes"] == [{"topic": {"name": "money"}}]
    assert found["defaultBranchRef"] == {"name": "main", "target": {"oid": head(f"{organization}/pay")}}


def test_blobs_and_trees_by_expression(read, organization, head):
    parent = head(f"{organization}/pay")
    found = read(
        f'a: object(expression: "HEAD:README.md") {{ ... on Blob {{ text byteSize isBinary isTruncated }} }} '
        f'b: object(expression: "main:src") {{ ... on Tree {{ entries {{ name path type mode }} }} }} '
        f'c: object(expression: "{parent}:nowhere") {{ oid }} '
        f'd: object(expression: "HEAD:") {{ __typename }} '
        f'e: object(expression: "no-branch:README.md") {{ oid }} '
        f'f: object(expression: "HEAD") {{ __typename oid }}'
    )
    assert found["a"] == {"text": "# Pay\n", "byteSize": 6, "isBinary": False, "isTruncated": False}
    assert found["b"]["entries"] == [{"name": "pay.py", "path": "src/pay.py", "type": "blob", "mode": 0o100644}]
    assert (found["c"], found["d"], found["e"]) == (None, {"__typename": "Tree"}, None)
    assert found["f"] == {"__typename": "Commit", "oid": parent}


def test_binary_and_long_texts(admin, control, organization):
    files = {"bin": {"content": "AAEC", "encoding": "base64"}, "long": "x" * 600_000}
    control("POST", "/seed", {organization: {"odd": {"files": files}}})
    fields = "... on Blob { text isBinary isTruncated byteSize }"
    query = (
        'query($o: String!) { repository(owner: $o, name: "odd") {'
        f' a: object(expression: "HEAD:bin") {{ {fields} }} b: object(expression: "HEAD:long") {{ {fields} }} }} }}'
    )
    found = admin.graphql(query, o=organization)["data"]["repository"]
    assert found["a"] == {"text": None, "isBinary": True, "isTruncated": False, "byteSize": 3}
    assert found["b"]["isTruncated"] is True
    assert len(found["b"]["text"]) == 512_000


def test_history_by_path_names_the_last_commit_that_touched_it(admin, read, repository, head):
    first = head(repository)
    admin("PUT", f"/repos/{repository}/contents/other", {"message": "Other", "content": ""}, status=201)
    found = read(
        'object(expression: "HEAD") { ... on Commit {'
        ' readme: history(first: 1, path: "README.md") { nodes { oid committedDate } }'
        " all: history(first: 1) { nodes { messageHeadline author { user { login } } } totalCount"
        " pageInfo { hasNextPage endCursor } } } }"
    )["object"]
    assert found["readme"]["nodes"][0]["oid"] == first
    assert found["all"]["totalCount"] == 2
    assert found["all"]["pageInfo"]["hasNextPage"] is True
    assert found["all"]["nodes"][0] == {"messageHeadline": "Other", "author": {"user": {"login": "admin"}}}


def test_fifty_repositories_in_one_query(admin, control, organization):
    control("POST", "/seed", {organization: {f"r{n}": {"files": {"f": str(n)}} for n in range(49)}})
    names = [*(f"r{n}" for n in range(49)), "gone"]
    parts = [
        f'r{n}: repository(owner: "{organization}", name: "{name}") '
        '{ databaseId object(expression: "HEAD:f") { ... on Blob { text } } }'
        for n, name in enumerate(names)
    ]
    answer = admin.graphql(f"{{ {' '.join(parts)} rateLimit {{ cost remaining resetAt }} }}")
    assert [answer["data"][f"r{n}"]["object"]["text"] for n in range(49)] == [str(n) for n in range(49)]
    assert answer["data"]["r49"] is None
    assert answer["data"]["rateLimit"]["cost"] == 1
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["r49"])
    assert error["message"] == f"Could not resolve to a Repository with the name '{organization}/gone'."


def test_organisation_lists_its_repositories_in_pages(admin, control, organization):
    control("POST", "/seed", {organization: {f"r{n}": {} for n in range(4)}})
    query = (
        "query($o: String!, $after: String) { organization(login: $o) { repositories(first: 3, after: $after,"
        " orderBy: {field: NAME, direction: ASC}) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } }"
    )
    one = admin.graphql(query, o=organization)["data"]["organization"]["repositories"]
    two = admin.graphql(query, o=organization, after=one["pageInfo"]["endCursor"])["data"]["organization"]
    names = [node["name"] for page in (one, two["repositories"]) for node in page["nodes"]]
    assert names == ["pay", "r0", "r1", "r2", "r3"]
    assert (one["totalCount"], two["repositories"]["pageInfo"]["hasNextPage"]) == (5, False)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param("repositories { totalCount }", "MISSING_PAGINATION_BOUNDARIES", id="no bounds"),
        pytest.param("repositories(first: 101) { totalCount }", "EXCESSIVE_PAGINATION", id="more than a hundred"),
    ],
)
def test_lists_need_bounds(admin, organization, fields, kind):
    answer = admin.graphql(f"query($o: String!) {{ organization(login: $o) {{ {fields} }} }}", o=organization)
    assert answer["errors"][0]["type"] == kind


def test_nodes_are_found_by_their_ids(admin, organization, repository):
    numbers = admin.get(f"/repos/{repository}")
    query = "query($id: ID!) { node(id: $id) { id ... on Repository { name } } }"
    assert admin.graphql(query, id=numbers["node_id"])["data"]["node"] == {"id": numbers["node_id"], "name": "pay"}
    assert admin.graphql(query, id="R_nothing")["errors"][0]["type"] == "NOT_FOUND"


def test_cost_grows_with_nested_lists(admin, organization):
    query = (
        "query($o: String!) { organization(login: $o) { repositories(first: 100) { nodes {"
        " repositoryTopics(first: 50) { nodes { topic { name } } } } } } rateLimit { cost nodeCount } }"
    )
    found = admin.graphql(query, o=organization)["data"]["rateLimit"]
    assert found == {"cost": 1, "nodeCount": 5_100}


def test_mistakes_in_a_query_are_told_with_200(admin):
    assert "Cannot query field" in admin.graphql("{ viewer { nickname } }", mistake=True)["errors"][0]["message"]
    assert admin.graphql("{ viewer {", mistake=True)["errors"][0]["locations"]


def test_commit_on_the_expected_head(admin, repository, head):
    parent = head(repository)
    asked = commit_input(repository, parent, {"docs/new.md": "new", "README.md": "changed"}, ["src/pay.py"])
    made = admin.graphql(COMMIT, input=asked)["data"]["createCommitOnBranch"]
    assert made["commit"]["oid"] == head(repository)
    assert made["ref"]["name"] == "main"
    shown = admin.get(f"/repos/{repository}/commits/main")
    assert shown["commit"]["message"] == "Change\n\nWhy"
    assert [one["sha"] for one in shown["parents"]] == [parent]
    assert shown["commit"]["verification"]["verified"] is True
    assert {one["filename"]: one["status"] for one in shown["files"]} == {
        "README.md": "modified",
        "docs/new.md": "added",
        "src/pay.py": "removed",
    }


def test_moved_head_is_stale_data_and_writes_nothing(admin, repository, head):
    parent = head(repository)
    admin.graphql(COMMIT, input=commit_input(repository, parent, {"a": "1"}))
    second = head(repository)
    answer = admin.graphql(COMMIT, input=commit_input(repository, parent, {"b": "2"}))
    assert answer["data"] == {"createCommitOnBranch": None}
    (error,) = answer["errors"]
    assert error["type"] == "STALE_DATA"
    assert error["path"] == ["createCommitOnBranch"]
    assert error["message"] == f'Expected branch to point to "{parent}" but it did not.  Pull and try again.'
    assert head(repository) == second


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param({"branch": "nowhere"}, "NOT_FOUND", id="a branch that is not there"),
        pytest.param({"deletions": ["no-such-file"]}, "NOT_FOUND", id="deleting what is not there"),
        pytest.param({"additions": {"../up": "x"}}, "UNPROCESSABLE", id="a path that leaves"),
        pytest.param(
            {"additions": {"README.md": "x"}, "deletions": ["README.md"]}, "UNPROCESSABLE", id="a path said twice"
        ),
    ],
)
def test_impossible_commits_are_refused(admin, repository, head, change, kind):
    parent = head(repository)
    answer = admin.graphql(COMMIT, input=commit_input(repository, parent, **change))
    assert answer["errors"][0]["type"] == kind
    assert head(repository) == parent


@pytest.mark.parametrize(
    "additions",
    [
        pytest.param({f"f{n}": "x" for n in range(101)}, id="101 files"),
        pytest.param({"big": "x" * (1024 * 1024 + 1)}, id="more than a mebibyte"),
    ],
)
def test_large_commit_times_out_and_writes_nothing(admin, repository, head, additions):
    parent = head(repository)
    asked = {"query": COMMIT, "variables": {"input": commit_input(repository, parent, additions)}}
    answer = admin("POST", "/graphql", asked, status=502)
    assert "timeout" in answer.json()["errors"][0]["message"]
    assert head(repository) == parent


def test_mode_of_a_known_file_stays(admin, control, organization, head):
    control("POST", "/seed", {organization: {"run": {"files": {"run.sh": {"content": "a", "mode": "100755"}}}}})
    repository = f"{organization}/run"
    admin.graphql(COMMIT, input=commit_input(repository, head(repository), {"run.sh": "b", "new.sh": "c"}))
    tree = admin.get(f"/repos/{repository}/git/trees/main")["tree"]
    assert {one["path"]: one["mode"] for one in tree} == {"run.sh": "100755", "new.sh": "100644"}


def test_reading_token_may_not_commit(connect, token_for, organization, repository, head):
    reader = connect(token_for(organization, permissions={"contents": "read"})["token"])
    answer = reader.graphql(COMMIT, input=commit_input(repository, head(repository), {"a": "b"}))
    assert (answer["errors"][0]["type"], answer["errors"][0]["message"]) == (
        "FORBIDDEN",
        "Resource not accessible by integration",
    )


def test_enterprise_addresses_work_too(admin, repository):
    asked = {"query": "{ viewer { login } }"}
    assert admin("POST", "/api/graphql", asked, status=200).json()["data"]["viewer"]["login"] == "admin"
    shown = admin.get(f"/api/v3/repos/{repository}")
    assert shown["url"] == f"{admin.sandbox.url}/api/v3/repos/{repository}"
