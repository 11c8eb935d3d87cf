"""NI CompactDAQ through NI-DAQmx ("local") or an NI gRPC Device Server ("grpc://host:port"). Alone imports nidaqmx."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Self

import grpc
import numpy as np
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx import SessionInitializationBehavior as Behavior
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType, FillMode, LineGrouping, TaskMode
from nidaqmx.errors import Error, RpcError
from nidaqmx.stream_readers import AnalogMultiChannelReader, DigitalMultiChannelReader
from nidaqmx.stream_writers import DigitalMultiChannelWriter
from nidaqmx.system import Device, System
from numpy.typing import NDArray

from drivers.errors import CommandRefused, InstrumentError, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status


class SamplesLost(InstrumentError):  # noqa: N818 named like its cause
    """Nobody read in time and the buffer ran over: a gap. Record it, then `reconnect()` and `start()`."""


REMEDIES: Final[Sequence[tuple[set[int | grpc.StatusCode], type[InstrumentError], str]]] = (
    ({-50103, -200587}, CommandRefused, "end the client that holds it, or reset the device if that client died"),
    ({-88709, -200088}, LinkLost, "device or server were reset: reconnect() and start()"),
    ({-200279}, SamplesLost, "collect more often; reconnect() and start() to go on"),
    ({0, grpc.StatusCode.UNAVAILABLE}, LinkLost, "start the server (or install the driver), then reconnect()"),
    ({grpc.StatusCode.DEADLINE_EXCEEDED}, ReplyTimeout, "the server hangs or the network is cut: reconnect()"),
)


@contextmanager
def reported(subject: str) -> Iterator[None]:
    """The one place where the errors of nidaqmx, of the device and of gRPC, become ours."""
    try:
        yield
    except Error as error:
        code = getattr(error, "error_code", getattr(error, "rpc_code", 0))
        unlisted = (ProtocolError if isinstance(error, RpcError) else CommandRefused, "check names and settings")
        kind, remedy = next(((kind, remedy) for codes, kind, remedy in REMEDIES if code in codes), unlisted)
        raise kind(f"NI-DAQmx at {subject}: {' '.join(str(error).split())} Remedy: {remedy}.") from error


class Deadline:
    """On every call, as nidaqmx sets none: a frozen server would hold the bench for ever."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    def on(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(request: Any, metadata: Any = None) -> Any:  # noqa: ANN401 - passed on as they are
            return call(request, timeout=self._timeout_s, metadata=metadata)

        return timed


class TimedChannel:
    """All that nidaqmx needs of a channel. An interceptor of gRPC would do the same, for 25 us a call."""

    def __init__(self, channel: grpc.Channel, deadline: Deadline) -> None:
        self.unary_stream, self.close = channel.unary_stream, channel.close
        self.unary_unary = lambda *method, **details: deadline.on(channel.unary_unary(*method, **details))


class AnalogInputs(AnalogMultiChannelReader):  # type: ignore[misc]  # nidaqmx has no types
    """Voltages, clocked by the hardware once the task is started; reads never wait."""

    def __init__(self, task: Task, terminals: Sequence[str], rate_hz: float) -> None:
        super().__init__(task.in_stream)
        add = task.ai_channels.add_ai_voltage_chan
        channels = [add(name, name.replace("/", "_"), min_val=-10.0, max_val=10.0) for name in terminals]
        task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.CONTINUOUS)
        task.control(TaskMode.TASK_COMMIT)  # a converter in use elsewhere is refused now
        self.rate_hz = float(task.timing.samp_clk_rate)  # modules with a clock of their own take the nearest they can
        self.limits_v = {name: float(channel.ai_rng_high) for name, channel in zip(terminals, channels, strict=True)}
        self.settings = {f"{name} limit_v": f"{limit_v:g}" for name, limit_v in self.limits_v.items()}
        self._room = np.zeros((len(terminals), max(64, int(2 * self.rate_hz))))
        self.start = task.start

    def read(self) -> dict[str, Measured]:
        """Means of what arrived since the last read. The newest sample counts as taken now: its age is unknown."""
        blocks = [self._read_block()]
        while blocks[-1].size == self._room.size:
            blocks.append(self._read_block())
        volts = np.concatenate(blocks, axis=1)
        if not volts.size:
            return {}
        offset_s = -(volts.shape[1] - 1) / (2 * self.rate_hz)
        worst_v = volts[np.arange(len(volts)), np.abs(volts).argmax(axis=1)]
        rows = zip(self.limits_v.items(), volts.mean(axis=1).tolist(), worst_v.tolist(), strict=True)
        return {name: judged(mean_v, extreme_v, limit_v, offset_s) for (name, limit_v), mean_v, extreme_v in rows}

    def _read_block(self) -> NDArray[np.float64]:
        """One call for all that fits, packed at the beginning; the public method asks first how much there is."""
        _, samples = self._interpreter.read_analog_f64(
            self._handle, READ_ALL_AVAILABLE, 0.0, FillMode.GROUP_BY_CHANNEL.value, self._room
        )
        return self._room.flat[: len(self._room) * samples].reshape(len(self._room), samples)  # a copy


