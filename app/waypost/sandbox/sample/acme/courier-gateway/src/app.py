"""Courier gateway."""


def health() -> dict[str, str]:
    return {"status": "ok"}
