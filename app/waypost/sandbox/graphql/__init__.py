"""The little GraphQL that we use, over a faithful part of GitHub's public schema.

- schema.graphql     the part; every type, field and argument in it is GitHub's
- reading.py         what each field answers: `RESOLVERS`, a table of functions; git's part is in git_objects.py
- people.py         teams and who is in them
- connections.py     lists in pages, as GraphQL cuts them
- commit_on_branch.py    the one mutation
- cost.py            what a query costs before it runs
- endpoint.py        POST /graphql: parse, charge, execute, errors in GitHub's shape
"""
