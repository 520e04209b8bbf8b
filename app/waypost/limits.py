"""GitHub's numbers that shape our design, each once, with the page that says so. No behaviour here.

Sources are paths below https://docs.github.com/en/ unless a whole address is given.
"""

# webhooks/using-webhooks/best-practices-for-using-webhooks: answer within 10 seconds, or it counts as failed
WEBHOOK_ANSWER_SECONDS = 10
# webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks: what is older is not delivered again
REDELIVERY_SECONDS = 3 * 86_400
# webhooks/webhook-events-and-payloads: payloads are capped at 25 MB; larger ones are never sent
WEBHOOK_BODY_BYTES = 25 * 1024 * 1024
# webhooks/webhook-events-and-payloads#push: at most 2,048 commits are listed, 3,000 files per commit
PUSH_COMMITS = 2_048
PUSH_FILES_PER_COMMIT = 3_000
# rest/using-the-rest-api/rate-limits-for-the-rest-api: calls an hour of an installation, more above 20 repositories
CALLS_PER_HOUR = 5_000
CALLS_PER_FURTHER_REPOSITORY = 50
REPOSITORIES_WITHOUT_FURTHER_CALLS = 20
MOST_CALLS_PER_HOUR = 12_500
# the same page: points a minute (GET 1, write 5), seconds between writes
REST_POINTS_PER_MINUTE = 900
GRAPHQL_POINTS_PER_MINUTE = 2_000
WRITE_SPACING_SECONDS = 1.0
# the same page: requests that create content, for all tokens of an installation together
CREATIONS_PER_MINUTE = 80
CREATIONS_PER_HOUR = 500
RATE_LIMIT_WAIT_SECONDS = 60.0  # without retry-after or reset: wait at least a minute, then grow
# apps/creating-github-apps/authenticating-with-a-github-app: JWT at most 10 minutes, clock skew 60 s; token one hour
APP_JWT_SECONDS = 600
APP_JWT_SKEW_SECONDS = 60
INSTALLATION_TOKEN_SECONDS = 3_600
# apps/sharing-github-apps/registering-a-github-app-from-a-manifest: from the manifest to the conversion of its code
APP_MANIFEST_SECONDS = 3_600  # from the manifest to the conversion of its code
# graphql/reference/mutations#createcommitonbranch: ours to keep well below its 10 s and 45 MB bounds
SMALL_COMMIT_FILES = 100
SMALL_COMMIT_BYTES = 1024 * 1024
# our batch: one GraphQL call reads this many repositories (each about 20 nodes, far below 500,000)
REPOSITORIES_PER_READ = 50
# repositories/working-with-files/managing-large-files: shown on the repository's front page, then silently cut
MARKDOWN_BYTES = 512_000
# the web lists at most this many entries of a folder
FOLDER_ENTRIES = 1_000
# https://mermaid.js.org/config/schema-docs/config.html: maxEdges, maxTextSize
MERMAID_EDGES = 500
MERMAID_CHARACTERS = 50_000
# rest/git/trees: a recursive listing is truncated above
TREE_ENTRIES = 100_000
