"""The text of an issue that a form made, read back into answers; and written, as GitHub writes it.

Answers are found by the headings the form has. A heading that it does not have, or has twice, is refused instead of
guessed at: nobody can tell whether it is a field or a part of somebody's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from waypost.catalog.block_yaml import write
from waypost.catalog.explain import did_you_mean, quote
from waypost.golden.faults import Fault
from waypost.golden.forms.questions import TEMPLATE_HEADING, VALUES_HEADING, Kind, Question, questions
from waypost.golden.forms.values_text import read_values
from waypost.golden.template import Template

_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
_MOST_FAULTS = 20  # about headings
_EMPTY = ("", "_No response_", "*No response*")
_TICK = re.compile(r"- \[([ xX])\] (.*)")
_FENCE = re.compile(r"\A```[\w-]*\n(.*?)\n?```\Z", re.DOTALL)
_WHOLE = re.compile(r"[-+]?[0-9]{1,30}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
# What YAML readers do not take as it is.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def template_of(body: str) -> str:
    """Return the name of the template whose form made an issue; "" when none did."""
    found = [text for heading, text in _sections(_normal(body)) if heading == TEMPLATE_HEADING]
    return found[0] if len(found) == 1 and "\n" not in found[0] else ""


def read_issue(template: Template, body: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Return the answers by field, without those left empty, and what is wrong with the text."""
    asked = questions(template)
    by_heading = {question.heading: question for question in asked.asked}
    texts, faults = _texts(_normal(body), [TEMPLATE_HEADING, *by_heading, VALUES_HEADING])
    if texts.get(TEMPLATE_HEADING) != template.name:
        faults.append(_other_form(texts.get(TEMPLATE_HEADING), template))
    values: dict[str, Any] = {}
    for heading, question in by_heading.items():
        try:
            answer = _answer(question, texts.get(heading, ""))
        except ValueError as error:
            faults.append(Fault(question.field.name, f"{heading}: {error}"))
            continue
        if answer is not None:
            values[question.field.name] = answer
    further = _unfenced(texts.get(VALUES_HEADING, ""))
    secret = {field.name for field in asked.secret}
    more, wrong = read_values("" if further.strip() in _EMPTY else further, asked.names, secret)
    for name in sorted(more.keys() & values.keys()):
        faults.append(Fault(name, f"{name} is answered twice: in its own field and under {VALUES_HEADING}. Keep one"))
    return {**values, **more}, (*faults, *wrong)


def issue_body(template: Template, values: Mapping[str, Any]) -> str:
    """Return the text of an issue with these answers; what its field cannot hold goes into the values box."""
    left = dict(values)
    parts = [f"### {TEMPLATE_HEADING}\n\n{template.name}"]
    for question in questions(template).asked:
        text = _written(question, left[question.field.name]) if question.field.name in left else None
        if text is not None:
            del left[question.field.name]
        elif question.kind is Kind.TICKS:
            text = "\n".join(f"- [ ] {choice.label}" for choice in question.choices)
        nothing = "None" if question.kind is Kind.CHOICE else "_No response_"
        parts.append(f"### {question.heading}\n\n{text or nothing}")
    parts.append(f"### {VALUES_HEADING}\n\n" + (f"```yaml\n{_yaml(left)}\n```" if left else "_No response_"))
    return "\n\n".join(parts)


