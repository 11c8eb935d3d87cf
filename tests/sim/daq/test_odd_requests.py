"""Whatever a client sends, it gets an answer, a code of NI-DAQmx, or the word that it is not simulated."""

import math
import random

import grpc
import pytest
from daq_bed import serving
from nidaqmx._stubs import nidaqmx_pb2, nidaqmx_pb2_grpc
from racks import REAL, described

from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.signals import signals_of

SERVICE = nidaqmx_pb2.DESCRIPTOR.services_by_name["NiDAQmx"]
UNARY = [method for method in SERVICE.methods if not method.server_streaming]
BUSY = ("Read", "Write", "Cfg", "Start", "Stop", "Wait", "Set", "CreateCO", "CreateAIVoltageChan", "CreateD")
NUMBERS = (0, 1, 2, 3, 10, 100, -1, -5, 10123, 10178, 10280, 10348, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63))
REALS = (0.0, 1.0, -1.0, 10.0, -10.0, 0.5, 1e-3, 1000.0, 1e308, 1e-320, math.nan, math.inf, -math.inf)
TIMES_S = (0.0, 0.1, 1.0, 10.0, -1.0, -2.0, math.nan)
COUNTS = (0, 1, 2, 10, 1000)
NAMES = (
    "",
    "Dev1",
    "Dev1/ai0",
    "Dev1/ai0:2",
    "Dev1/ao0:1",
    "Dev1/port0",
    "Dev1/port0,Dev1/port1",
    "Dev1/ctr0",
    "/Dev1/PFI0",
)
STRANGE = (
    "/Dev1/Ctr0InternalOutput",
    "nope",
    "a:b",
    ",,",
    "/",
    "é",
    "Dev1/ai0:2000000000",
    "Dev1/ai" + "9" * 5000 + ":1",
)
CHANNELS = (
    nidaqmx_pb2.CreateAIVoltageChanRequest(physical_channel="Dev1/ai0:1", min_val=-1, max_val=1, units_raw=10348),
    nidaqmx_pb2.CreateAOVoltageChanRequest(physical_channel="Dev1/ao0:1", min_val=-9, max_val=9, units_raw=10348),
    nidaqmx_pb2.CreateDIChanRequest(lines="Dev1/port0,Dev1/port1", line_grouping_raw=1),
    nidaqmx_pb2.CreateDOChanRequest(lines="Dev1/port0/line0:3"),
    nidaqmx_pb2.CreateDOChanRequest(lines="Dev1/port0,Dev1/port1,Dev1/port2", line_grouping_raw=1),
    nidaqmx_pb2.CreateCOPulseChanFreqRequest(counter="Dev1/ctr0", freq=100.0, duty_cycle=0.5),
    None,
)
ANSWERS = (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.FAILED_PRECONDITION)


class Odd:
    """Requests by chance."""

    def __init__(self, seed):
        self.pick = random.Random(seed).choice  # noqa: S311 - nothing secret

    def request(self, method):
        request = getattr(nidaqmx_pb2, method.input_type.name)()
        self.fill(request)
        return request

    def fill(self, message):
        for field in message.DESCRIPTOR.fields:
            if field.name == "task":
                message.task.name = self.pick(("t0", "t1"))
            elif field.containing_oneof and not field.name.endswith("_raw"):
                continue
            elif field.is_repeated:
                self.lengthen(getattr(message, field.name), field)
            elif field.message_type:
                self.fill(getattr(message, field.name))
            else:
                setattr(message, field.name, self.value(message, field))

    def lengthen(self, values, field):
        for _ in range(self.pick((0, 1, 2, 10))):
            if field.message_type is None:
                values.append(self.scalar(field))
            elif not field.message_type.GetOptions().map_entry:
                self.fill(values.add())

    def value(self, message, field):
        if field.name in ("timeout", "time_to_wait"):
            return self.pick(TIMES_S)
        if field.name.startswith(("array_size", "num_samps", "samps_per_chan")) and self.pick((True, False)):
            return self.pick(COUNTS)
        named = message.DESCRIPTOR.fields_by_name.get(field.name.removesuffix("_raw"))
        if named and named.enum_type and self.pick((True, True, False)):
            return self.pick(named.enum_type.values).number
        return self.scalar(field)

    def scalar(self, field):
        match field.cpp_type:
            case field.CPPTYPE_DOUBLE | field.CPPTYPE_FLOAT:
                return self.pick(REALS)
            case field.CPPTYPE_BOOL:
                return self.pick((True, False))
            case field.CPPTYPE_ENUM:
                return self.pick(field.enum_type.values).number
            case field.CPPTYPE_STRING if field.type == field.TYPE_BYTES:
                return self.pick((b"", b"\0", b"\1\0\1\1", b"\xff" * 3, bytes(40)))
            case field.CPPTYPE_STRING:
                return self.pick((*NAMES, *NAMES, *STRANGE))
        bits = 32 if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32) else 64
        signed = field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_INT64)
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        return self.pick([number for number in NUMBERS if low <= number <= high])


def failure(channel, name, request, timeout_s=5.0):
    """What came that should not; None: an answer, or a proper refusal."""
    reply = getattr(nidaqmx_pb2, f"{name}Response")
    path, serialise = f"/{SERVICE.full_name}/{name}", type(request).SerializeToString
    try:
        channel.unary_unary(path, serialise, reply.FromString)(request, timeout=timeout_s)
    except grpc.RpcError as error:
        if error.code() in ANSWERS or "ni-error" in dict(error.trailing_metadata()):
            return None
        return f"{name}: {error.code().name} {error.details()[:200]}\n{request}"
    return None


