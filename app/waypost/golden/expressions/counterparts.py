"""How to say here what another language says with a filter or a method that does not exist here."""

from __future__ import annotations

from typing import Final

FOR_FILTERS: Final = {
    "map": 'There is no counterpart: use a loop, or join(",", "attribute").',
    "unique": "There is no counterpart: make the values unique before, in the parameters.",
    "tojson": "Use dump.",
    "to_json": "Use dump.",
    "jsonify": "Use dump.",
    "min": "There is no counterpart: sort, then take the first.",
    "max": "There is no counterpart: sort, then take the last.",
    "items": "Write {% for key, value in object %}.",
    "split": 'Use the method: value.split(",").',
    "slugify": 'Use lower | replace(" ", "-").',
    "count": "Use length.",
}
FOR_METHODS: Final = {
    "replaceAll": 'Use the filter: value | replace("old", "new").',
    "map": "There is no counterpart: use a loop.",
    "filter": "Use the filters select, reject, selectattr or rejectattr.",
    "toString": "Use the filter string.",
    "keys": "Write {% for key, value in object %}.",
    "items": "Write {% for key, value in object %}.",
}
