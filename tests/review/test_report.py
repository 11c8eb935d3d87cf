import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from recorded import RUN, channels, exposures, finished, interrupted

from bench.manifest import verify
from bench.recorder import Recorder
from bench.records import Event, EventKind, Scan
from bench.review import report
from bench.review.report import BANNERS, TEMPLATE, write_report

PLOTS = ("accuracy", "pressures", "temperatures", "chamber", "positions")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_report(finished(tmp_path_factory.mktemp("run")).folder).read_text()


@pytest.fixture
def no_plots(monkeypatch):
    """They take most of the time, and some tests are about words."""
    monkeypatch.setattr(report, "_plots", lambda _: dict.fromkeys(PLOTS))


def page_of(recorder):
    return write_report(recorder.folder).read_text()


def drawn(page):
    return [name for name in PLOTS if f'id="{name}-figure_1"' in page]


def test_the_page_asks_nothing_of_the_network(page):
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.search(r"<script|<link|<img|@import|url\((?!#)", page)


def test_it_shows_every_plot_and_both_tables(page):
    assert drawn(page) == list(PLOTS)
    assert 'id="headline"' in page
    assert 'id="provenance"' in page
    assert "What is missing" not in page


def test_identifiers_are_unique_and_all_references_resolve(page):
    names = re.findall(r' id="([^"]+)"', page)
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', page)) <= set(names)
    for one, other in ((one, other) for one in PLOTS for other in PLOTS if one < other):
        assert not {n for n in names if n.startswith(f"{one}-")} & {n for n in names if n.startswith(f"{other}-")}


def test_names_are_text_never_markup(page):
    assert "M. &lt;Example&gt; &amp; co" in page
    assert "&lt;no reply&gt;" in page
    assert "<Example>" not in page


def test_numbers_of_the_headline_are_rounded_to_their_uncertainty(page):
    assert "0.1040\u00a0±\u00a00.0012" in page
    assert "1.677\u00a0±\u00a00.050" in page
    assert "covers the truth for 3 of 3 leaks" in page
    assert "+240" in page  # the method that took a chill for a leak, off the scale of the plot


def test_changed_settings_stand_out(page):
    assert "CHANGED: unit K → C" in page


def test_the_same_folder_gives_the_same_page_so_that_a_sealed_run_stays_as_sealed(tmp_path):
    recorder = finished(tmp_path)
    write_report(tmp_path)
    recorder.seal()
    write_report(tmp_path)
    assert verify(tmp_path) == ()


@pytest.mark.usefixtures("no_plots")
@pytest.mark.parametrize("outcome", ["PASS", "FAIL", "INCONCLUSIVE", "ERROR", "ABORTED"])
def test_the_banner_says_outcome_sign_and_reason(tmp_path, outcome):
    page = page_of(finished(tmp_path, outcome))
    sign, colour = BANNERS[outcome]
    assert f"<h1>{sign} {outcome}</h1><p>largest at orifice_25um_us</p>" in page
    assert f"background: {colour}" in page


@pytest.mark.usefixtures("no_plots")
@pytest.mark.parametrize(
    ("simulated", "tag"), [(True, "SIMULATED"), (False, "Measured on the bench"), (None, "not recorded whether")]
)
def test_it_is_plain_whether_the_run_was_simulated(tmp_path, simulated, tag):
    recorder = finished(tmp_path)
    recorder.update(simulated=simulated)
    page = page_of(recorder)
    assert tag in page
    assert ("SIMULATED" in page) == (simulated is True)


def test_the_budget_of_every_truth_is_shown_with_what_its_witnesses_say(page):
    assert page.count('<details class="budget" open>') == 3
    assert "<td>area</td>" in page
    assert "U = 2.5e-09 kg/s (k = 2.00, 95.45%)" in page
    assert page.count("flow meter in line: not informative (there is none)") == 3
    assert "agrees to 2 significant digit(s) of u" in page


