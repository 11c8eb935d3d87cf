"""Sensor faults and patches of the S-list, on rig580 through the direct face: right, wrong, undecided.

    python tests/benchmarks/faults_and_patches.py --runs 50

Faults: six hours teach the offsets. Patches: the hatches are shut; an answer every three hours. What "right" means is
printed with each row; the questions are those of procedures/questions/sensors.py and patches.py.
"""

from itertools import chain

from outcomes import parser, tabulate

from procedures.questions import patches, sensors


def main():
    options = parser(__doc__, 1000).parse_args()
    every = chain(sensors.questions(), patches.questions())
    wanted = [each for each in every if each.name.startswith(tuple(options.only))]
    tabulate(wanted, range(options.first, options.first + options.runs))


if __name__ == "__main__":
    main()
