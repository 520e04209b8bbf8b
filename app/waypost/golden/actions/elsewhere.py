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
# Beginning of the id -> what it does, of plugins that many Backstages have.
_PLUGINS = {
    "notification:send": "notifies inside Backstage; here the one who asked is told without it. Remove the step",
    "http:backstage:request": "calls Backstage's own proxy, which is not there. Remove the step, or start a workflow "
    "with github:actions:dispatch",
    "roadiehq:utils:": "is a plugin of Roadie's. Change files in the skeleton, with fetch:template",
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
    for start, what in _PLUGINS.items():
        if id.startswith(start):
            return f'"{id}" {what}'
    if id in _MODULES:
        return f'"{id}" {_MODULES[id]}'
    if not id:
        return "the step names no action. Write action: and one of `waypost template actions`"
    guess = did_you_mean(id, known)
    return f'there is no action "{id}".{guess or " `waypost template actions` lists those there are."}'
