"""What the product asks of GitHub, as one conversation that can be had with anybody who claims to be it.

Each call has a name, by which the answers of two can be held against each other. The organisation is new, the person
is its admin, the App is installed over it.
"""

from __future__ import annotations

import base64

PIPELINE = "name: CI\non: [push]\njobs: {}\n"


def hold(ask):
    """Have the whole conversation; `ask(name, who, verb, path, body)` returns the answer's JSON."""
    signing_in(ask)
    ask("make a repository", "person", "POST", "/orgs/{org}/repos", {"name": "pay", "private": True, "auto_init": True})
    repositories(ask)
    files(ask)
    objects(ask)
    talk(ask)
    pulls(ask)
    checks(ask)
    teams(ask)
    protection(ask)


def signing_in(ask):
    ask("who the person is", "person", "GET", "/user")
    ask("nobody's token", "stranger", "GET", "/user")
    ask("the App", "app", "GET", "/app")
    ask("the App as a person", "person", "GET", "/app")
    ask("its installations", "app", "GET", "/app/installations")
    ask("the installation over the organisation", "app", "GET", "/orgs/{org}/installation")
    ask("the installation over nobody", "app", "GET", "/orgs/nobody-at-all/installation")
    narrowed = {"permissions": {"contents": "read"}}
    ask("a narrowed token", "app", "POST", "/app/installations/{installation}/access_tokens", narrowed)
    ask("a token for more than was granted", "app", "POST", "/app/installations/{installation}/access_tokens",
        {"permissions": {"administration": "write"}})  # fmt: skip
    ask("the limits", "person", "GET", "/rate_limit")


def repositories(ask):
    ask("the same name again", "person", "POST", "/orgs/{org}/repos", {"name": "pay"})
    found = ask("the repository", "person", "GET", "/repos/{org}/pay")
    ask("the repository by its number", "person", "GET", f"/repositories/{found['id']}")
    ask("a repository that is not there", "person", "GET", "/repos/{org}/nothing")
    ask("a new description", "person", "PATCH", "/repos/{org}/pay", {"description": "Takes money"})
    ask("topics", "person", "PUT", "/repos/{org}/pay/topics", {"names": ["money", "python"]})
    ask("the topics", "person", "GET", "/repos/{org}/pay/topics")
    ask("the branches", "person", "GET", "/repos/{org}/pay/branches")
    ask("a branch that is not there", "person", "GET", "/repos/{org}/pay/branches/nothing")
    ask("a hidden repository", "stranger", "GET", "/repos/{org}/pay")


def files(ask):
    put = {"message": "Describe it", "content": _base64("kind: Component\n"), "branch": "main"}
    made = ask("a new file", "person", "PUT", "/repos/{org}/pay/contents/catalog-info.yaml", put)
    sha = made["content"]["sha"]
    ask("the file", "person", "GET", "/repos/{org}/pay/contents/catalog-info.yaml")
    ask("the root folder", "person", "GET", "/repos/{org}/pay/contents/")
    ask("a file that is not there", "person", "GET", "/repos/{org}/pay/contents/nothing.txt")
    ask("the file written without its id", "person", "PUT", "/repos/{org}/pay/contents/catalog-info.yaml", put)
    stale = put | {"sha": "0" * 40, "content": _base64("other\n")}
    ask("the file written over another", "person", "PUT", "/repos/{org}/pay/contents/catalog-info.yaml", stale)
    right = put | {"sha": sha, "content": _base64("kind: API\n"), "message": "Change it"}
    again = ask("the file changed", "person", "PUT", "/repos/{org}/pay/contents/catalog-info.yaml", right)
    ask("its history", "person", "GET", "/repos/{org}/pay/commits?path=catalog-info.yaml")
    gone = {"message": "Drop it", "sha": again["content"]["sha"], "branch": "main"}
    ask("the file removed", "person", "DELETE", "/repos/{org}/pay/contents/catalog-info.yaml", gone)