def waits_for_ever(request):
    return -1.0 in (getattr(request, "timeout", 0.0), getattr(request, "time_to_wait", 0.0))


@pytest.fixture(scope="module")
def channel(tmp_path_factory):
    outputs, found = Outputs(), described(tmp_path_factory.mktemp("rack"), REAL)
    with serving(found.rack, signals_of(found, outputs), outputs) as rig:
        yield rig.channel


@pytest.mark.parametrize("seed", range(20))
def test_no_request_breaks_the_service(channel, seed):
    odd = Odd(seed)
    channel.unary_unary("/nidevice_grpc.SessionUtilities/ResetServer")(b"")
    for task, created in (("t0", odd.pick(CHANNELS)), ("t1", odd.pick(CHANNELS))):
        failure(channel, "CreateTask", nidaqmx_pb2.CreateTaskRequest(session_name=task))
        if created:
            created.task.name = task
            assert failure(channel, created.DESCRIPTOR.name.removesuffix("Request"), created) is None
    busy = [method for method in UNARY if method.name.startswith(BUSY)]
    for method in [odd.pick(odd.pick((UNARY, busy))) for _ in range(60)]:
        request = odd.request(method)
        if not waits_for_ever(request):
            assert failure(channel, method.name, request) is None


def codes(channel, *calls):
    """Of each call, on a new task; 0: an answer."""
    channel.unary_unary("/nidevice_grpc.SessionUtilities/ResetServer")(b"")
    stub = nidaqmx_pb2_grpc.NiDAQmxStub(channel)
    stub.CreateTask(nidaqmx_pb2.CreateTaskRequest(session_name="t0"))
    for name, fields in calls:
        request = getattr(nidaqmx_pb2, f"{name}Request")(**fields)
        request.task.name = "t0"
        try:
            getattr(stub, name)(request, timeout=5.0)
        except grpc.RpcError as error:
            yield int(dict(error.trailing_metadata())["ni-error"])
        else:
            yield 0


VOLTS = ("CreateAIVoltageChan", {"physical_channel": "Dev1/ai0:1", "min_val": -1, "max_val": 1, "units_raw": 10348})
OUTPUTS = ("CreateAOVoltageChan", {"physical_channel": "Dev1/ao0:1", "min_val": -9, "max_val": 9, "units_raw": 10348})
WIDE = {"lines": "Dev1/port0,Dev1/port1", "line_grouping_raw": 1}
LINE_20 = {"lines": "Dev1/port0/line20"}
PULSES = {"counter": "Dev1/ctr0", "duty_cycle": 0.5}
CLOCK = {"rate": 1000.0, "sample_mode_raw": 10178, "samps_per_chan": 10}


@pytest.mark.parametrize(
    ("prepared", "call", "code"),
    [
        (VOLTS, ("ReadAnalogScalarF64", {"timeout": 1.0}), -200523),
        (VOLTS, ("ReadAnalogF64", {"num_samps_per_chan": -5, "array_size_in_samps": 10}), -200077),
        (VOLTS, ("ReadAnalogF64", {"num_samps_per_chan": 1, "array_size_in_samps": 2**32 - 1}), -50352),
        (VOLTS, ("ReadAnalogWaveforms", {"num_samps_per_chan": 2**31 - 1}), -50352),
        (VOLTS, ("CfgSampClkTiming", CLOCK | {"rate": math.nan}), -200077),
        (VOLTS, ("CfgSampClkTiming", CLOCK | {"rate": math.inf, "source": "/Dev1/PFI0"}), -200077),
        (VOLTS, ("WaitUntilTaskDone", {"time_to_wait": -2.0}), -200453),
        (OUTPUTS, ("WriteAnalogScalarF64", {"value": 1.0, "auto_start": True}), -200524),
        (OUTPUTS, ("WriteDigitalScalarU32", {"value": 1, "auto_start": True}), -200526),
        (OUTPUTS, ("WriteRaw", {"num_samps": 3, "write_array": bytes(10), "auto_start": True}), -200622),
        (("CreateDOChan", WIDE), ("WriteDigitalScalarU32", {"value": 1, "auto_start": True}), -200566),
        (("CreateDIChan", WIDE), ("ReadDigitalScalarU32", {"timeout": 1.0}), -200564),
        (("CreateDIChan", LINE_20), ("ReadDigitalU8", {"num_samps_per_chan": 1, "array_size_in_samps": 1}), -200563),
        (("CreateDIChan", LINE_20), ("ReadDigitalU32", {"num_samps_per_chan": 1, "array_size_in_samps": 1}), 0),
        (VOLTS, ("CreateAIVoltageChan", VOLTS[1] | {"physical_channel": "Dev1/ai0:2000000000"}), -200605),
        (VOLTS, ("CreateAIVoltageChan", VOLTS[1] | {"max_val": math.inf}), -200082),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_code(channel, prepared, call, code):
    assert list(codes(channel, prepared, call)) == [0, code]


def test_pulses_without_length_are_refused(channel):
    assert list(codes(channel, ("CreateCOPulseChanFreq", PULSES | {"freq": 0.0}))) == [-200077]
    assert list(codes(channel, ("CreateCOPulseChanFreq", PULSES | {"freq": 5.0, "duty_cycle": 1.0}))) == [-200077]
