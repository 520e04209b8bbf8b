"""Pages of the problems of entities among the others, of settings, and of what is read around the descriptors."""

from __future__ import annotations

from waypost.catalog.problem_page import Page
from waypost.catalog.problems import Severity

CATALOG_PROBLEMS = [
    Page(
        "name-taken",
        Severity.ERROR,
        "The name belongs to another repository",
        "Another repository declared the same kind, namespace and name first. Its claim is recorded and counts.",
        "Otherwise anybody could take over the page, the owner and the links of somebody else's service.",
        "Pick another name, retire it there first, or hand it over under handovers: in waypost.yaml.",
    ),
    Page(
        "orphan",
        Severity.WARNING,
        "Nobody declares it any more",
        "The entity is recorded, but its repository no longer declares it. It is kept for a grace period.",
        "Others may still depend on it; a mistake can be undone without losing anything.",
        "Declare it again, or remove what refers to it.",
    ),
    Page(
        "stale",
        Severity.WARNING,
        "It may be out of date",
        "The repository could not be read the last time; what was known before is shown.",
        "A failure of ours is no reason to remove somebody's entity.",
        "Give the Waypost App access to the repository, or wait when GitHub is down.",
    ),
    Page(
        "archived",
        Severity.NOTE,
        "Its repository is archived",
        "The repository was archived on GitHub; its entities are kept and marked.",
        "Nobody can change it any more, and people should know before they rely on it.",
        "Unarchive the repository, or remove its descriptor first.",
    ),
    Page(
        "reference-dangling",
        Severity.WARNING,
        "A reference to nothing",
        "The entity names another one that is not in the catalog.",
        "The relation leads nowhere: who depends on whom is not the whole truth.",
        "Correct the name, describe what is named, or remove the reference.",
    ),
    Page(
        "owner-unknown",
        Severity.WARNING,
        "An owner who is not in the catalog",
        "spec.owner names no group or user that exists.",
        "When it breaks at night, nobody knows whom to call.",
        "Correct the name, or describe the team under registrations/.",
    ),
    Page(
        "target-deprecated",
        Severity.WARNING,
        "It relies on something deprecated",
        "The entity depends on, or calls, something whose lifecycle is deprecated.",
        "Deprecated things go away.",
        "Move to its successor.",
    ),
    Page(
        "tier-inversion",
        Severity.WARNING,
        "It relies on something less important",
        "The entity depends on something of a lower tier than its own.",
        "It can be no more reliable than what it needs.",
        "Raise the tier of what it needs, or need it less.",
    ),
    Page(
        "cycle",
        Severity.WARNING,
        "A circle",
        "Parts contain each other, groups are each other's parents, or components depend on each other in a circle.",
        "A hierarchy that is a circle cannot be drawn; services that need each other cannot start one by one.",
        "Remove one of the relations that the message lists.",
    ),
    Page(
        "settings-value",
        Severity.ERROR,
        "A setting that cannot be used",
        "A value in waypost.yaml does not fit; the default is used instead.",
        "Every default is the safe one, which may not be what you wanted.",
        "Correct the value; the message says what it may be.",
    ),
    Page(
        "settings-unknown",
        Severity.WARNING,
        "No such setting",
        "waypost.yaml has a key that means nothing; it is passed over.",
        "Most often it is misspelt, and what was meant is not in force.",
        "Correct the key, or remove it.",
    ),
    Page(
        "integration-form",
        Severity.ERROR,
        "An integration that cannot be used",
        "A file under integrations/ does not have the form of an integration; it is passed over.",
        "Its links and badges are missing from the pages.",
        "Correct it; the message says what is wrong.",
    ),
]
