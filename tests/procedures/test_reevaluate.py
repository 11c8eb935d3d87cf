"""An old run against revised certificates: of the small bench, recorded, scored and sealed as a session does it."""

import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from small_bench import FILE

from bench.commands import CloseValve, OpenValve, label
from bench.config.load import load_bench
from bench.dataset import BENCH, Dataset
from bench.errors import ConfigError
from bench.manifest import verify
from bench.recorder import Recorder
from bench.records import Event, EventKind, LeakEstimate, Quality, Scan
from procedures.budgets import budgets
from procedures.judge import Recorded, judged
from procedures.recorded_bench import recorded_bench
from procedures.reevaluate import as_text, estimates_of, reevaluate, windows_of

ENDED = datetime(2026, 6, 1, 12, tzinfo=UTC)
STEADY = {"node_pressure": 100_000.0, "node_gas_1": 300.0, "node_gas_2": 300.0, "gauge": 3.0}
CERTIFICATE = """serial = "{serial}"
laboratory = "somewhere"
value = {value}
expanded_uncertainty = 6e-9
reference_pressure_pa = 100000.0
reference_temperature_k = 300.0
u_pressure_exponent = 0.02
u_drift_relative = 0.006
calibrated = {calibrated}
due = {due}
"""


def certificate(folder, name="revised.toml", **changes):
    stated = {"serial": "LB-1", "value": 4.1e-7, "calibrated": "2026-01-01", "due": "2027-01-01", **changes}
    path = folder / name
    path.write_text(CERTIFICATE.format(**stated))
    return path


def loaded(folder, reasons=None, **changes):
    """The small bench, its certificate in a file of its own as load_bench wants it."""
    folder.mkdir()
    text, _ = FILE.read_text().split("[leak.certificate]")
    certificate(folder, "certificate.toml", **{"value": 4e-7, **changes})
    (folder / "bench.toml").write_text(f'{text}certificate = "certificate.toml"\n')
    return load_bench(folder / "bench.toml", ENDED.date(), reasons or {})


def confirmed(command, time_s):
    return Event(time_s, EventKind.COMMAND_CONFIRMED, {"command": label(command)})


def record(recorder, bench):
    names = [entry.name for entry in bench.channels]
    values = np.array([STEADY.get(name, 1.0) for name in names])
    for second in range(300):
        scan = Scan(float(second), values, np.zeros(len(names)), np.full(len(names), Quality.GOOD, np.uint8))
        recorder.record(scan)
    window = {
        "window": "node_50um",
        "compartment": "node",
        "begin_s": 100.0,
        "end_s": 200.0,
        "background": [[0.0, 40.0]],
    }
    for event in (
        confirmed(OpenValve("orifice"), 50.0),
        confirmed(CloseValve("orifice"), 250.0),
        Event(260.0, EventKind.WINDOW, window),
    ):
        recorder.event(event)


def sealed(folder, bench, **more):
    """compensated_mass found 3.98e-7 kg/s, 1 % below the certificate's value."""
    folder.mkdir(parents=True)
    run = {"plan": {"max_relative_u": 0.2}, "started_utc": ENDED.isoformat(), "ended_utc": ENDED.isoformat(), **more}
    recorder = Recorder(folder, [entry.record() for entry in bench.channels], run)
    recorder.write_json(BENCH, bench.model_dump(mode="json"))
    record(recorder, bench)
    recorder.close_scans()
    rows = {"method": ["compensated_mass"], "window": ["node_50um"], "rate_kg_s": [3.98e-7], "u_kg_s": [4e-9]}
    recorder.write_table("estimates.parquet", pd.DataFrame({**rows, "notes": [""]}))
    dataset = Dataset(folder)
    recorded = Recorded(bench, windows_of(dataset), dataset.series(), dataset.events(), ENDED.date())
    found = judged(recorded, estimates_of(folder), method="compensated_mass", max_relative_u=0.2)
    recorder.write_json("truth.json", found.truth_file)
    recorder.write_json("scores.json", found.scores_file)
    recorder.seal()
    return folder


@pytest.fixture
def run(tmp_path):
    return sealed(tmp_path / "run", loaded(tmp_path / "bench"))


def test_without_a_revised_certificate_all_is_as_it_was(run):
    found = reevaluate(run, [])
    assert json.loads((run / "truth.r1.json").read_text()) == json.loads((run / "truth.json").read_text())
    assert found.after.verdict.outcome == "PASS"


def test_a_revised_value_changes_truth_and_scores_and_nothing_that_was_there(run, tmp_path):
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    found = reevaluate(run, [certificate(tmp_path, value=4.3e-7)])
    (truth,), (score,) = found.after.truths, found.after.scores
    assert truth.rate_kg_s == pytest.approx(4.3e-7, rel=1e-5)
    assert score.normalised_error == pytest.approx(-3.2e-8 / np.hypot(truth.u_kg_s, 4e-9), rel=1e-4)
    assert found.after.verdict.outcome == "FAIL"
    assert {name: (run / name).read_bytes() for name in before} == before
    assert verify(run) == ()