def _normal(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """Yield the headings and the text below each."""
    marks = list(_HEADING.finditer(body))
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(body)
        yield mark[1].strip(), body[mark.end() : end].strip("\n")


def _texts(body: str, known: list[str]) -> tuple[dict[str, str], list[Fault]]:
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for heading, text in _sections(body):
        if len(faults) == _MOST_FAULTS:
            return texts, [*faults, Fault("", "there are more such headings; they were not looked at")]
        if heading in texts:
            message = f'the heading "### {heading}" is there twice. If one is part of a text, put a space before it'
            faults.append(Fault("", message))
        elif heading in known:
            texts[heading] = text
        elif texts and texts.get(VALUES_HEADING, "").startswith("```"):
            texts[VALUES_HEADING] += f"\n### {heading}\n{text}"  # a comment in YAML
        else:
            advice = did_you_mean(heading, known) or " If it is part of a text, put a space before it."
            faults.append(Fault("", f'"### {heading}" is no field of this form.{advice}'))
    return texts, faults


def _other_form(name: str | None, template: Template) -> Fault:
    if name is None:
        message = f'the heading "### {TEMPLATE_HEADING}" is missing: open a new issue with the form of {template.name}'
    else:
        message = f"the issue is for the template {quote(name)}, not for {quote(template.name)}"
    return Fault("", message)


def _unfenced(text: str) -> str:
    match = _FENCE.match(text.strip())
    return f"{match[1]}\n" if match else text


def _answer(question: Question, text: str) -> Any:
    """Return what a text means, None for nothing; raise ValueError, in words, where it cannot be an answer."""
    if text.strip() in _EMPTY:
        return None
    match question.kind:
        case Kind.TEXT:
            return text
        case Kind.LIST:
            return [line.strip() for line in text.split("\n") if line.strip()]
        case Kind.TICKS:
            return _ticked(question, text) or None
    text = text.strip()
    if "\n" in text:
        raise ValueError("write one line")
    if question.kind is Kind.CHOICE:
        return None if text == "None" else _chosen(question, text)
    return _number(text, question.field.type) if question.field.type in ("number", "integer") else text


def _chosen(question: Question, text: str) -> Any:
    for choice in question.choices:
        if text == choice.label:
            return choice.value
    labels = [choice.label for choice in question.choices]
    raise ValueError(f"{quote(text)} is none of {', '.join(labels[:20])}.{did_you_mean(text, labels)}")


def _ticked(question: Question, text: str) -> list[Any]:
    found = []
    for line in filter(str.strip, text.split("\n")):
        match = _TICK.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"{quote(line)} is not one of the boxes: write - [x] before each that you choose")
        value = _chosen(question, match[2].strip())
        if match[1] != " ":
            found.append(value)
    return found


def _number(text: str, type: str) -> int | float:
    if _WHOLE.fullmatch(text):
        return int(text)
    if type == "integer" or not _NUMBER.fullmatch(text):
        raise ValueError(f"{quote(text)} is not {'a whole number' if type == 'integer' else 'a number'}")
    return float(text)


def _written(question: Question, value: Any) -> str | None:
    """Return an answer as the form's field holds it; None where the field cannot."""
    try:
        text = _shown(question, value)
        is_same = _strictly(_answer(question, _normal(text).strip("\n"))) == _strictly(value)
    except ValueError:
        return None
    return text if is_same and not _HEADING.search(text) else None


def _shown(question: Question, value: Any) -> str:
    if question.kind is Kind.CHOICE:
        return next((each.label for each in question.choices if _strictly(each.value) == _strictly(value)), "")
    if question.kind is Kind.TICKS:
        chosen = [_strictly(item) for item in value] if isinstance(value, list) else []
        marks = (("x" if _strictly(each.value) in chosen else " ", each.label) for each in question.choices)
        return "\n".join(f"- [{mark.upper()}] {label}" for mark, label in marks)
    if question.kind is Kind.LIST:
        return "\n".join(map(str, value)) if isinstance(value, list) else ""
    return value if isinstance(value, str) else json.dumps(value)


def _strictly(value: Any) -> str:
    """Return a text that is equal for equal values of one type only: 1, 1.0, "1" and true are four things."""
    return f"{type(value).__name__} {value!r}" if not isinstance(value, list) else repr(list(map(_strictly, value)))


def _yaml(values: dict[str, Any]) -> str:
    text = write(values)
    if not _HEADING.search(text) and not text.endswith("\n\n"):
        return text.removesuffix("\n")
    # On one line nothing can be taken for a heading, and no line end is lost.
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(values, ensure_ascii=False))