@pytest.mark.usefixtures("no_plots")
def test_a_tainted_run_says_so_before_anything_else(tmp_path):
    recorder = finished(tmp_path)
    assert "Tainted" not in page_of(recorder)
    recorder.update(taints=["us_50um: overdue; used nevertheless: in a hurry"])
    page = page_of(recorder)
    assert page.index("used nevertheless: in a hurry") < page.index("Leaks: truth and estimates")


def test_an_interrupted_run_shows_what_it_has_and_says_what_is_missing(tmp_path):
    page = page_of(interrupted(tmp_path))
    assert "INTERRUPTED</h1>" in page
    for gap in ("truth.json was not written", "scores.json was not written", "estimates.parquet was not written"):
        assert gap in page
    assert drawn(page) == [name for name in PLOTS if name != "accuracy"]


def test_a_run_that_died_before_its_first_scan_still_has_a_page(tmp_path):
    page = page_of(Recorder(tmp_path, list(channels()), RUN))
    assert "No scan was recorded" in page
    assert drawn(page) == []


def test_a_run_that_died_before_run_json_was_complete_still_has_a_page(tmp_path):
    page = page_of(Recorder(tmp_path, list(channels()), {}))
    assert "not recorded" in page


def test_one_scan_of_which_nothing_could_be_read_is_enough(tmp_path):
    recorder = Recorder(tmp_path, list(channels()), RUN)
    size = len(recorder.channels)
    recorder.record(Scan(0.0, np.full(size, np.nan), np.zeros(size), np.full(size, 5, np.uint8)))
    assert drawn(page_of(recorder)) == ["pressures", "temperatures", "positions"]


def test_damaged_files_are_told_not_raised(tmp_path):
    recorder = finished(tmp_path)
    (tmp_path / "truth.json").write_text('{"leaks": [')
    (tmp_path / "scores.json").write_text("[1]")
    (tmp_path / "events.jsonl").write_text("{}\n")
    (tmp_path / "estimates.parquet").write_bytes(b"PAR1")
    (tmp_path / "scans.parquet").write_bytes(b"PAR1")
    page = page_of(recorder)
    for told in ("truth.json", "scores.json", "estimates.parquet", "The events", "The scans"):
        assert f"{told} cannot be read" in page


def test_truth_without_scores_is_shown_with_the_estimates(tmp_path):
    recorder = finished(tmp_path)
    (tmp_path / "scores.json").unlink()
    page = page_of(recorder)
    assert "No method was judged against the truth." in page
    assert "+46.67" in page
    assert "accuracy" in drawn(page)


def test_alarms_are_listed(tmp_path):
    recorder = interrupted(tmp_path)
    begin_s, _ = next(iter(exposures().values()))
    recorder.event(Event(begin_s, EventKind.INTERLOCK_TRIPPED, {"interlock": "over_pressure"}))
    recorder.event(Event(begin_s, EventKind.SAFE_STATE, {"failures": ["CloseValve:vent: not read back"]}))
    recorder.event(Event(begin_s + 1.0, EventKind.SAFE_STATE, {"failures": []}))
    page = page_of(recorder)
    assert "interlock: over_pressure" in page
    assert page.count("<td>safe state</td>") == 1


def test_a_folder_that_is_no_run_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(f"{tmp_path}: no run.json")):
        write_report(tmp_path)


def test_an_unknown_unit_of_a_channel_is_no_obstacle(tmp_path):
    odd = [replace(channel, compartment=None) for channel in channels()]
    recorder = Recorder(tmp_path, odd, RUN)
    recorder.record(Scan(0.0, np.ones(len(odd)), np.zeros(len(odd)), np.zeros(len(odd), np.uint8)))
    assert "pressures" not in drawn(page_of(recorder))


def test_the_template_ships_beside_the_code():
    assert (Path(sys.modules[write_report.__module__].__file__).parent / TEMPLATE).is_file()


def test_importing_the_report_loads_no_plotting_library():
    code = "import sys, bench.review.report; print({'matplotlib', 'great_tables', 'jinja2'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