def test_the_revision_says_with_which_certificates_and_when(run, tmp_path):
    path = certificate(tmp_path)
    reevaluate(run, [path])
    written = json.loads((run / "scores.r1.json").read_text())
    (entry,) = written["certificates"]
    assert (entry["file"], len(entry["sha256"]), entry["value_kg_s"]) == (str(path), 64, 4.1e-7)
    assert written["verdict"]["outcome"] == "PASS"
    assert datetime.fromisoformat(written["evaluated_utc"]).tzinfo is not None


def test_a_second_revision_is_compared_with_the_first(run, tmp_path):
    reevaluate(run, [certificate(tmp_path)])
    found = reevaluate(run, [])
    assert found.number == 2
    assert found.before["truth"]["leaks"][0]["rate_kg_s"] == pytest.approx(4.1e-7, rel=1e-5)
    assert found.after.truths[0].rate_kg_s == pytest.approx(4e-7, rel=1e-5)


def test_the_table_shows_old_and_new(run, tmp_path):
    text = as_text(reevaluate(run, [certificate(tmp_path)]))
    assert "4.0000e-07" in text
    assert "4.1000e-07" in text
    assert "+2.50%" in text


def test_a_calibration_after_the_run_that_differs_makes_its_truth_void(run, tmp_path):
    found = reevaluate(run, [certificate(tmp_path, value=4.3e-7, calibrated="2026-09-01")])
    assert "calibrations before and after the run differ: En +" in found.after.truths[0].void
    assert found.after.verdict.outcome == "INCONCLUSIVE"


def test_a_certificate_of_no_leak_of_the_run_is_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="no leak of this run has the serial LB-9"):
        reevaluate(run, [certificate(tmp_path, serial="LB-9")])
    assert not (run / "truth.r1.json").exists()


def test_a_certificate_that_was_not_valid_on_the_day_of_the_run_is_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="LB-1 was due on 2026-05-31"):
        reevaluate(run, [certificate(tmp_path, due="2026-05-31")])


def test_a_valid_certificate_lifts_the_taint_of_one_that_was_overdue(tmp_path):
    bench = loaded(tmp_path / "bench", {"node_50um": "in a hurry"}, due="2026-05-01")
    tainted = sealed(tmp_path / "run", bench)
    assert reevaluate(tainted, []).after.scores[0].tainted is not None
    found = reevaluate(tainted, [certificate(tmp_path)])
    assert (found.after.truths[0].tainted, found.after.scores[0].tainted) == (None, None)
    assert json.loads((tainted / "scores.r2.json").read_text())["taints"] == []


def test_a_run_that_was_not_scored_cannot_be_scored_anew(tmp_path):
    bench = loaded(tmp_path / "bench")
    recorder = Recorder(tmp_path, [entry.record() for entry in bench.channels], {})
    recorder.seal()
    with pytest.raises(ConfigError, match=r"was not scored: there is no truth\.json"):
        reevaluate(tmp_path, [])


def test_an_older_run_finds_its_bench_by_the_hash_of_its_file(run):
    bench = load_bench(run.parent / "bench" / "bench.toml", ENDED.date())
    (run / BENCH).unlink()
    dataset = Dataset(run)
    dataset.run["bench"] = {"file": str(bench.file), "sha256": bench.sha256}
    assert recorded_bench(dataset) == bench
    dataset.run["bench"]["sha256"] = "0" * 64
    with pytest.raises(ConfigError, match="is not the bench file of this run any more"):
        recorded_bench(dataset)


def test_estimates_and_windows_are_those_of_the_run(run):
    assert estimates_of(run) == [LeakEstimate("compensated_mass", "node_50um", 3.98e-7, 4e-9)]
    (window,) = windows_of(Dataset(run))
    assert (window.begin_s, window.background) == (100.0, ((0.0, 40.0),))


def test_the_budget_is_printed_for_the_window_and_for_an_instant(run):
    (over,), (instant,) = budgets(run, None, None), budgets(run, "node_50um", 150.0)
    assert over.startswith("node_50um in node, 100 to 200 s\nsource ")
    assert "Monte Carlo, 1000000 trials: agrees to 2 digits of u" in over
    assert instant.startswith("node_50um at 150 s\nsource ")
    assert "leak rate = 3.99" in instant or "leak rate = 4e-07" in instant


@pytest.mark.parametrize(
    ("leak", "at_s", "why"), [("mir", None, "no window of mir"), (None, 900.0, "no usable upstream")]
)
def test_what_is_not_there_has_no_budget(run, leak, at_s, why):
    with pytest.raises(ConfigError, match=why):
        list(budgets(run, leak, at_s))