def judged(mean_v: float, extreme_v: float, limit_v: float, offset_s: float) -> Measured:
    """Mean of a block. One sample at the limit of the converter spoils it: how far beyond it was is unknown."""
    if abs(extreme_v) < limit_v:
        return Measured(mean_v, Status.GOOD, offset_s)
    status = Status.OVERRANGE if extreme_v > 0 else Status.UNDERRANGE
    return Measured(float(np.clip(extreme_v, -limit_v, limit_v)), status, offset_s)


LEVELS: Final = (Measured(0.0, Status.GOOD), Measured(1.0, Status.GOOD))


class Lines:
    """Digital lines, one channel each, in one task: all are read, and all are written, in one call."""

    def __init__(self, task: Task, lines: Sequence[str], add_channel: Callable[..., object]) -> None:
        self._lines = tuple(lines)
        for line in lines:
            add_channel(line, line.replace("/", "_"), LineGrouping.CHAN_PER_LINE)
        self._reader = DigitalMultiChannelReader(task.in_stream)
        self._writer = DigitalMultiChannelWriter(task.out_stream)
        self._reader.verify_array_shape = self._writer.verify_array_shape = False  # else each asks the server twice
        self._driven = self.levels()  # before anything else touches an output
        task.start()  # a line in use elsewhere is refused now; later calls need not start and stop it

    def levels(self) -> dict[str, bool]:
        self._reader.read_one_sample_one_line(array := np.zeros(len(self._lines), dtype=np.bool_))
        return dict(zip(self._lines, array.tolist(), strict=True))

    def read(self) -> dict[str, Measured]:
        return {line: LEVELS[level] for line, level in self.levels().items()}

    def write(self, line: str, *, state: bool) -> None:
        driven = self._driven | {line: state}
        self._writer.write_one_sample_one_line(np.array(list(driven.values()), dtype=np.bool_))
        self._driven = driven


ANALOG, OUTPUTS = "analog inputs", "digital outputs"
ROLES: Final[Mapping[str, Callable[[Any, Sequence[str], float], AnalogInputs | Lines]]] = {
    ANALOG: AnalogInputs,
    "digital inputs": lambda task, lines, _: Lines(task, lines, task.di_channels.add_di_chan),
    OUTPUTS: lambda task, lines, _: Lines(task, lines, task.do_channels.add_do_chan),
}


