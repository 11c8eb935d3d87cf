"""Ultrasonic search (science 2.11): where a source of sound is, and what would have been missed."""

from collections.abc import Sequence

from scipy.special import ndtri

from bench.detection.ultrasonic_finding import UltrasonicFinding
from bench.detection.ultrasonic_fusion import fused
from bench.detection.ultrasonic_hearing import ears
from bench.detection.ultrasonic_judgement import Judgement
from bench.detection.ultrasonic_loudness import loudnesses
from bench.records import Burst, LeakEstimate, Series
from bench.rig import Rig


class UltrasonicSearch:
    """A source is what two microphones of a compartment hear alike, at a delay that a place in it can have.

    The threshold for that is one of constant false alarm rate, learned from each correlation's own noise. What is
    louder than when quiet without being alike is called racks. false_alarm: probability that a search of a quiet rig
    finds a source anywhere. All bursts given are taken together: give those that were recorded in one state of the rig.
    """

    name = "ultrasonic_search"

    def __init__(self, false_alarm: float = 0.01) -> None:
        if not 0.0 < false_alarm < 1.0:
            raise ValueError(f"false_alarm: {false_alarm:g} is no probability")
        self.false_alarm = false_alarm

    def search(
        self,
        rig: Rig,
        bursts: Sequence[Burst],
        series: Series,
        prior: LeakEstimate | None = None,
        quiet: Sequence[Burst] = (),
    ) -> UltrasonicFinding:
        """quiet: bursts known to be without leak and racks. series: gas thermometers and the hatches' switches around
        the bursts. prior: what pressure says. ValueError: no bursts, no microphones, bursts sampled differently.
        """
        if rig.acoustics is None or not bursts:
            raise ValueError(f"{self.name}: there are no {'bursts' if rig.acoustics else 'microphones'} to search")
        loudness = loudnesses(rig.acoustics, bursts, quiet)
        heard = ears(rig, rig.acoustics, bursts, series, loudness.keys(), self.false_alarm)
        loud = float(ndtri(1.0 - self.false_alarm / max(len(loudness), 1)))
        findings = Judgement(heard, loudness, loud, prior).findings(list(rig.compartments))
        return UltrasonicFinding(self.name, findings, fused(prior, findings) if prior else {})
