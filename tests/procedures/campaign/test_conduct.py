"""Workers, parts, and campaigns that are killed: always the same rows, to the bit."""

import time
from pathlib import Path

import pandas as pd
import pytest
from campaign_bed import SMALL, command, conducted, loaded, written

from bench.stop import StopRequest
from procedures.campaign.conduct import conduct
from procedures.campaign.folder import ROWS, CampaignFolder

LONGER = SMALL.replace("seeds = 3\n\n", "seeds = 40\n\n")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Hash of the rows by two workers, uninterrupted."""
    path = tmp_path_factory.mktemp("whole")
    folder = conducted(loaded(path), path / "results")
    folder.close()
    return folder.sha256(ROWS)


def test_one_worker_and_small_parts_give_the_same_rows(whole, tmp_path):
    folder = conducted(loaded(tmp_path), tmp_path / "results", workers=1, part_cases=5)
    folder.close()
    assert folder.sha256(ROWS) == whole


class Nobody:
    """A runner that must not be given anything."""

    at_once, busy_s = 1, 0.0

    def results(self, _campaign, cut, _stop):
        assert cut() == []
        return iter(())


def test_what_is_done_is_not_done_again(whole, tmp_path):
    campaign = loaded(tmp_path)
    folder = conducted(campaign, tmp_path / "results", part_cases=5)
    written_at = [path.stat().st_mtime_ns for path in sorted(folder.path.glob("parts/*"))]
    assert len(written_at) == 3
    with StopRequest() as stop:
        conduct(campaign, folder, Nobody(), stop)
    assert [path.stat().st_mtime_ns for path in sorted(folder.path.glob("parts/*"))] == written_at
    folder.close()
    assert folder.sha256(ROWS) == whole


def test_another_campaign_has_another_folder(tmp_path):
    one, other = loaded(tmp_path), loaded(tmp_path, SMALL.replace("first_seed = 7", "first_seed = 8"))
    assert CampaignFolder(tmp_path, one).path != CampaignFolder(tmp_path, other).path


def children_of(pid):
    """And theirs."""
    own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [*own, *(grandchild for child in own for grandchild in children_of(child))]


def at_work(pid):
    """A zombie is not: nobody may be there to bury it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.long
def test_a_killed_campaign_goes_on_where_it_stopped_and_ends_as_if_nothing_had_been(tmp_path):
    file = written(tmp_path, LONGER)
    killed = command(file, tmp_path / "killed", "--no-prefect", "--workers", "2")
    deadline = time.monotonic() + 60.0
    while not (parts := list(tmp_path.glob("killed/campaigns/*/parts/*.parquet"))):
        assert time.monotonic() < deadline, killed.communicate()
        time.sleep(0.02)
    children = children_of(killed.pid)
    assert len(children) >= 3  # a resource tracker, two workers
    killed.kill()
    killed.communicate()  # returns when every process that has its pipes has ended
    while any(at_work(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    done = pd.concat([pd.read_parquet(part, columns=["case"]) for part in parts])["case"].nunique()
    assert 0 < done < 49
    campaign = loaded(tmp_path, LONGER)
    assert len(CampaignFolder(tmp_path / "killed", campaign).done()) == done
    restarted, whole = (
        conducted(campaign, tmp_path / name, workers) for name, workers in (("killed", 2), ("whole", 1))
    )
    restarted.close()
    whole.close()
    assert (restarted.path / ROWS).read_bytes() == (whole.path / ROWS).read_bytes()