def objects(ask):
    at = "/repos/{org}/pay/git"
    base = ask("where the branch is", "person", "GET", f"{at}/ref/heads/main")["object"]["sha"]
    ask("a ref that is not there", "person", "GET", f"{at}/ref/heads/nothing")
    commit = ask("its commit", "person", "GET", f"{at}/commits/{base}")
    blob = ask("a blob", "person", "POST", f"{at}/blobs", {"content": "hello\n", "encoding": "utf-8"})
    ask("the blob", "person", "GET", f"{at}/blobs/{blob['sha']}")
    entry = {"path": "src/hello.txt", "mode": "100644", "type": "blob", "sha": blob["sha"]}
    tree = ask("a tree", "person", "POST", f"{at}/trees", {"base_tree": commit["tree"]["sha"], "tree": [entry]})
    ask("the whole tree", "person", "GET", f"{at}/trees/{tree['sha']}?recursive=1")
    wish = {"message": "Say hello", "tree": tree["sha"], "parents": [base]}
    new = ask("a commit", "person", "POST", f"{at}/commits", wish)
    ask("a branch", "person", "POST", f"{at}/refs", {"ref": "refs/heads/hello", "sha": new["sha"]})
    ask("the same branch again", "person", "POST", f"{at}/refs", {"ref": "refs/heads/hello", "sha": new["sha"]})
    ask("the branch set back", "person", "PATCH", f"{at}/refs/heads/hello", {"sha": base})
    ask("the branch forced back", "person", "PATCH", f"{at}/refs/heads/hello", {"sha": base, "force": True})
    ask("the branch moved on", "person", "PATCH", f"{at}/refs/heads/hello", {"sha": new["sha"]})
    ask("refs that begin alike", "person", "GET", f"{at}/matching-refs/heads/hel")
    ask("what the branch changes", "person", "GET", "/repos/{org}/pay/compare/main...hello")


def talk(ask):
    issue = ask("an issue", "person", "POST", "/repos/{org}/pay/issues", {"title": "Broken", "body": "Look"})
    at = f"/repos/{{org}}/pay/issues/{issue['number']}"
    ask("an issue without a title", "person", "POST", "/repos/{org}/pay/issues", {"body": "Look"})
    ask("the issue", "person", "GET", at)
    ask("the issue closed", "person", "PATCH", at, {"state": "closed"})
    ask("the open issues", "person", "GET", "/repos/{org}/pay/issues")
    said = ask("a comment", "installation", "POST", f"{at}/comments", {"body": "Seen"})
    edited = {"body": "Seen, and mended"}
    ask("the comment edited", "installation", "PATCH", f"/repos/{{org}}/pay/issues/comments/{said['id']}", edited)
    ask("the comments", "person", "GET", f"{at}/comments")
    ask("the comment removed", "installation", "DELETE", f"/repos/{{org}}/pay/issues/comments/{said['id']}")
    ask("a label", "person", "POST", "/repos/{org}/pay/labels", {"name": "urgent", "color": "ff0000"})
    ask("the same label again", "person", "POST", "/repos/{org}/pay/labels", {"name": "urgent", "color": "ff0000"})
    ask("the issue labelled", "person", "POST", f"{at}/labels", {"labels": ["urgent"]})


