"""Python service, ready to go."""


def health() -> dict[str, str]:
    return {"status": "ok"}
