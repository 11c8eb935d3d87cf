"""Which compartments are at one pressure."""

from collections.abc import Mapping

from bench.rig import Rig


def joined_compartments(rig: Rig, values: Mapping[str, float]) -> list[list[str]]:
    """Names in groups, by the hatches whose closed switch reads 0; a hatch of which nothing is known is taken as shut.
    values: mean over a block, by channel.
    """
    group = {name: {name} for name in rig.compartments}
    for hatch in rig.hatches:
        if hatch.closed_channel is not None and values.get(hatch.closed_channel) == 0.0:
            one, other = hatch.connects
            merged = group[one] | group[other]
            group.update(dict.fromkeys(merged, merged))
    sets = {id(names): names for names in group.values()}
    return [[name for name in rig.compartments if name in names] for names in sets.values()]
