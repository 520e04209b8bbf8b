"""Expressions of golden paths: `${{ }}`, `{% %}` and `{# #}` as Backstage renders them. Others import from here."""

from waypost.golden.expressions.backstage_filters import repo_url_filters
from waypost.golden.expressions.budget import Budget
from waypost.golden.expressions.coercion import to_text
from waypost.golden.expressions.engine import Parsed, evaluate, is_sole_expression, parse, render
from waypost.golden.expressions.errors import BudgetExceeded, ExpressionError
from waypost.golden.expressions.hints import Hint, hints
from waypost.golden.expressions.json_text import to_json
from waypost.golden.expressions.reads import filters_used, functions_used, names
from waypost.golden.expressions.scan import Style
from waypost.golden.expressions.values import UNDEFINED, is_truthy

__all__ = [
    "UNDEFINED",
    "Budget",
    "BudgetExceeded",
    "ExpressionError",
    "Hint",
    "Parsed",
    "Style",
    "evaluate",
    "filters_used",
    "functions_used",
    "hints",
    "is_sole_expression",
    "is_truthy",
    "names",
    "parse",
    "render",
    "repo_url_filters",
    "to_json",
    "to_text",
]
