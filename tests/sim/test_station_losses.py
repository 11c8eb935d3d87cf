"""What a station states of its losses, and what its meters and sensors see of a scenario's."""

from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.config.station import Purification
from bench.rig import WHOLE
from bench.sim.direct import opened, simulate
from bench.sim.scenario import load_scenario
from procedures.simulate import make_ready

BENCH = load_bench(find_bench("rig580"), date(2026, 11, 1))
RIG = rig_of(BENCH)
HOUR_S = 3600.0
OXYGEN_J_KG_K = 259.84


def staged(name):
    orders = ((0.0, make_ready), *((20.0, opened(hatch.name)) for hatch in BENCH.hatch))
    readings = simulate(BENCH, load_scenario(name), 5, orders, duration_s=4.0 * HOUR_S, period_s=10.0)
    return readings, readings.time_s > HOUR_S


def test_a_loss_whose_place_nobody_knows_is_anywhere():
    """A rectangular distribution from nothing to 1.2e-9 and half of its uncertainty (JCGM 100 4.3.7)."""
    (whole,), (part,) = RIG.volume(WHOLE).nominal, RIG.volume("working_compartment").nominal
    assert (whole.kg_s, whole.u_kg_s) == (1.2e-9, 1.2e-9)
    assert part.kg_s == pytest.approx(0.6e-9)
    assert part.u_kg_s == pytest.approx(np.hypot(1.2e-9 / np.sqrt(12.0), 0.6e-9))


def test_a_meter_belongs_to_where_its_controller_leads():
    assert [meter.channel for meter in RIG.volume("working_compartment").meters] == ["makeup_flow"]
    assert not RIG.volume("transfer_compartment").meters


def test_the_meter_sees_what_the_hidden_regulator_lets_in():
    readings, later = staged("S18")
    quiet, _ = staged("S16")
    flow_kg_s = (readings.column("makeup_flow") - quiet.column("makeup_flow"))[later]
    passed_kg = readings.passed_kg[:, readings.leaks.index("hidden")]
    leak_kg_s = np.polyfit(readings.time_s[later], passed_kg[later], 1)[0]
    assert flow_kg_s.mean() == pytest.approx(leak_kg_s, rel=0.02)


def test_the_oxygen_sensor_sees_the_crew_breathe():
    readings, later = staged("S08")
    crew = load_scenario("S08").crew[0]
    share = readings.column("working_oxygen") / readings.column("working_gas_1")
    slope = np.polyfit(readings.time_s[later], share[later], 1)[0]
    volume_m3 = sum(compartment.volume_m3 for compartment in BENCH.compartment)
    assert -slope * volume_m3 / OXYGEN_J_KG_K == pytest.approx(crew.people * crew.oxygen_kg_day / 86_400.0, rel=0.3)


def test_the_first_puff_is_in_the_first_period():
    with pytest.raises(ValidationError, match="not within its period_s"):
        Purification(compartment="a", period_s=10.0, first_s=10.0, loss_kg=1.0, u_loss_kg=0.1)
