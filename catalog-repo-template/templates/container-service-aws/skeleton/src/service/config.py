"""The environment as one value, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Config:
    port: int = ${{ values.port }}
    log_level: str = "INFO"


def read_config(environment: Mapping[str, str]) -> Config:
    """Read what is set and refuse what makes no sense, by name."""
    port = environment.get("PORT", str(Config().port))
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise SystemExit(f"PORT: {port!r} is not a port. Use a number from 1 to 65535.")
    level = environment.get("LOG_LEVEL", Config().log_level).upper()
    if level not in LEVELS:
        raise SystemExit(f"LOG_LEVEL: {level!r} is unknown. Use one of {', '.join(LEVELS)}.")
    return Config(port=int(port), log_level=level)
