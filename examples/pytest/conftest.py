import os
import re

import pytest

import emulator


@pytest.fixture(scope="session")
def emulator_url():
    """Of the one that is given, by `npx credits-emulator exec -- pytest` or in a container, or else of one of our own."""
    given = os.environ.get("CREDITS_EMULATOR_URL")
    if given:
        yield given
        return
    process, url = emulator.start()
    yield url
    process.terminate()
    process.wait()


@pytest.fixture
def sandbox(emulator_url, request):
    """Of this test alone, so tests may run at the same time against one emulator: pytest -n 4."""
    name = re.sub("[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40].strip("-")
    # Its clock stands until the test moves it.
    own = emulator.Sandbox(emulator_url, f"{name}-{os.getpid()}", clock="2026-01-01T00:00:00Z")
    yield own
    own.delete()
