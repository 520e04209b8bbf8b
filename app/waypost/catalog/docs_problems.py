"""Pages of the problems of documentation: what cannot be built, and what a site does without."""

from __future__ import annotations

from waypost.catalog.problem_page import Page
from waypost.catalog.problems import Severity

DOCS_PROBLEMS = [
    Page(
        "docs-missing",
        Severity.ERROR,
        "No documentation",
        "There is no mkdocs.yml, no docs folder with a Markdown page and no README.md.",
        "There is nothing to build.",
        "Add a README.md, or docs/index.md; a bare mkdocs.yml with plugins: [techdocs-core] orders the pages.",
    ),
    Page(
        "docs-refused",
        Severity.ERROR,
        "Documentation that is not built",
        "mkdocs.yml cannot be read, it or an annotation points outside the repository, or a page is crooked HTML.",
        "The build reads what the repository holds and nothing else, so no site comes of it.",
        "Correct what the message names.",
    ),
    Page(
        "docs-too-big",
        Severity.ERROR,
        "More documentation than is built",
        "A file, a page, their number or their sum is over the limit, or the build took too long or too much memory.",
        "One repository must not hold up the sites of the others.",
        "Split long pages; keep large files elsewhere and link to them.",
    ),
    Page(
        "docs-failed",
        Severity.ERROR,
        "The build failed",
        "MkDocs ended without a site, or is not installed.",
        "There is nothing to publish; the site published before stays.",
        "Correct what the message names, and build again.",
    ),
    Page(
        "docs-left-out",
        Severity.WARNING,
        "Left out of the site",
        "A setting, plugin, Markdown extension or file is not known or not allowed, so the site does without it.",
        "A foreign mkdocs.yml could run code on the machine that builds it, or in the browser of who reads.",
        "Remove it, or write what the message proposes. docs/documentation.md lists what is taken over.",
    ),
    Page(
        "docs-link",
        Severity.WARNING,
        "A link that leads nowhere",
        "A page links to a file or heading that the documentation does not hold.",
        "Who follows it comes to an error page.",
        "Correct the link; a file outside the docs folder needs its full address on GitHub.",
    ),
]
