"""Messages of the NI-DAQmx protocol, handled without its generated stubs: enums, attributes, packed arrays."""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Message: TypeAlias = Any  # the generated classes have no types
Fields = dict[str, Any]

_PACKED: Final = 2  # wire type of bytes and packed arrays: protobuf.dev, "Encoding"


def enum(request: Message, field: str) -> int:
    """Number of an enum field, which travels as a oneof: `field` by name, or `field_raw` as the package sends it."""
    return int(getattr(request, request.WhichOneof(f"{field}_enum") or field))


def attribute(request: Message) -> str:
    """Name in the protocol without its prefix, such as NUM_CHANS; a number the protocol does not know as 0x31e8."""
    number = enum(request, "attribute")
    known = request.DESCRIPTOR.fields_by_name["attribute"].enum_type.values_by_number.get(number)
    return str(known.name.partition("_ATTRIBUTE_")[2]) if known else f"{number:#x}"


def encode(reply_type: Message, fields: Fields) -> bytes:
    """Serialise a reply. Arrays are spliced in as they lie in memory: protobuf would take each number by itself."""
    numbers = {known.name: known.number for known in reply_type.DESCRIPTOR.fields}
    doubles = {name: value for name, value in fields.items() if getattr(value, "dtype", None) == np.float64}
    plain = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in fields.items()
        if name in numbers and name not in doubles
    }
    head: bytes = reply_type(**plain).SerializeToString()
    return head + b"".join(packed(numbers[name], value) for name, value in doubles.items())


def packed(number: int, doubles: NDArray[np.float64]) -> bytes:
    """An array as field `number`."""
    payload = doubles.astype("<f8").tobytes()
    return _varint(number << 3 | _PACKED) + _varint(len(payload)) + payload


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