class NiDaq:
    """One chassis. Not thread-safe. After LinkLost, ReplyTimeout or SamplesLost: `reconnect()`, then `start()`."""

    def __init__(self, address: str, terminals: Mapping[str, Sequence[str]], rate_hz: float, timeout_s: float) -> None:
        self._address, self._terminals = address, terminals
        self._rate_hz, self._deadline = rate_hz, Deadline(timeout_s)
        self._channel: TimedChannel | None = None
        self._handles: list[Task] = []
        self._tasks: dict[str, AnalogInputs | Lines] = {}
        self._token = secrets.token_hex(4)  # no other client has tasks of our names
        self._left_behind = self._started = False
        self.handshakes = 0

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        digital_inputs: Sequence[str] = (),
        digital_outputs: Sequence[str] = (),
        rate_hz: float = 10.0,
        timeout_s: float = 2.0,
    ) -> Self:
        """Terminals by their DAQmx names, such as cDAQ1Mod1/ai0 and cDAQ1Mod2/port0/line0; inputs are analog ones. No
        output changes.
        """
        terminals = zip(ROLES, (inputs, digital_inputs, digital_outputs), strict=True)
        daq = cls(address, {role: names for role, names in terminals if names}, rate_hz, timeout_s)
        daq.reconnect()
        return daq

    def reconnect(self) -> None:
        """Make all tasks anew; the sample clock stands until `start()`. No output changes."""
        self.close()
        if self._address != "local":
            target, unlimited = self._address.removeprefix("grpc://"), (("grpc.max_receive_message_length", -1),)
            self._channel = TimedChannel(grpc.insecure_channel(target, unlimited), self._deadline)
        try:
            for role, terminals in self._terminals.items():
                with reported(f"{self._address}, {role}"):
                    self._tasks[role] = ROLES[role](self._task(role), terminals, self._rate_hz)
        except BaseException:
            self.close()
            raise
        self.handshakes += 1

    def close(self) -> None:
        """Release lines and sample clock. Outputs keep their state. Never raises: `reconnect()` clears what is left."""
        self._started = False
        self._tasks.clear()
        while self._handles:
            try:
                self._handles.pop().close()
            except Error:  # the others would only time out as well
                self._left_behind = True
                self._handles.clear()
        if self._channel:
            self._channel.close()
            self._channel = None

    def start(self) -> None:
        """Start the sample clock: once, just before the first scan."""
        if isinstance(analog := self._tasks.get(ANALOG), AnalogInputs):
            with reported(f"{self._address}, {ANALOG}"):
                analog.start()
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
        return readings

    def write_line(self, line: str, state: bool) -> None:  # noqa: FBT001 a level is a value, not a mode
        """Drive one output; the others keep what they were last told, or what was read back at open."""
        with reported(f"{self._address}, {OUTPUTS}"):
            self._outputs(line).write(line, state=state)

    def read_line(self, line: str) -> bool:
        """What the device says the output is, not what it was told."""
        with reported(f"{self._address}, {OUTPUTS}"):
            return self._outputs(line).levels()[line]

    def identity(self) -> Identity:
        """Chassis and modules in use; serial number of the chassis; version of the NI-DAQmx driver."""
        with reported(f"{self._address}, identity"):
            names = dict.fromkeys(name.partition("/")[0] for names in self._terminals.values() for name in names)
            modules = [Device(name, grpc_options=self._options()) for name in names]
            chassis = modules[0].compact_daq_chassis_device
            model = f"{chassis.product_type}: {', '.join(module.product_type for module in modules)}"
            version = ".".join(map(str, System(self._options()).driver_version))
            return Identity("National Instruments", model, f"{chassis.serial_num:08X}", version)

    def settings(self) -> dict[str, str]:
        """As the device took them over at open."""
        analog = self._tasks.get(ANALOG)
        return {"rate_hz": f"{analog.rate_hz:g}", **analog.settings} if isinstance(analog, AnalogInputs) else {}

    def _options(self, name: str = "", behavior: Behavior = Behavior.AUTO) -> GrpcSessionOptions | None:
        return GrpcSessionOptions(self._channel, name, initialization_behavior=behavior) if self._channel else None

    def _task(self, role: str) -> Task:
        name = f"{role.replace(' ', '_')}_{self._token}"
        if self._left_behind:  # attach to what a broken link left on the server: it holds lines or the sample clock
            Task(name, grpc_options=self._options(name)).close()
        self._handles.append(Task(name, grpc_options=self._options(name, Behavior.INITIALIZE_SERVER_SESSION)))
        return self._handles[-1]

    def _outputs(self, line: str) -> Lines:
        if not isinstance(outputs := self._tasks.get(OUTPUTS), Lines) or line not in self._terminals[OUTPUTS]:
            raise CommandRefused(f"NI-DAQmx at {self._address}: {line} is not an output, or the link is closed")
        return outputs
