"""Actions that Backstage has and we do not: whose they are, and what to use instead. Runs none of them."""

from __future__ import annotations

from collections.abc import Iterable

from waypost.catalog.explain import did_you_mean

# Beginning of the id -> where the action belongs.
_VENDORS = {
    "publish:gitlab": "GitLab",
    "gitlab:": "GitLab",
    "publish:bitbucket": "Bitbucket",
    "bitbucket:": "Bitbucket",
    "publish:azure": "Azure DevOps",
    "azure:": "Azure DevOps",
    "publish:gerrit": "Gerrit",
    "publish:gitea": "Gitea",
    "gitea:": "Gitea",
    "publish:aws": "AWS CodeCommit",
}
_MODULES = {
    "fetch:cookiecutter": "runs cookiecutter; fetch:template with cookiecutterCompat: true renders the same skeletons",
    "fetch:rails": "runs the Rails generator, and Waypost runs no programs of a template",
    "run:yeoman": "runs Yeoman, and Waypost runs no programs of a template",
    "publish:github:branch-protection": "is called github:branch-protection:create",
}


def unknown(id: str, known: Iterable[str]) -> str:
    """Say that there is no such action, and what to do."""
    for start, vendor in _VENDORS.items():
        if id.startswith(start):
            return f'"{id}" belongs to {vendor}, and Waypost creates on GitHub. Use publish:github or a github:* action'
    if id in _MODULES:
        return f'"{id}" {_MODULES[id]}'
    if not id:
        return "the step names no action. Write action: and one of `waypost template actions`"
    guess = did_you_mean(id, known)
    return f'there is no action "{id}".{guess or " `waypost template actions` lists those there are."}'
