"""The few words of `gh` that docs/actions-only.md uses, against the sandbox; any other word is an error.

A secret is taken from the variable of its own name, where the real one would ask for it.
"""

from __future__ import annotations

import argparse
import base64
import os
import subprocess
import sys

import requests
from nacl.public import PublicKey, SealedBox


def main(words):
    """Run one command, as `gh repo create acme/catalog --private`."""
    named = next((name for name in COMMANDS if words[: len(name.split())] == name.split()), None)
    if named is None:
        sys.exit(f"this gh does not know: {' '.join(words)}")
    add_arguments, run = COMMANDS[named]
    parser = argparse.ArgumentParser(prog=f"gh {named}", allow_abbrev=False)
    add_arguments(parser)
    run(parser.parse_args(words[len(named.split()) :]))


def ask(method, path, body=None):
    headers = {"Authorization": f"Bearer {os.environ['GH_TOKEN']}"}
    answer = requests.request(method, f"{os.environ['GH_SANDBOX']}/{path}", json=body, headers=headers, timeout=60)
    if not answer.ok:
        sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def git(*words):
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.strip()


def here():
    """owner/name of the repository one stands in."""
    return git("config", "remote.origin.url").removeprefix("https://github.com/").removesuffix(".git")


def fields(pairs, is_typed=False):
    """a=b and a[c]=d become an object, as gh makes of -f and -F."""
    whole = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        *outer, last = key.replace("]", "").split("[")
        inner = whole
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = {"true": True, "false": False}.get(value, value) if is_typed else value
    return whole


def repo_create(parser):
    parser.add_argument("name")
    parser.add_argument("--private", action="store_true", required=True)
    parser.add_argument("--source", default="")
    parser.add_argument("--push", action="store_true")


def run_repo_create(asked):
    owner, _, name = asked.name.partition("/")
    ask("POST", f"orgs/{owner}/repos", {"name": name, "private": True})
    if asked.source:
        git("-C", asked.source, "remote", "add", "origin", f"https://github.com/{asked.name}.git")
    if asked.push:
        git("-C", asked.source, "push", "--quiet", "--set-upstream", "origin", "HEAD")


def secret_set(parser):
    parser.add_argument("name")
    parser.add_argument("--repo", required=True)
    parser.add_argument("--env", default="")


def run_secret_set(asked):
    where = f"environments/{asked.env}" if asked.env else "actions"
    public = ask("GET", f"repos/{asked.repo}/{where}/secrets/public-key")
    sealed = SealedBox(PublicKey(base64.b64decode(public["key"]))).encrypt(os.environ[asked.name].encode())
    body = {"encrypted_value": base64.b64encode(sealed).decode(), "key_id": public["key_id"]}
    ask("PUT", f"repos/{asked.repo}/{where}/secrets/{asked.name}", body)


def workflow_run(parser):
    parser.add_argument("workflow")
    parser.add_argument("--repo", required=True)
    parser.add_argument("-f", action="append", default=[])


def run_workflow_run(asked):
    branch = ask("GET", f"repos/{asked.repo}")["default_branch"]
    body = {"ref": branch, "inputs": fields(asked.f)}
    ask("POST", f"repos/{asked.repo}/actions/workflows/{asked.workflow}/dispatches", body)


def pr_create(parser):
    parser.add_argument("--fill", action="store_true", required=True)


def run_pr_create(asked):
    title, branch = git("log", "-1", "--format=%s"), git("branch", "--show-current")
    ask("POST", f"repos/{here()}/pulls", {"title": title, "head": branch, "base": "main"})


def pr_merge(parser):
    parser.add_argument("--squash", action="store_true", required=True)


def run_pr_merge(asked):
    owner, branch = here().partition("/")[0], git("branch", "--show-current")
    (pull,) = ask("GET", f"repos/{here()}/pulls?head={owner}:{branch}")
    ask("PUT", f"repos/{here()}/pulls/{pull['number']}/merge", {"merge_method": "squash"})


def api(parser):
    parser.add_argument("path")
    parser.add_argument("--method", required=True)
    parser.add_argument("-f", action="append", default=[])
    parser.add_argument("-F", action="append", default=[], dest="typed")


def run_api(asked):
    ask(asked.method, asked.path, {**fields(asked.f), **fields(asked.typed, is_typed=True)})


COMMANDS = {
    "repo create": (repo_create, run_repo_create),
    "secret set": (secret_set, run_secret_set),
    "workflow run": (workflow_run, run_workflow_run),
    "pr create": (pr_create, run_pr_create),
    "pr merge": (pr_merge, run_pr_merge),
    "api": (api, run_api),
}

if __name__ == "__main__":
    main(sys.argv[1:])
