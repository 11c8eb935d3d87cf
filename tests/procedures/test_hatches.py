"""Opening hatches of the shipped bench, on its rig without wires."""

import pytest
from shipped_bed import ShippedBed
from sim import rigs

from bench.commands import OpenValve
from bench.errors import CommandRefusedError
from procedures.hatches import open_hatch

HATCH = rigs.BENCH.hatch[0]


def thinned(course):
    """Two parts in a hundred of the US segment's gas have leaked away."""
    layout, u = course.model.layout, course.state.u
    layout.mass(u)[rigs.US] *= 0.98
    layout.energy(u)[rigs.US] *= 0.98


def bed_with_hatches_shut(folder):
    bed = ShippedBed(folder)
    rigs.close_hatches(bed.rig)
    bed.rig.clock.advance_to(10.0)
    bed.rig.command(rigs.empty_chamber)
    return bed


def test_a_hatch_with_a_pressure_behind_it_opens_through_its_equalisation_valve(tmp_path):
    bed = bed_with_hatches_shut(tmp_path)
    bed.rig.command(thinned)

    def body(run):
        with pytest.raises(CommandRefusedError, match="hatch_us_transfer_balanced"):
            run.execute(OpenValve(HATCH.name))
        open_hatch(run, HATCH)

    bed.conduct(body)
    valve = "equalisation_us_transfer"
    assert bed.confirmed()[:3] == [f"OpenValve:{valve}", f"CloseValve:{valve}", f"OpenValve:{HATCH.name}"]


@pytest.mark.parametrize("shut", [True, False])
def test_one_with_none_behind_it_and_one_that_is_open_just_open(tmp_path, shut):
    bed = bed_with_hatches_shut(tmp_path) if shut else ShippedBed(tmp_path)
    bed.conduct(lambda run: open_hatch(run, HATCH))
    assert bed.confirmed()[0] == f"OpenValve:{HATCH.name}"
