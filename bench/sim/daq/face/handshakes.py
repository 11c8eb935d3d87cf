"""The calls for digital timings other than a sample clock. They are told as they were set; tasks cannot run by them."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.channel import DI, DO
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.task import Task
from bench.sim.daq.driver.timing import BURST, CHANGES, HANDSHAKE, PIPELINED, RISING, Timing
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.clocks import mode_of
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.rack.names import expand

_ANY_RATE_HZ: Final = 1000.0  # has no meaning without a clock


def _digital(driver: Driver, request: Message, *kinds: int) -> Task:
    task = driver.task(request.task.name)
    if task.kind not in kinds:
        raise DriverError(-200077, f"Property: SampTimingType\nTask Name: {task.name}")
    return task


def handshake(driver: Driver, request: Message) -> Fields:
    task = _digital(driver, request, DI, DO)
    task.set_timing(Timing(_ANY_RATE_HZ, mode_of(request), request.samps_per_chan, kind=HANDSHAKE))
    return {}


def change_detection(driver: Driver, request: Message) -> Fields:
    task = _digital(driver, request, DI)
    device = driver.rack.device(task.devices[0])
    if not device.abilities.change_detection:
        raise DriverError(-200077, f"Property: SampTimingType\nTask Name: {task.name}")
    for edge in ("rising", "falling"):
        lines = list(expand(getattr(request, f"{edge}_edge_chan")))
        for line in lines:
            driver.rack.resolve(line if line.startswith(f"{device.name}/") else f"{device.name}/{line}", "di_lines")
        task.kept["Timing", f"CHANGE_DETECT_DI_{edge.upper()}_EDGE_PHYSICAL_CHANS"] = ", ".join(lines)
    task.set_timing(Timing(_ANY_RATE_HZ, mode_of(request), request.samps_per_chan, kind=CHANGES))
    return {}


def pipelined(driver: Driver, request: Message) -> Fields:
    """A sample clock whose data come later than its edges by a delay that a simulation needs not know."""
    task = _digital(driver, request, DI, DO)
    edge = enum(request, "active_edge") or RISING
    samples = request.samps_per_chan
    task.set_timing(Timing(request.rate, mode_of(request), samples, request.source, edge, PIPELINED))
    driver.check_rate(task)
    return {}


def burst_with_its_clock(driver: Driver, request: Message) -> Fields:
    """Import: the other side gives the clock."""
    edge = enum(request, "sample_clk_active_edge") or RISING
    return _burst(driver, request, request.sample_clk_src, edge)


def burst_with_our_clock(driver: Driver, request: Message) -> Fields:
    """Export."""
    task = _digital(driver, request, DI, DO)
    task.kept["ExportedSignal", "SAMP_CLK_OUTPUT_TERM"] = request.sample_clk_outp_term
    task.kept["ExportedSignal", "SAMP_CLK_PULSE_POLARITY"] = enum(request, "sample_clk_pulse_polarity")
    return _burst(driver, request, "", RISING)


def _burst(driver: Driver, request: Message, source: str, edge: int) -> Fields:
    task = _digital(driver, request, DI, DO)
    rate_hz, samples = request.sample_clk_rate, request.samps_per_chan
    task.set_timing(Timing(rate_hz, mode_of(request), samples, source, edge, BURST))
    driver.check_rate(task)
    task.kept["Trig", "DIG_LVL_PAUSE_TRIG_WHEN"] = enum(request, "pause_when")
    task.kept["ExportedSignal", "RDY_FOR_XFER_EVENT_LVL_ACTIVE_LVL"] = enum(request, "ready_event_active_level")
    return {}


HANDSHAKES: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "CfgHandshakingTiming": handshake,
    "CfgChangeDetectionTiming": change_detection,
    "CfgPipelinedSampClkTiming": pipelined,
    "CfgBurstHandshakingTimingImportClock": burst_with_its_clock,
    "CfgBurstHandshakingTimingExportClock": burst_with_our_clock,
}
