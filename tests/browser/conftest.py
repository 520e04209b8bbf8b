"""The browser, and why its tests are skipped where it is not."""

from __future__ import annotations

import pytest

from browser.github import MERMAID, STYLE
from browser.shoot import CHROMIUM, browser


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed: sh tests/install.sh, as root")
    if not MERMAID.exists() or not STYLE.exists():
        pytest.skip("the npm packages of tests/browser are not installed: sh tests/install.sh")
    with browser() as found:
        yield found
