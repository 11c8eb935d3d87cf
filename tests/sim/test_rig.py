"""The rig as its instruments see it: what is asked does not change it, what is stated is not what it is."""

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, CHANNELS, COMPARTMENTS, LINES, WORKING

from bench.sim.plant.state import OUTGASSED, PUMPED, SUPPLIED, TO_ROOM, VOLUME
from bench.sim.ports import SupplyPort, inputs_of


def sweep(now, *, look=()):
    """A short procedure with commands off the grid; look: extra times at which somebody asks."""
    acts = {
        0.03: lambda: now.write_line(LINES["hatch_us_transfer"], True),
        10.07: lambda: now.write_line(LINES["orifice_100um_working"], True),
        40.0: lambda: now.write_line(LINES["orifice_100um_working"], False),
    }
    for time_s in sorted({*acts, *look}):
        now.clock.advance_to(time_s)
        acts.get(time_s, lambda: [now.shown(CHANNELS["working_pressure"]), now.read_line(LINES["fill_valve"])])()
    return rigs.state_at(now, 400.0)


def test_asking_changes_nothing():
    """Bit for bit, although steps are longer than the time between two questions."""
    quiet, pestered = sweep(rigs.rig_of()), sweep(rigs.rig_of(), look=np.round(np.arange(0.0, 400.0, 0.37), 2))
    for one, other in zip(quiet, pestered, strict=True):
        assert np.array_equal(one, other)


def test_what_a_sensor_shows_does_not_depend_on_who_asked_before():
    quiet, pestered = rigs.rig_of(), rigs.rig_of()
    sweep(quiet)
    sweep(pestered, look=np.round(np.arange(0.0, 400.0, 0.37), 2))
    times_s = np.round(np.arange(1, 4001) * 0.1, 6)
    for channel in ("working_pressure", "working_gas_1", "chamber_cdg_1000pa"):
        assert np.array_equal(quiet.shown_at(CHANNELS[channel], times_s), pestered.shown_at(CHANNELS[channel], times_s))


def test_the_same_seed_is_the_same_rig_and_another_is_not():
    volumes = [rigs.rig_of(seed=seed).model.plant.node[:, VOLUME] for seed in (1, 1, 2)]
    assert np.array_equal(volumes[0], volumes[1])
    uncertain = slice(rigs.CHAMBER + 1)
    assert not np.isclose(volumes[0], volumes[2], rtol=1e-9)[uncertain].any()


def test_what_is_drawn_scatters_as_stated():
    """Volume: 0.5 %. Conductance: certificate 0.75 % and drift 0.6 %."""
    drawn = [rigs.rig_of(seed=seed).draws.drawn for seed in range(200)]
    volumes = np.array([d["volume/working_compartment"] for d in drawn])
    conductances = np.array([d["conductance/working_50um"] for d in drawn])
    allowed = 4.0 / np.sqrt(400.0)
    assert volumes.std() / 0.4 == pytest.approx(0.005, rel=allowed)
    assert conductances.std() == pytest.approx(np.hypot(0.0075, 0.006), rel=allowed)


@pytest.mark.parametrize(
    ("name", "largest_m2"), [("seal/hatch_us_transfer", 2e-13), ("seat/orifice_50um_working", 1e-13)]
)
def test_what_hatch_seals_and_valve_seats_pass_is_drawn_below_what_is_stated(name, largest_m2):
    drawn = np.array([rigs.rig_of(seed=seed).draws.drawn[name] for seed in range(100)])
    assert (drawn > 0.0).all()
    assert (drawn < largest_m2).all()
    assert drawn.mean() == pytest.approx(largest_m2 / 2.0, rel=4.0 / np.sqrt(3.0 * 100.0))  # uniform


def test_a_closed_hatch_passes_what_was_drawn_for_its_seal():
    """Choked from the working compartment into an intermediate chamber that has been emptied: area times flux."""
    now = rigs.rig_of(seed=3)
    rigs.close_hatches(now)
    rigs.state_at(now, 10.0)

    def empty(course):
        layout, u = course.model.layout, course.state.u
        layout.mass(u)[rigs.INTERMEDIATE] *= 0.01
        layout.energy(u)[rigs.INTERMEDIATE] *= 0.01

    now.command(empty)
    flow = rigs.flow_kg_s(now, "hatch_working_intermediate", 20.0, 10.0)
    flux = 239.17 * rigs.pressure_pa(now, 30.0) / 101_325.0 * np.sqrt(293.15 / rigs.gas_k(now, 30.0))
    assert flow == pytest.approx(now.draws.drawn["seal/hatch_working_intermediate"] * flux, rel=2e-3)


def test_without_draws_the_rig_is_what_the_bench_file_states():
    now = rigs.rig_of("as_stated")
    assert now.model.plant.node[: rigs.CHAMBER + 1, VOLUME] == pytest.approx([0.2, 0.06, 0.4, 0.06, 2.2], rel=1e-12)
    leak = BENCH.named_leak("working_100um")
    rigs.close_hatches(now)
    rigs.start_pump(now)
    now.clock.advance_to(1200.0)
    now.write_line(LINES["orifice_100um_working"], True)
    flow = rigs.flow_kg_s(now, "orifice_100um_working", 1201.0, 10.0)
    certified = leak.certificate.flow_kg_s(now.true_pressure_pa(WORKING), rigs.gas_k(now, 1211.0))
    assert flow == pytest.approx(certified, rel=1e-4)


