"""NI chassis through NI-DAQmx ("local") or an NI gRPC Device Server ("grpc://host:port").

The other ni_daq files are of it, too; nothing else imports nidaqmx.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Self, TypeVar

import grpc
import numpy as np
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx import SessionInitializationBehavior as Behavior
from nidaqmx.errors import Error, RpcError
from nidaqmx.system import Device, System
from nidaqmx.system.watchdog import WatchdogTask
from numpy.typing import NDArray

from drivers.errors import CommandRefused
from drivers.measured import Identity, Measured
from drivers.ni_daq_calls import Deadline, TimedChannel, reported
from drivers.ni_daq_claim import Claim
from drivers.ni_daq_microphones import Bursts, Microphone, Plan
from drivers.ni_daq_tasks import AnalogInputs, Lines
from drivers.ni_daq_watchdog import Fall, Watchdogs, owner

T = TypeVar("T", Task, WatchdogTask)
ANALOG, OUTPUTS, MICROPHONES, WATCHDOG = "analog inputs", "digital outputs", "microphones", "watchdog"
ROLES: Final[Mapping[str, Callable[[Any, Sequence[str], float], AnalogInputs | Lines]]] = {
    ANALOG: AnalogInputs,
    "digital inputs": lambda task, lines, _: Lines(task, lines, task.di_channels.add_di_chan),
    OUTPUTS: lambda task, lines, _: Lines(task, lines, task.do_channels.add_do_chan),
}


class NiDaq:
    """One chassis. Not thread-safe. After LinkLost, ReplyTimeout or SamplesLost: `reconnect()`, then `start()`."""

    def __init__(
        self,
        address: str,
        terminals: Mapping[str, Sequence[str]],
        rate_hz: float,
        timeout_s: float,
        bursts: Plan,
    ) -> None:
        self._address, self._terminals, self._plan = address, terminals, bursts
        self._rate_hz, self._deadline = rate_hz, Deadline(timeout_s)
        self._channel: TimedChannel | None = None
        self._handles: list[Task | WatchdogTask] = []
        self._tasks: dict[str, AnalogInputs | Lines] = {}
        self._claim: Claim | None = None
        self._started = False
        self._bursts: Bursts | None = None
        self._fall: Fall | None = None
        self._fallen = False
        self._watchdogs: Watchdogs | None = None
        self._burst_settings: Mapping[str, str] = {}
        self.burst_rate_hz = 0.0
        """As the device has it; 0 without microphones."""
        self.handshakes = 0

    @classmethod
    def open(  # noqa: PLR0913 - what the bench file says
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        digital_inputs: Sequence[str] = (),
        digital_outputs: Sequence[str] = (),
        microphones: Sequence[Microphone] = (),
        burst_rate_hz: float = 200e3,
        burst_s: float = 0.5,
        rate_hz: float = 10.0,
        timeout_s: float = 2.0,
        freed: bool = False,
    ) -> Self:
        """Terminals by their DAQmx names, such as cDAQ1Mod1/ai0 and cDAQ1Mod2/port0/line0; inputs are analog ones. No
        output changes, unless freed: then the devices are reset first, whoever uses them, and a watchdog that has
        expired is over.
        """
        terminals = zip(ROLES, (inputs, digital_inputs, digital_outputs), strict=True)
        bursts = Plan(microphones, burst_rate_hz, burst_s)
        daq = cls(address, {role: names for role, names in terminals if names}, rate_hz, timeout_s, bursts)
        daq.reconnect(freed=freed)
        try:
            with reported(f"{address}, {MICROPHONES}"):
                daq._hear()  # what is wrong with them is known before a run
        except BaseException:
            daq.close()
            raise
        return daq

    def reconnect(self, *, freed: bool = False) -> None:
        """Make all tasks anew; the sample clock stands until `start()`. No output changes, unless freed."""
        self.close()
        self._claim = Claim(self._address, self._devices())
        if self._address != "local":
            target, unlimited = self._address.removeprefix("grpc://"), (("grpc.max_receive_message_length", -1),)
            self._channel = TimedChannel(grpc.insecure_channel(target, unlimited), self._deadline)
        try:
            if freed:
                self._reset()
            for role, terminals in self._terminals.items():
                with reported(f"{self._address}, {role}"):
                    self._tasks[role] = ROLES[role](self._task(role), terminals, self._rate_hz)
        except BaseException:
            self.close()
            raise
        self.handshakes += 1

    def close(self) -> None:
        """Release lines and sample clock. Outputs keep their state. Never raises: `reconnect()` clears what is left."""
        self._started, self._bursts = False, None
        self._tasks.clear()
        self._unwatch()
        while self._handles:
            if not self._closed(self._handles.pop()):  # the others would only time out as well
                self._handles.clear()
        if self._channel:
            self._channel.close()
            self._channel = None
        if self._claim:
            self._claim.release()
            self._claim = None

    def start(self) -> None:
        """Start the sample clock: once, just before the first scan."""
        if isinstance(analog := self._tasks.get(ANALOG), AnalogInputs):
            with reported(f"{self._address}, {ANALOG}"):
                analog.start()
        if self._fall and not self._fallen:
            self.watch_over(self._fall.levels, self._fall.timeout_s, self._fall.every)
        self._started = True

    def request(self) -> None:
        """Nothing to send: the hardware buffers analog samples, and lines are read in `collect()`."""

    def collect(self) -> dict[str, Measured]:
        """Volts, and input levels as 0 and 1. Analog inputs without new samples are absent; outputs: `read_line()`."""
        if not self._started:
            raise CommandRefused(f"NI-DAQmx at {self._address}: collect() before start()")
        readings: dict[str, Measured] = {}
        for role, task in self._tasks.items():
            if role != OUTPUTS:  # a third call would cost as much as all the analog inputs
                with reported(f"{self._address}, {role}"):
                    readings |= task.read()
        if self._watchdogs:
            with reported(f"{self._address}, {WATCHDOG}"):
                self._watchdogs.collected()
        return readings

    def watch_over(self, levels: Mapping[str, bool], timeout_s: float, every: int) -> None:
        """From now on, after `start()`: when nobody has collected for timeout_s, the hardware takes the lines to these
        levels and refuses writing until `reconnect()`; it watches no more then. every: collections from kick to kick; a
        kick costs a call.
        """
        self._fall = Fall(timeout_s, dict(levels), every)
        with reported(f"{self._address}, {WATCHDOG}"):
            self._watchdogs = Watchdogs(self._timer, self._fall, self._options())

    @property
    def fallen(self) -> bool:
        """Whether that has happened, as far as the latest kick tells."""
        return self._fallen or bool(self._watchdogs and self._watchdogs.expired)

    def write_line(self, line: str, state: bool) -> None:  # noqa: FBT001 a level is a value, not a mode
        """Drive one output; the others keep what they were last told, or what was read back at open."""
        with reported(f"{self._address}, {OUTPUTS}"):
            self._outputs(line).write(line, state=state)

    def read_line(self, line: str) -> bool:
        """What the device says the output is, not what it was told."""
        with reported(f"{self._address}, {OUTPUTS}"):
            return self._outputs(line).levels()[line]

    def start_burst(self) -> None:
        """Let all microphones be sampled together, from now on and for burst_s; everything else goes on meanwhile.
        CommandRefused while a burst is on.
        """
        if not (self._started and self._plan.microphones):
            raise CommandRefused(f"NI-DAQmx at {self._address}: no microphones, or start_burst() before start()")
        with reported(f"{self._address}, {MICROPHONES}"):
            if bursts := self._hear():
                bursts.start()

    def burst_ready(self) -> bool:
        """Whether the burst is complete, without waiting."""
        with reported(f"{self._address}, {MICROPHONES}"):
            return bool(self._burst_on().ready())

    def fetch_burst(self) -> NDArray[np.float64]:
        """Pascals, (microphones, samples), rows in the order of `open()`; the first sample is of one sample period
        after the start. An error, as for a burst that is not complete yet, ends the burst.
        """
        with reported(f"{self._address}, {MICROPHONES}"):
            return self._burst_on().fetch()

    def abandon_burst(self) -> None:
        """Another one may be started. Sends nothing, raises nothing."""
        if self._bursts:
            self._bursts.on = False

    def identity(self) -> Identity:
        """Chassis and modules in use; serial number of the chassis; version of the NI-DAQmx driver."""
        with reported(f"{self._address}, identity"):
            modules = [Device(name, grpc_options=self._options()) for name in self._devices()]
            chassis = modules[0].compact_daq_chassis_device
            model = f"{chassis.product_type}: {', '.join(module.product_type for module in modules)}"
            version = ".".join(map(str, System(self._options()).driver_version))
            return Identity("National Instruments", model, f"{chassis.serial_num:08X}", version)

    def settings(self) -> dict[str, str]:
        """As the device took them over when the tasks were made."""
        analog = self._tasks.get(ANALOG)
        found = {"rate_hz": f"{analog.rate_hz:g}", **analog.settings} if isinstance(analog, AnalogInputs) else {}
        return {**found, **self._burst_settings}

    def _options(self, name: str = "", behavior: Behavior = Behavior.AUTO) -> GrpcSessionOptions | None:
        return GrpcSessionOptions(self._channel, name, initialization_behavior=behavior) if self._channel else None

    def _task(self, role: str) -> Task:
        return self._made(role, lambda name, options: Task(name, grpc_options=options))

    def _made(self, role: str, new: Callable[[str, GrpcSessionOptions | None], T]) -> T:
        """A new task. What has its name on the server was left by a broken link or a dead client, and holds lines or
        the sample clock: it is cleared, which changes no output.
        """
        if self._claim is None:
            raise CommandRefused(f"NI-DAQmx at {self._address}: the link is closed. Remedy: reconnect().")
        name = self._claim.task(role)
        options = self._options(name, Behavior.INITIALIZE_SERVER_SESSION)
        try:
            task = new(name, options)
        except RpcError as error:
            if error.rpc_code is not grpc.StatusCode.ALREADY_EXISTS:
                raise
            Task(name, grpc_options=self._options(name)).close()
            task = new(name, options)
        self._handles.append(task)
        return task

    def _reset(self) -> None:
        with reported(f"{self._address}, reset"):
            for name in {owner(name, self._options()): None for name in self._devices()}:
                Device(name, grpc_options=self._options()).reset_device()

    def _timer(self, device: str, timeout_s: float) -> WatchdogTask:
        name = f"{WATCHDOG} {device}"
        return self._made(name, lambda task, options: WatchdogTask(device, task, timeout_s, options))

    def _unwatch(self) -> None:
        """A timer that has expired would refuse its lines to whoever comes next. One out of reach is left as it is."""
        if self._watchdogs:
            self._fallen = self.fallen
            with suppress(Error):
                self._watchdogs.clear()
            self._watchdogs = None

    def _devices(self) -> tuple[str, ...]:
        terminals = [name for names in self._terminals.values() for name in names]
        terminals += [microphone.input for microphone in self._plan.microphones]
        return tuple(dict.fromkeys(name.partition("/")[0] for name in terminals))

    def _closed(self, task: Task | WatchdogTask) -> bool:
        try:
            task.close()
        except Error:
            return False
        return True

    def _burst_on(self) -> Bursts:
        if self._bursts is None or not self._bursts.on:
            raise CommandRefused(f"NI-DAQmx at {self._address}: no burst is on, or the link was opened anew since")
        return self._bursts

    def _hear(self) -> Bursts | None:
        """The microphones' task. After a reconnect it is made with the next burst: whatever is wrong with it then must
        not keep anybody from the valves.
        """
        if self._bursts is None and self._plan.microphones:
            task = self._task(MICROPHONES)
            try:
                self._bursts = Bursts(task, self._plan)
            except Error:
                self._handles.remove(task)
                self._closed(task)
                raise
            self._burst_settings, self.burst_rate_hz = self._bursts.settings, self._bursts.rate_hz
        return self._bursts

    def _outputs(self, line: str) -> Lines:
        if not isinstance(outputs := self._tasks.get(OUTPUTS), Lines) or line not in self._terminals[OUTPUTS]:
            raise CommandRefused(f"NI-DAQmx at {self._address}: {line} is not an output, or the link is closed")
        return outputs
