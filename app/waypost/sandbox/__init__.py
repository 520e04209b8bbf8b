"""A GitHub in a box: the REST, GraphQL, webhooks and git over HTTP that we use, over real bare repositories on disk.

It is for tests, benches and the demo; it refuses to be a forge for people (no passwords, no rate it cannot forget).

How it is built, from the ground up:

- store.py      records: dicts by (kind, id), in memory and written through to SQLite; `KINDS` lists them
- clock.py      the sandbox's time, which control routes move
- gitstore.py   bare repositories under root/git/<id>.git, opened with pygit2; `commit_files`, `resolve`, `move_ref`
- box.py        `box()`: the running sandbox (store, clock, git, hooks, settings) in a request or `app_context()`
- web.py        errors (raise `not_found()`, `invalid(...)`, `forbidden(...)`), `body()`, `paginate()`, `media()`
- auth.py       who calls (`caller()`), and the decorators of every route:
                `@on_repository(contents="read")` replaces <owner>/<name> of the address by the repository's record,
                `@on_organization(members="read")` replaces <org>; both answer 301, 401, 403, 404 as GitHub does
- access.py     what a user may do in a repository (none, read, triage, write, maintain, admin), from the records
- objects.py    one function per GitHub object that answers show: `repository()`, `simple_user()`, `organization()` ...
- events.py     `emit(event, payload, repository=..., ...)`: completes a payload and finds the hooks to tell
- deliveries.py records and signs each delivery; sending.py sends it from a thread, as badly as a test asks for
- app.py        `create_app(root)`; `BLUEPRINTS`: a module per story exports `routes`; add a line there.
                Every request runs under the store's lock and is committed before it is answered; functions in
                `box().before` run first, outside the lock, and may answer instead (faults do).
- pushes.py     `move(repository, ref, new)` and `announce(...)`: every ref moves here, with protection, events and log
- smart_http.py clone and push by `git http-backend`; its update hook refuses what protection forbids
- workflow_triggers.py   events begin workflow runs; workflow_runs.py is their life, runs.py, workflows.py their routes
- runner.py     lets act really run them, with stand-ins for the actions of others (actions/<owner>/<name>)
- graphql/      the little GraphQL: reads in batches and createCommitOnBranch
- beginnings.py the administrator, the App, seeds; first_commit.py writes a seed's files as one pack
- control.py    /_sandbox/: seeds, users, installations, clock, budgets, log (faults.py, delivery_control.py: the rest)
- conversations.py, pull_objects.py, check_objects.py, team_objects.py: what the stories of that name share
- pages/        what a person sees in a browser (templates/ beside it)
- exchanges.py  writes down every exchange when a judge asked for it (tests/contract)
- server.py     gunicorn: one process, many threads
- process.py    `start(root, port, seed) -> Sandbox`: a real server in a process of its own, for tests and the demo

A route in full:

    routes = Blueprint("labels", __name__)

    @routes.get("/repos/<owner>/<name>/labels")
    @on_repository(issues="read", pull_requests="read")        # any of these is enough; public needs none to read
    def list_labels(repository: Record) -> ResponseReturnValue:
        labels = box().store.where("label", repository_id=repository["id"])
        return paginate(labels, lambda label: show(repository, label))
"""
