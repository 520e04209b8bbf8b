"""Small templates for tests, written as YAML around their parameters."""

from __future__ import annotations

from textwrap import dedent, indent

from waypost.golden.template import read


def template(parameters="", steps="steps: []", metadata="name: service", spec=""):
    """Return a template; `parameters` is the YAML below spec.parameters."""
    asked = f"  parameters:\n{indent(dedent(parameters), '    ')}\n" if parameters else ""
    return read(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n"
        f"metadata:\n{indent(dedent(metadata), '  ')}\nspec:\n  type: service\n  owner: platform\n{asked}"
        f"{indent(dedent(spec), '  ')}\n{indent(dedent(steps), '  ')}\n"
    )


def properties(text, required="[]"):
    """Return a template whose one page has these properties."""
    return template(f"- title: Page\n  required: {required}\n  properties:\n{indent(dedent(text), '    ')}")
