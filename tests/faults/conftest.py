import pytest
from faults.bed import bed
from flows.conftest import prefect_url

__all__ = ["prefect_url"]


@pytest.fixture
def rig(prefect_url, tmp_path):
    with bed(tmp_path, prefect_url) as made:
        yield made
