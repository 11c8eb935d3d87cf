"""The monitors that come with the bench, for a volume whose hatches are open."""

from collections.abc import Mapping

from bench.detection.sequential.chart import ChartMaker, ChartMonitor
from bench.detection.sequential.evidence import likelihood_ratio, page, shiryaev_roberts
from bench.detection.sequential.pressure_chart import PressureCharts
from bench.detection.sequential.ramp_chart import RampCharts
from bench.detection.sequential.ramp_filter import RampModel
from bench.detection.sequential.residual_chart import ResidualCharts
from bench.rig import WHOLE

UNSEEN = 0.4
"""A thermometer that sees 70 % of an excursion is within one standard deviation."""
THRESHOLDS: Mapping[str, float] = {
    "pressure_rate_1h": 44.4,
    "pressure_rate_24h": 11.7,
    "shewhart": 3.46,
    "ewma": 1.99,
    "glr": 6.88,
    "cusum": 6.63,
    "shiryaev_roberts": 7.23,
    "kalman_glr": 5.93,
    "kalman_shiryaev_roberts": 6.34,
}
"""One false alarm in 30 days: rig580, typical noise, hatches open, days that differ (scenario unlike_days), on 20 null
runs of 40 days, seeds 1000+; python tests/benchmarks/detection_delay.py --cache FOLDER --runs 60 --null 20
"""


def charts(unseen: float = UNSEEN) -> Mapping[str, ChartMaker]:
    """unseen: of the kalman_ charts, see RampModel."""
    wary = RampModel(unseen=unseen)
    return {
        "pressure_rate_1h": PressureCharts(3600.0),
        "pressure_rate_24h": PressureCharts(24 * 3600.0),
        "shewhart": ResidualCharts(),
        "ewma": ResidualCharts(short_s=2 * 3600.0),
        "glr": RampCharts(likelihood_ratio, THRESHOLDS["glr"]),
        "cusum": RampCharts(page, THRESHOLDS["cusum"]),
        "shiryaev_roberts": RampCharts(shiryaev_roberts, THRESHOLDS["shiryaev_roberts"]),
        "kalman_glr": RampCharts(likelihood_ratio, THRESHOLDS["kalman_glr"], wary),
        "kalman_shiryaev_roberts": RampCharts(shiryaev_roberts, THRESHOLDS["kalman_shiryaev_roberts"], wary),
    }


def monitors(compartment: str = WHOLE) -> tuple[ChartMonitor, ...]:
    """Of a compartment, or of all with their hatches open."""
    return tuple(ChartMonitor(name, chart, THRESHOLDS[name], compartment) for name, chart in charts().items())