def pulls(ask):
    wish = {"title": "Say hello", "head": "hello", "base": "main", "body": "Please"}
    pull = ask("a pull request", "person", "POST", "/repos/{org}/pay/pulls", wish)
    at = f"/repos/{{org}}/pay/pulls/{pull['number']}"
    ask("the same pull request again", "person", "POST", "/repos/{org}/pay/pulls", wish)
    lost = wish | {"head": "nothing"}
    ask("a pull request from nowhere", "person", "POST", "/repos/{org}/pay/pulls", lost)
    ask("the pull request", "person", "GET", at)
    ask("those from a branch", "person", "GET", "/repos/{org}/pay/pulls?state=all&head={org}:hello")
    ask("its files", "person", "GET", f"{at}/files")
    ask("its commits", "person", "GET", f"{at}/commits")
    ask("a review", "person", "POST", f"{at}/reviews", {"event": "COMMENT", "body": "Fine"})
    ask("the reviews", "person", "GET", f"{at}/reviews")
    ask("merged at another head", "person", "PUT", f"{at}/merge", {"sha": "0" * 40})
    ask("merged", "person", "PUT", f"{at}/merge", {"sha": pull["head"]["sha"], "merge_method": "squash"})
    ask("merged again", "person", "PUT", f"{at}/merge", {"sha": pull["head"]["sha"]})


def checks(ask):
    head = ask("the head to check", "person", "GET", "/repos/{org}/pay/git/ref/heads/main")["object"]["sha"]
    remark = {"path": "README.md", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "Short"}
    output = {"title": "1 warning", "summary": "Look", "annotations": [remark]}
    wish = {"name": "Waypost", "head_sha": head, "status": "completed", "conclusion": "neutral", "output": output}
    run = ask("a check run", "installation", "POST", "/repos/{org}/pay/check-runs", wish)
    at = f"/repos/{{org}}/pay/check-runs/{run['id']}"
    ask("the check run", "installation", "GET", at)
    ask("its annotations", "installation", "GET", f"{at}/annotations")
    ask("more annotations", "installation", "PATCH", at, {"output": output})
    many = {"output": output | {"annotations": [remark] * 51}}
    ask("too many annotations", "installation", "PATCH", at, many)
    ask("a check run by a person", "person", "POST", "/repos/{org}/pay/check-runs", wish)
    ask(
        "the runs of a commit",
        "installation",
        "GET",
        f"/repos/{{org}}/pay/commits/{head}/check-runs?check_name=Waypost",
    )
    ask("the suites of a commit", "installation", "GET", f"/repos/{{org}}/pay/commits/{head}/check-suites")
    ask("a re-run", "installation", "POST", f"{at}/rerequest")


def teams(ask):
    ask("a team", "person", "POST", "/orgs/{org}/teams", {"name": "Payments", "privacy": "closed"})
    ask("the team", "person", "GET", "/orgs/{org}/teams/payments")
    ask("a team that is not there", "person", "GET", "/orgs/{org}/teams/nothing")
    ask("the teams", "person", "GET", "/orgs/{org}/teams")
    ask("a member", "person", "PUT", "/orgs/{org}/teams/payments/memberships/{other}", {"role": "member"})
    ask("the membership", "person", "GET", "/orgs/{org}/teams/payments/memberships/{other}")
    ask("the team's members", "person", "GET", "/orgs/{org}/teams/payments/members")
    ask("the team's access", "person", "PUT", "/orgs/{org}/teams/payments/repos/{org}/pay", {"permission": "push"})
    ask("the team's repositories", "person", "GET", "/orgs/{org}/teams/payments/repos")
    ask("the organisation's members", "person", "GET", "/orgs/{org}/members")
    ask("what a person may do", "person", "GET", "/repos/{org}/pay/collaborators/{person}/permission")


def protection(ask):
    wish = {
        "required_status_checks": {"strict": True, "contexts": ["Waypost"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    ask("no protection yet", "person", "GET", "/repos/{org}/pay/branches/main/protection")
    ask("protection", "person", "PUT", "/repos/{org}/pay/branches/main/protection", wish)
    ask("the protection", "person", "GET", "/repos/{org}/pay/branches/main/protection")
    put = {"message": "Past it", "content": _base64("x\n"), "branch": "main"}
    ask("a file past the protection", "person", "PUT", "/repos/{org}/pay/contents/past.txt", put)
    ask("protection lifted", "person", "DELETE", "/repos/{org}/pay/branches/main/protection")


def _base64(text):
    return base64.b64encode(text.encode()).decode()
