import math
from types import SimpleNamespace

import numpy as np
import pytest

from bench.sim.instruments.srs_rga200 import RGA200
from bench.sim.instruments.srs_rga200_spectrum import Head

TORR_PA = 101325.0 / 760
QUIET = Head(quietest_a=0.0)


def currents(reply):
    return np.frombuffer(reply, "<i4")


@pytest.fixture
def gas():
    return SimpleNamespace(pressures_pa={"N2": 1e-6 * TORR_PA})


def made(gas, head=QUIET, **options):
    return RGA200(lambda: gas.pressures_pa, head=head, **options)


@pytest.fixture
def rga(gas):
    """Its filament is on."""
    rga = made(gas)
    assert rga.receive(b"FL1.0\r") == b"0\n\r"
    return rga


@pytest.mark.parametrize(
    ("species", "mass", "share"),
    [
        ("N2", 28, 1.0),
        ("N2", 14, 0.138),
        ("O2", 32, 0.86),
        ("O2", 16, 0.86 * 0.218),
        ("H2O", 17, 1.12 * 0.212),
        ("CO2", 44, 1.4),
        ("CO2", 12, 1.4 * 0.087),
        ("Ar", 20, 1.2 * 0.146),
        ("He", 4, 0.14),
        ("He", 28, 0.0),
    ],
)
def test_a_gas_gives_currents_at_its_masses(rga, gas, species, mass, share):
    """1e-6 Torr at 0.1 mA/Torr are 1e-10 A."""
    gas.pressures_pa = {species: 1e-6 * TORR_PA}
    assert currents(rga.receive(f"MR{mass}\r".encode())) == pytest.approx(share * 1e6, abs=1)


def test_gases_that_share_a_mass_add_up(rga, gas):
    gas.pressures_pa = {"N2": 1e-6 * TORR_PA, "CO2": 1e-6 * TORR_PA, "Xe": 1e-6 * TORR_PA}
    assert currents(rga.receive(b"MR28\r")) == pytest.approx(1e6 * (1 + 1.4 * 0.098), abs=1)
    assert currents(rga.receive(b"TP?\r")) == pytest.approx(1.2e6 * 2.4, abs=1)


def test_an_analog_scan_resolves_masses(rga):
    """The peak is one mass wide at a tenth of its height, and gone at the next mass."""
    rga.receive(b"MI26\rMF30\rSA20\r")
    *scan, total = currents(rga.receive(b"SC1\r"))
    masses = 26 + np.arange(81) / 20
    heights = dict(zip(masses, scan, strict=True))
    assert heights[28.0] == max(scan) == 1_000_000
    assert heights[27.5] == 100_000
    assert heights[27.0] == 0
    assert heights[29.0] == 7500
    assert total == 1_200_000


def test_emission_makes_the_ions(rga):
    assert rga.receive(b"FL0.5\rFL?\r") == b"0\n\r0.51\n\r"
    assert currents(rga.receive(b"MR28\r")) == 500_000
    assert rga.receive(b"FL0.0\rFL?\r") == b"0\n\r0.00\n\r"
    assert currents(rga.receive(b"MR28\rTP?\r")).tolist() == [0, 0]


def test_what_it_is_believed_to_do_does_not_change_what_it_does(gas):
    rga = made(gas, stored={"SP": 0.2})
    assert rga.receive(b"FL1.0\rSP?\r") == b"0\n\r0.2000\n\r"
    assert currents(rga.receive(b"MR28\rSP0.3\rMR28\r")).tolist() == [1_000_000] * 2


def test_the_multiplier_gains_and_leaves_no_total(rga, gas):
    gas.pressures_pa = {"N2": 1e-9 * TORR_PA}
    assert rga.receive(b"HV1400\rHV?\r") == b"0\n\r1400\n\r"
    assert currents(rga.receive(b"MR28\rTP?\r")).tolist() == [1_000_000, 0]
    gas.pressures_pa = {"N2": 1e-5 * TORR_PA}
    assert currents(rga.receive(b"MR28\r")) == 2**31 - 1


@pytest.mark.parametrize("nf", range(8))
def test_noise_is_less_the_slower_the_scan(gas, nf):
    gas.pressures_pa = {}
    rga = made(gas, Head(seed=3))
    ms = (2000, 1000, 400, 200, 126, 45, 30, 15)[nf]
    values = currents(rga.receive(f"NF{nf}\rHS1\rHS1\rHS1\rHS1\rHS1\r".encode()))
    assert np.std(values) == pytest.approx(10 * math.sqrt(2000 / ms), rel=0.1)


def test_noise_depends_on_the_seed_and_the_number_of_the_scan_alone(gas):
    first, again, other = (made(gas, Head(seed=seed)) for seed in (1, 1, 2))
    scans = [first.receive(b"HS1\r") for _ in range(2)]
    assert scans[0] != scans[1]
    assert [again.receive(b"HS1\r") for _ in range(2)] == scans
    assert other.receive(b"HS1\r") != scans[0]


@pytest.mark.parametrize("pressure_pa", [math.nan, -1.0, 0.0])
def test_what_is_no_pressure_leaves_no_ions(rga, gas, pressure_pa):
    gas.pressures_pa = {"N2": pressure_pa, "He": 1e-6 * TORR_PA}
    assert currents(rga.receive(b"MR28\rMR4\r")).tolist() == [0, 140_000]


@pytest.mark.parametrize("pressure_pa", [math.inf, 1e308])
def test_a_pressure_beyond_all_reason_only_trips_the_filament(rga, gas, pressure_pa):
    gas.pressures_pa = {"N2": pressure_pa, "O2": pressure_pa}
    assert currents(rga.receive(b"MR28\r")) == 0
    assert rga.receive(b"EF?\r") == b"32\n\r"
