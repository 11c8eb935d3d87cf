"""A campaign as a Prefect flow, by local processes and on Dask: the same rows as without."""

import os

import pytest
from campaign_bed import command, conducted, loaded, written

from procedures.campaign.folder import ROWS, CampaignFolder

RUNNERS = {
    "local": ["--workers", "2"],
    "dask": ["--workers", "2", "--runner", "dask"],
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain")
    folder = conducted(loaded(path), path / "results", workers=1)
    folder.close()
    return (folder.path / ROWS).read_bytes()


@pytest.mark.parametrize("runner", RUNNERS)
def test_under_prefect_every_runner_gives_the_same_rows(prefect_url, plain, tmp_path, monkeypatch, runner):
    monkeypatch.setitem(os.environ, "PREFECT_API_URL", prefect_url)
    process = command(written(tmp_path), tmp_path / "results", *RUNNERS[runner])
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, out + err
    folder = CampaignFolder(tmp_path / "results", loaded(tmp_path))
    assert (folder.path / ROWS).read_bytes() == plain
