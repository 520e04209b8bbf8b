"""How much documentation may be, each number once: what is built, what is uploaded, what is published."""

from waypost.pages.paths import DOCS_BRANCH

BRANCH = DOCS_BRANCH  # of the catalog repository
ARTIFACT = "waypost-docs"  # names of artifacts begin so

FILES = 2_000  # of one site
FILE_BYTES = 10 * 1024**2
SITE_BYTES = 60 * 1024**2
PAGES = 1_000
PAGE_BYTES = 4 * 1024**2  # of the HTML of one page
TEXT_LETTERS = 1024**2  # of one page in Markdown
DATA_BYTES = 16 * 1024**2  # of waypost_pages.json, and of waypost_source.json
NAVIGATION = 5_000  # entries
FOUND = 20_000  # entries of the search index
PATH = 200  # characters of the name of a file
ADDRESS = 2_000  # characters of a link in the navigation, in a table of contents or in the search index
# actions and pages: a published site may have 1 GB. The rest is left for what grows.
# https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits
ALL_BYTES = 900 * 1024**2
BROKEN_KEPT = 200  # links of one site that the report names
STALE_DAYS = 365
NAMED = 5  # repositories that a refusal names