def fill(now, supply):
    now.write_line(LINES["fill_valve"], True)
    supply.set_target(101_325.0, 50.0)
    supply.set_control(True)
    now.clock.advance_to(1000.0)
    now.write_line(LINES["fill_valve"], False)
    supply.set_control(False)


def test_mass_closes_over_a_whole_procedure_with_draws_off():
    """What compartments gained was supplied; what they lost, chamber, pump and room got: each species, to 1e-12 of
    all gas. The chamber's walls gave some of their own.
    """
    now = rigs.rig_of("as_stated")
    start = rigs.masses(now)
    supply = SupplyPort(now, next(iter(inputs_of(BENCH, "pressure_controller").values())))
    rigs.start_pump(now)
    now.clock.advance_to(800.0)
    fill(now, supply)
    filled, book = rigs.masses(now, 1002.0), rigs.book(now)
    allowed_kg = 1e-12 * start.sum()
    assert (filled - start)[COMPARTMENTS].sum(axis=0) == pytest.approx(book[SUPPLIED], abs=allowed_kg)
    for name in ("orifice_100um_working", "orifice_50um_transfer", "hatch_us_transfer"):
        now.write_line(LINES[name], True)
    end, later = rigs.masses(now, 5000.0), rigs.book(now) - book
    lost = (filled - end)[COMPARTMENTS].sum(axis=0)
    gained = (end - filled)[rigs.CHAMBER] + later[PUMPED] + later[TO_ROOM] - later[OUTGASSED]
    assert gained == pytest.approx(lost, abs=allowed_kg)
    assert lost.sum() > 1e-3


def test_end_switches_follow_after_the_travel_time():
    now = rigs.rig_of()
    hatch = BENCH.hatch[0]
    now.write_line(hatch.line, True)
    seen = []
    for time_s in (0.0, 4.0, 7.95, 8.05):
        now.clock.advance_to(time_s)
        seen.append((now.read_line(hatch.open_switch), now.read_line(hatch.closed_switch)))
    assert seen == [(True, False), (False, False), (False, False), (False, True)]


def test_past_samples_are_what_was_there_then():
    """A transducer's buffer keeps its samples although a valve has opened since."""
    now, twin = rigs.rig_of(), rigs.rig_of()
    entry = CHANNELS["working_pressure"]
    times_s = np.round(np.arange(1, 51) * 0.1, 6)
    now.clock.advance_to(5.0)
    before = now.shown_at(entry, times_s)
    twin.clock.advance_to(5.0)
    twin.write_line(LINES["equalisation_working_intermediate"], True)
    twin.clock.advance_to(60.0)
    assert np.array_equal(before, twin.shown_at(entry, times_s))


def test_a_cabin_drift_is_there_from_the_start_and_steady():
    """0.3 K/h in all compartments, hatches closed. Radiation grows as T^3: by 1 % in a kelvin."""
    now = rigs.rig_of("cabin_drift", every=rigs.MINUTELY)
    rigs.close_hatches(now)
    for node in range(4):
        drift_k = np.diff([rigs.gas_k(now, time_s, node) for time_s in (3600.0 * node + 60.0, 3600.0 * node + 3600.0)])
        assert drift_k * 3600.0 / 3540.0 == pytest.approx([0.3], rel=0.02)


def test_the_sealed_truth_says_what_was_drawn_and_what_each_path_has_passed():
    now = rigs.rig_of("S15_two_leaks")
    rigs.close_hatches(now)
    rigs.state_at(now, 600.0)
    sealed = now.sealed()
    assert sealed["drawn"] == now.draws.drawn
    assert sealed["scenario"]["name"] == "S15_two_leaks"
    assert sealed["until_s"] == 600.0
    assert sealed["passed_kg"]["two"] == rigs.passed_kg(now, "two", 600.0)


def test_a_capillary_passes_what_its_certificate_says_as_the_square_of_the_pressure():
    now = rigs.rig_of("as_stated")
    certificate = BENCH.named_leak("intermediate_crack").certificate
    rigs.close_hatches(now)
    rigs.start_pump(now)
    now.clock.advance_to(1200.0)
    now.write_line(LINES["capillary_75um_intermediate"], True)
    flows = []
    for begin_s in (1210.0, 40_000.0):
        flows.append(rigs.flow_kg_s(now, "capillary_75um_intermediate", begin_s, 10.0))
        pressure_pa = now.true_pressure_pa(rigs.INTERMEDIATE)
        certified = certificate.flow_kg_s(pressure_pa, rigs.gas_k(now, begin_s + 10.0, rigs.INTERMEDIATE))
        assert flows[-1] == pytest.approx(certified, rel=2e-3)
    assert flows[1] < 0.9 * flows[0]


def test_a_capillary_can_be_patched():
    patch = {"leak": "capillary_75um_intermediate", "at_s": 100.0, "residual": 0.2}
    now = rigs.staged(patch=[patch])
    now.write_line(LINES["capillary_75um_intermediate"], True)
    before, after = (rigs.flow_kg_s(now, "capillary_75um_intermediate", begin_s, 30.0) for begin_s in (50.0, 120.0))
    assert after / before == pytest.approx(0.2, rel=5e-3)
