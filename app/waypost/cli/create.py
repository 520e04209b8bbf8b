"""Create a repository from a template, or go on with one that was begun. Looks at everything before the first write."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from waypost.cli import Exit, UsageError
from waypost.cli.creating import catalog_of, organisation_of, workshop_of, workshops
from waypost.cli.creation_verdicts import show_dry_run, show_error, show_refusal, show_result
from waypost.cli.mapping_file import read_mapping
from waypost.cli.workflow_run import actor
from waypost.config import ConfigError, read_config
from waypost.create import job, report
from waypost.create.checks.template import SHORTEST_SECRET
from waypost.create.job import Means, Prepared
from waypost.create.marks import REQUEST
from waypost.create.shelf import NoTemplate, is_folder
from waypost.create.wish import Door, Wish
from waypost.forge.protocol import ForgeError
from waypost.forge.redact import redact
from waypost.golden.plan_text import as_json, in_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="its name in the catalog repository, its ref, or a folder")
    parser.add_argument("--name", required=True, metavar="N", help="the new repository's name")
    parser.add_argument("--owner", default="", metavar="O", help="the team (or user:login) that will own it")
    parser.add_argument(
        "--visibility", default="", metavar="V", help="private, internal or public; else the template decides"
    )
    parser.add_argument("--set", action="append", default=[], metavar="K=V", help="a parameter of the template")
    parser.add_argument("--values", metavar="FILE", help="parameters as YAML or JSON; --set goes before it")
    hidden = "a secret parameter: its value is in the environment, or asked for"
    parser.add_argument("--secret", action="append", default=[], metavar="NAME", help=hidden)
    parser.add_argument(
        "--dry-run", action="store_true", help="show the plan and what stands in its way; write nothing"
    )
    parser.add_argument("--undo", action="store_true", help="remove what this request has made, if nobody touched it")
    parser.add_argument(
        "--wait", type=float, default=300.0, metavar="S", help="seconds for the first run (300; 0: none)"
    )
    parser.add_argument("--org", default="", metavar="O", help="the organisation, where the App sees several")
    parser.add_argument("--actor", default="", metavar="LOGIN", help="who asks; by default whose token it is")
    parser.add_argument("--approved-by", default="", metavar="LOGIN", help="who has agreed, where somebody must")
    parser.add_argument("--request", default="", metavar="ID", help="the id to go on with; by default made of the wish")
    parser.add_argument(
        "--format",
        choices=["text", "json", "github"],
        default="text",
        help="github: in a run that somebody started by hand: who asks is who started it, and a job summary",
    )


def run(arguments: argparse.Namespace) -> int:
    return perform(arguments, time.time, time.sleep)


def perform(arguments: argparse.Namespace, clock: Callable[[], float], sleep: Callable[[float], None]) -> int:
    """Run the command with a given clock; nothing it prints holds a secret."""
    try:
        config = read_config(os.environ)
        found = workshops(config, clock, sleep)
    except ConfigError as error:
        raise UsageError(str(error)) from error
    wish = _wish(arguments)
    speak = _Speaker(wish.secrets.values())
    means = Means(clock, sleep, speak.progress)
    try:
        workshop = workshop_of(found, arguments.org or organisation_of(config))
        wish = replace(wish, organisation=workshop.organisation)
        prepared = job.prepare(workshop, catalog_of(config, workshop), arguments.template, wish, means)
        if arguments.dry_run:
            return _dry_run(arguments, prepared, speak)
        if arguments.undo:
            return _undo(prepared, means, speak)
        return _create(arguments, prepared, means, speak)
    except NoTemplate as error:
        raise UsageError(speak.hidden(str(error))) from error
    except ForgeError as error:
        speak.people(report.failed(error, _again(arguments)))
        if arguments.format == "github":
            show_error(speak.hidden(str(error)))
        return Exit.PROBLEMS
    except KeyboardInterrupt:
        speak.people([f"Interrupted. To go on, with nothing done twice: {_again(arguments)}"])
        raise
    except Exception as error:
        # Our own mistake: its text may hold anything.
        if speak.hidden(str(error)) == str(error):
            raise
        raise RuntimeError(speak.hidden(str(error))) from None


class _Speaker:
    """stdout for results, stderr for people; secrets are taken out of both."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [form for secret in secrets for form in _forms(secret)]

    def progress(self, text: str) -> None:
        self.people([f"  {text}"])

    def people(self, lines: Iterable[str]) -> None:
        for line in lines:
            print(self.hidden(line), file=sys.stderr, flush=True)

    def result(self, text: str) -> None:
        print(self.hidden(text), flush=True)

    def hidden(self, text: str) -> str:
        return redact(text, self._secrets)


