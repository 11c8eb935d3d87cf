"""`pytest --bench FILE`: tests/metal runs against the instruments of that bench file, real ones included.

`pytest --hypothesis-profile=long`: a hundred times as many examples.
"""

import pytest
from hypothesis import settings

settings.register_profile("long", max_examples=10_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", help="bench file (or shipped bench) whose instruments, at their addresses, are tested")
    parser.addoption("--bench-simulated", action="store_true", help="with --bench: test it simulated all the same")
