"""What a certificate states and what the rig is: drawn with all its uncertainty, and drifted since the calibration."""

from datetime import date

import numpy as np
import pytest
from claims import consistent
from sim import rigs
from sim.rigs import BENCH, LINES

from bench.clock import VirtualClock
from bench.sim.draws import Draws
from bench.sim.model import nodes_of
from bench.sim.model_paths import paths_of
from bench.sim.plant import elements, gas
from bench.sim.plant.composition import DRY_AIR
from bench.sim.plant.state import WANTED
from bench.sim.ports_gas import FlowPort
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.truth.leak_budget import Conditions, inputs, leak_budget

LEAK, PROGRAMMABLE = BENCH.named_leak("working_50um"), BENCH.named_leak("programmable_working")
CALIBRATED, DAY = LEAK.certificate.calibrated, date(2028, 6, 14)
DRIFTING = {"drift_per_year": -0.03, "u_drift_per_year": 0.01}
QUIET, AS_STATED = load_scenario("quiet"), load_scenario("as_stated")


def drifting(wanted):
    """The bench with a certificate that states a drift, wherever it is used."""
    leaks = []
    for leak in BENCH.leak:
        update = DRIFTING if leak.certificate.serial == wanted.certificate.serial else {}
        certificate = leak.certificate.model_copy(update=update)
        leaks.append(leak.model_copy(update={"certificate": certificate}))
    return BENCH.model_copy(update={"leak": tuple(leaks)})


def passes_kg_s(bench, seed, day, *, hidden=True):
    """What the hole of working_50um passes in truth at the certificate's conditions."""
    draws = Draws(seed, hidden=hidden, day=day)
    (path,) = (p for p in paths_of(bench, QUIET, draws, nodes_of(bench, QUIET)) if p.name == LEAK.valve)
    constant, gamma = gas.gas_constant(DRY_AIR), gas.heat_capacity_ratio(DRY_AIR)
    return elements.orifice_flow(path.shape[0], 101_325.0, 293.15, 0.0, constant, gamma)


def test_a_truth_by_a_drifting_certificate_covers_what_leaks_as_often_as_it_says():
    bench = drifting(LEAK)
    certificate, at = bench.named_leak("working_50um").certificate, Conditions(101_325.0, 0.0, 293.15, 0.0)
    stated = leak_budget(certificate, inputs(certificate, at, DAY))
    found = np.array([passes_kg_s(bench, seed, DAY) for seed in range(400)])
    assert consistent((np.abs(found - stated.value) <= 1.96 * stated.u).sum(), 400, 0.95)
    assert found.mean() / certificate.value_kg_s == pytest.approx(1.0 - 0.06, abs=4.0 * 0.0215 / 20.0)
    forgotten = leak_budget(certificate, inputs(certificate, at, CALIBRATED))
    assert not consistent((np.abs(found - forgotten.value) <= 1.96 * forgotten.u).sum(), 400, 0.95)


@pytest.mark.parametrize(("day", "kept"), [(None, 1.0), (CALIBRATED, 1.0), (DAY, 1.0 - 0.03 * 730.0 / 365.25)])
def test_without_draws_a_leak_has_drifted_just_as_stated(day, kept):
    found = passes_kg_s(drifting(LEAK), 1, day, hidden=False)
    assert found == pytest.approx(kept * LEAK.certificate.value_kg_s, rel=1e-9)


def test_a_drift_of_nothing_changes_no_seed():
    assert passes_kg_s(BENCH, 5, None) == passes_kg_s(BENCH, 5, DAY)


def selected(seed, *, bench=BENCH, scenario=QUIET, day=None):
    """A rig whose programmable leak takes 6e-7 kg/s, by its own reading, from the working compartment."""
    rig = SimulatedRig(bench, scenario, seed, VirtualClock(), day=day)
    rigs.close_hatches(rig)
    rig.command(rigs.empty_chamber)
    rig.write_line(LINES["select_working"], True)
    rig.clock.advance_to(10.0)
    FlowPort(rig, "leak_flow").set_flow(6e-7)
    return rig


def test_a_flow_controller_makes_its_reading_right_and_what_passes_is_wrong_by_its_hidden_error():
    rig = selected(3)
    assert rigs.flow_kg_s(rig, "leak_flow", 20.0) == pytest.approx(
        (6e-7 - rig.draws.drawn["zero/leak_flow"]) * rig.draws.drawn["passed_over_shown/leak_flow"], rel=1e-6
    )
    shown = rig.shown_at(rigs.CHANNELS["leak_flow"], np.round(np.arange(30.0, 80.0, 0.5), 6))
    assert shown.mean() == pytest.approx(6e-7, abs=4.0 * 4e-10 / 10.0)


def test_what_a_programmable_leak_passes_lies_about_its_setting_as_its_certificate_says():
    certificate = PROGRAMMABLE.certificate
    at = Conditions(101_325.0, 0.0, 293.15, 0.0, shown_kg_s=6e-7)
    stated = leak_budget(certificate, inputs(certificate, at, CALIBRATED))
    deviations = (np.array([_set(seed) for seed in range(60)]) - stated.value) / stated.u
    assert consistent((np.abs(deviations) <= 1.96).sum(), 60, 0.95)
    assert 0.7 < deviations.std() < 1.35  # 0.1 % quantiles of chi with 60 degrees


def _set(seed):
    """What the controller's valve is opened for, kg/s, so that it shows 6e-7."""
    rig = SimulatedRig(BENCH, QUIET, seed, VirtualClock())
    FlowPort(rig, "leak_flow").set_flow(6e-7)
    share = rig.course.state.move[rig.model.path["leak_flow"], WANTED]
    return float(share) * BENCH.named_flow_controller("leak_flow").full_scale_kg_s


def test_the_calibration_of_a_flow_controller_drifts_too():
    rig = selected(1, bench=drifting(PROGRAMMABLE), scenario=AS_STATED, day=DAY)
    kept = 1.0 - 0.03 * (DAY - PROGRAMMABLE.certificate.calibrated).days / 365.25
    assert rigs.flow_kg_s(rig, "leak_flow", 20.0) == pytest.approx(kept * 6e-7, rel=1e-6)
