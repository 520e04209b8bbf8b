import pytest

from service.config import Config, read_config


def test_nothing_needs_to_be_set() -> None:
    assert read_config({}) == Config(port=${{ values.port }}, log_level="INFO")


def test_the_environment_decides() -> None:
    assert read_config({"PORT": "9000", "LOG_LEVEL": "debug"}) == Config(9000, "DEBUG")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "0"), ("PORT", "70000"), ("PORT", ""), ("LOG_LEVEL", "LOUD")],
)
def test_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SystemExit, match=f"^{name}: "):
        read_config({name: value})