def _forms(secret: str) -> list[str]:
    """A secret as it may stand in a text: whole, inside JSON, and line by line."""
    lines = [line for line in secret.splitlines() if len(line) >= SHORTEST_SECRET]
    return [secret, json.dumps(secret)[1:-1], *lines]


def _wish(arguments: argparse.Namespace) -> Wish:
    texts = {}
    for pair in arguments.set:
        name, is_given, text = pair.partition("=")
        if not name or not is_given:
            raise UsageError(f"--set {pair}: write it as name=value")
        texts[name] = text
    if arguments.request and not REQUEST.fullmatch(arguments.request):
        raise UsageError(f'--request {arguments.request}: letters, digits, ".", "-" and "_", at most 64')
    is_dispatched = arguments.format == "github"
    if is_dispatched and is_folder(arguments.template):
        raise UsageError(f"{arguments.template} is a folder: a run creates from the templates of the catalog only")
    return Wish(
        organisation="",
        name=arguments.name,
        owner=arguments.owner,
        values=read_mapping(arguments.values) if arguments.values else {},
        texts=texts,
        secrets={name: _secret(name) for name in arguments.secret},
        actor=(actor() if is_dispatched else arguments.actor).removeprefix("@"),
        approver=arguments.approved_by,
        request=arguments.request,
        visibility=arguments.visibility,
        door=Door.DISPATCH if is_dispatched else Door.COMMAND,
    )


def _secret(name: str) -> str:
    if "=" in name:
        raise UsageError("--secret takes a name only: the value is read from the environment, where nobody sees it")
    value = os.environ.get(name, "")
    if not value and sys.stdin.isatty():
        value = getpass.getpass(f"{name}: ")
    if not value:
        raise UsageError(f"--secret {name}: there is no {name} in the environment")
    return value


def _dry_run(arguments: argparse.Namespace, prepared: Prepared, speak: _Speaker) -> int:
    output = {**prepared.plan.output, "links": report.links(prepared, prepared.plan)}
    planned = replace(prepared.plan, output=output)
    if arguments.format == "json":
        shown = as_json(planned, prepared.calls, prepared.is_possible)
        speak.result(json.dumps({**shown, **report.findings(prepared)}))
    elif arguments.format == "github":
        show_dry_run(prepared, speak.hidden)
        speak.people(report.foreseen(prepared))
    else:
        for line in in_words(planned, prepared.calls):
            speak.result(line)
        speak.people(report.foreseen(prepared))
    return Exit.FINE if prepared.is_possible else Exit.PROBLEMS


def _undo(prepared: Prepared, means: Means, speak: _Speaker) -> int:
    done = job.take_back(prepared, means)
    speak.people(report.undone(done))
    return Exit.PROBLEMS if done.kept or done.trouble else Exit.FINE


def _create(arguments: argparse.Namespace, prepared: Prepared, means: Means, speak: _Speaker) -> int:
    speak.people(report.warnings(prepared.faults))
    if not prepared.is_possible:
        speak.people(report.refused(prepared.faults))
        if arguments.format == "json":
            speak.result(json.dumps({"created": False, **report.findings(prepared)}))
        elif arguments.format == "github":
            show_refusal(prepared, speak.hidden)
        return Exit.PROBLEMS
    result = job.create(prepared, means, arguments.wait)
    if arguments.format == "json":
        speak.result(json.dumps(report.as_json(prepared, result)))
    elif arguments.format == "github":
        show_result(prepared, result, speak.hidden)
    if arguments.format != "json" and result.ending.failure is None:
        for line in report.created(prepared, result):
            speak.result(line)
    if result.ending.failure is not None:
        speak.people(report.stopped(result, _again(arguments)))
        return Exit.PROBLEMS
    return Exit.PROBLEMS if result.first_run.state == "red" else Exit.FINE


def _again(arguments: argparse.Namespace) -> str:
    """The command that asks for the same again; it names secrets and holds none."""
    words = ["waypost", "create", arguments.template, "--name", arguments.name]
    words += ["--owner", arguments.owner] if arguments.owner else []
    words += [word for pair in arguments.set for word in ("--set", pair)]
    words += ["--values", arguments.values] if arguments.values else []
    words += [word for name in arguments.secret for word in ("--secret", name)]
    for option in ("org", "actor", "visibility", "request"):
        value = getattr(arguments, option)
        words += [f"--{option}", value] if value else []
    return shlex.join(words)
