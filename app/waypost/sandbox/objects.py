"""GitHub's objects as answers show them: one function each, complete by GitHub's OpenAPI description.

https://docs.github.com/en/rest: the response schemas of each route
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from waypost.sandbox import access, languages
from waypost.sandbox.auth import caller
from waypost.sandbox.box import api_url, box, owner_of
from waypost.sandbox.repository_settings import MERGING, SECURITY
from waypost.sandbox.store import Record
from waypost.sandbox.web import Json

# field of a user or organisation -> what follows its address
_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
# field of a repository -> what follows its address
_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def node_id(kind: str, number: int) -> str:
    """Return the GraphQL id of a record: opaque to callers, readable by `node(id:)`."""
    return f"{kind}_" + b64encode(str(number).encode()).decode().rstrip("=")


def account_node(account: Record) -> str:
    return node_id({"Organization": "O", "Bot": "BOT"}.get(account["type"], "U"), account["id"])


def simple_user(account: Record) -> Json:
    """The short form of a user, organisation or bot that every other object holds."""
    url = f"{api_url()}/users/{account['login'].replace('[', '%5B').replace(']', '%5D')}"
    page = account["login"].removesuffix("[bot]")
    return {
        "login": account["login"],
        "id": account["id"],
        "node_id": account_node(account),
        "avatar_url": f"{box().url}/_sandbox/avatars/{account['id']}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{box().url}/" + (f"apps/{page}" if account["type"] == "Bot" else page),
        **{field: url + suffix for field, suffix in _USER_LINKS.items()},
        "type": account["type"],
        "user_view_type": "public",
        "site_admin": bool(account.get("site_admin", False)),
    }


def user(account: Record) -> Json:
    """The public profile (GET /users/{username})."""
    store = box().store
    owned = store.where("repository", owner_id=account["id"])
    return {
        **simple_user(account),
        "name": account.get("name"),
        "company": None,
        "blog": account.get("blog") or "",
        "location": None,
        "email": account.get("email"),
        "hireable": None,
        "bio": account.get("description"),
        "twitter_username": None,
        "public_repos": sum(1 for repository in owned if repository["visibility"] == "public"),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": account["created_at"],
        "updated_at": account["updated_at"],
    }


def organization_simple(account: Record) -> Json:
    """The short form of an organisation, as lists and payloads show it."""
    url = f"{api_url()}/orgs/{account['login']}"
    return {
        "login": account["login"],
        "id": account["id"],
        "node_id": account_node(account),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{box().url}/_sandbox/avatars/{account['id']}",
        "description": account.get("description"),
    }


def organization(account: Record) -> Json:
    """GET /orgs/{org}."""
    owned = box().store.where("repository", owner_id=account["id"])
    public = sum(1 for repository in owned if repository["visibility"] == "public")
    who = caller().user
    return {
        **organization_simple(account),
        "name": account.get("name") or account["login"],
        # GitHub leaves these out where they are empty
        **{name: account[name] for name in ("blog", "email") if account.get(name)},
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{box().url}/{account['login']}",
        "created_at": account["created_at"],
        "updated_at": account["updated_at"],
        "archived_at": None,
        "type": "Organization",
        **(
            {
                "total_private_repos": len(owned) - public,
                "owned_private_repos": len(owned) - public,
                "default_repository_permission": account.get("default_repository_permission", "read"),
                "members_can_create_repositories": True,
                "plan": {
                    "name": "enterprise",
                    "space": 976562499,
                    "private_repos": 999999,
                    "filled_seats": 10,
                    "seats": 100,
                },
            }
            if who is not None and access.is_member(who, account)
            else {}
        ),
    }


def repository(record: Record) -> Json:
    """The form of a repository that lists and payloads show."""
    owner = owner_of(record)
    name = f"{owner['login']}/{record['name']}"
    url, page = f"{api_url()}/repos/{name}", f"{box().url}/{name}"
    host = box().url.partition("://")[2]
    open_issues = len(box().store.where("issue", repository_id=record["id"], state="open"))
    return {
        "id": record["id"],
        "node_id": node_id("R", record["id"]),
        "name": record["name"],
        "full_name": name,
        "private": record["visibility"] != "public",
        "owner": simple_user(owner),
        "html_url": page,
        "description": record["description"],
        "fork": record["fork"],
        "url": url,
        **{field: url + suffix for field, suffix in _REPOSITORY_LINKS.items()},
        "git_url": f"git://{host}/{name}.git",
        "ssh_url": f"git@{host.partition(':')[0]}:{name}.git",
        "clone_url": f"{page}.git",
        "mirror_url": None,
        "svn_url": page,
        "homepage": record["homepage"],
        "language": languages.primary(record),
        "forks_count": 0,
        "forks": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "watchers": 0,
        "size": record["size"],
        "default_branch": record["default_branch"],
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "is_template": record["is_template"],
        "topics": record["topics"],
        "has_issues": record["has_issues"],
        "has_projects": record["has_projects"],
        "has_wiki": record["has_wiki"],
        "has_pages": record.get("site") is not None,
        "has_downloads": True,
        "has_discussions": False,
        "has_pull_requests": True,
        "archived": record["archived"],
        "disabled": False,
        "visibility": record["visibility"],
        "pushed_at": record["pushed_at"],
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "license": None,
        "allow_forking": record.get("allow_forking", True),
        "web_commit_signoff_required": record.get("web_commit_signoff_required", False),
        "permissions": permissions(record),
    }


def full_repository(record: Record) -> Json:
    """GET /repos/{owner}/{repo}: with what only the single form has."""
    owner = owner_of(record)
    shown = repository(record) | {"network_count": 0, "subscribers_count": 0, "temp_clone_token": None}
    if may_administer(record):
        held = {"dependabot_security_updates": record.get("security_fixes", False), **record.get("security", {})}
        shown |= merge_settings(record) | {"security_and_analysis": _security(held)}
    if owner["type"] == "Organization":
        shown["organization"] = simple_user(owner)
        shown["custom_properties"] = _properties(record)
    template = box().store.get("repository", record.get("template_id", 0))
    if template is not None and caller().can_see(template):
        shown["template_repository"] = repository(template) | {"temp_clone_token": ""}
    return shown


def _security(switches: Mapping[str, bool]) -> Json:
    known = ("dependabot_security_updates", *SECURITY)
    return {name: {"status": "enabled" if switches.get(name) else "disabled"} for name in known}


def _properties(record: Record) -> Json:
    """What the custom properties say: the repository's own words and its organisation's defaults."""
    said = record.get("property_values", {})
    known = box().store.where("property", org_id=record["owner_id"])
    values = {one["name"]: said.get(one["name"], one["default_value"]) for one in known}
    return {name: value for name, value in sorted(values.items()) if value is not None}


def merge_settings(record: Record) -> Json:
    """How pull requests may be merged here."""
    return {**MERGING, **record.get("settings", {})}


def may_administer(record: Record) -> bool:
    return caller().may(record, "administration", "write")


def permissions(record: Record) -> Json:
    """What the caller may do, as lists and single repositories show it."""
    who = caller()
    if who.installation is not None:
        push = who.covers(record) and who.has("contents", "write")
        admin = who.covers(record) and who.has("administration", "write")
        return {"admin": admin, "maintain": admin, "push": push or admin, "triage": push or admin, "pull": True}
    held = access.level(who.user, record) if who.user is not None else "read"
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: access.at_least(held, wanted) for name, wanted in names.items()}


def installation(record: Record) -> Json:
    """GET /app/installations/{installation_id}."""
    store = box().store
    account, app = store.must("account", record["account_id"]), store.must("app", record["app_id"])
    number, page = record["id"], f"{box().url}/organizations/{account['login']}"
    return {
        "id": number,
        "client_id": app["client_id"],
        "account": simple_user(account),
        "repository_selection": "all" if record["repository_ids"] is None else "selected",
        "access_tokens_url": f"{api_url()}/app/installations/{number}/access_tokens",
        "repositories_url": f"{api_url()}/installation/repositories",
        "html_url": f"{page}/settings/installations/{number}",
        "app_id": app["id"],
        "app_slug": app["slug"],
        "target_id": account["id"],
        "target_type": account["type"],
        "permissions": dict(record["permissions"]),
        "events": list(app["events"]),
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": simple_user(account) if record["suspended_at"] else None,
        "suspended_at": record["suspended_at"],
    }


def app(record: Record) -> Json:
    """GET /app."""
    store = box().store
    return {
        "id": record["id"],
        "client_id": record["client_id"],
        "slug": record["slug"],
        "node_id": node_id("A", record["id"]),
        "owner": simple_user(store.must("account", record["owner_id"])),
        "name": record["name"],
        "description": record.get("description") or "",
        "external_url": record.get("external_url") or f"{box().url}/apps/{record['slug']}",
        "html_url": f"{box().url}/apps/{record['slug']}",
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "permissions": dict(record["permissions"]),
        "events": list(record["events"]),
        "installations_count": len([one for one in store.all("installation") if one["app_id"] == record["id"]]),
    }
