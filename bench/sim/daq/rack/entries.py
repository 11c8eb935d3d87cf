"""What a rack file can say of a device: closed models, one line for whatever is wrong."""

import re
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt, field_validator, model_validator

from bench.sim.daq.rack.device import Device
from bench.sim.daq.rack.products import BUSES, CATEGORIES, MEASUREMENTS, Product, products, spans

NAME: Final = r"[A-Za-z0-9_()\-]+"
_SPANS: Final = r"\d+(:\d+)?"
_CHANNEL: Final = re.compile(rf"\w*[A-Za-z_]({_SPANS})?\w*")
_LINE: Final = re.compile(rf"port{_SPANS}/line{_SPANS}")
_TERMINAL: Final = re.compile(r"[\w/:+\-]+")
SHAPES: Final = {
    "analog_inputs": (_CHANNEL, "ai0:7"),
    "internal_inputs": (_CHANNEL, "_ao0:3_vs_aognd"),
    "analog_outputs": (_CHANNEL, "ao0:3"),
    "counters": (_CHANNEL, "ctr0:3"),
    "lines": (_LINE, "port0/line0:7"),
    "input_lines": (_LINE, "port0/line0:7"),
    "output_lines": (_LINE, "port0/line0:7"),
    "terminals": (_TERMINAL, "PFI0:15"),
}
"""Keys that list terminals, with an example of each."""
RATES: Final = ("ai_rate_hz", "ai_rate_of_all_hz", "ao_rate_hz", "di_rate_hz", "do_rate_hz")


def _serial(said: object) -> object:
    """A string has the hexadecimal digits of the label."""
    if not isinstance(said, str):
        return said
    try:
        return int(said, 16)
    except ValueError as error:
        raise ValueError(f"{said!r} has other than hexadecimal digits") from error


Serial = Annotated[int, BeforeValidator(_serial), Field(ge=0, lt=2**32)]


class DeviceEntry(Product):
    """Every key of a product states what this device has, whatever the catalogue says of its product."""

    name: str = Field(pattern=f"^{NAME}$")
    product: str = Field(min_length=1)
    serial: Serial = 0
    chassis: str | None = None
    slot: NonNegativeInt | None = None
    simulated: bool = True

    @field_validator(*SHAPES)
    @classmethod
    def _of_their_shape(cls, names: tuple[str, ...], info: object) -> tuple[str, ...]:
        shape, example = SHAPES[info.field_name]  # type: ignore[attr-defined]
        for name in names:
            if not shape.fullmatch(name) or not spans(name):
                raise ValueError(f"{name!r} is not of the form {example!r}")
        return names

    @field_validator("ai_ranges", "ao_ranges")
    @classmethod
    def _rising(cls, ranges: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        if not ranges or any(low >= high for low, high in ranges):
            raise ValueError("each range is [low, high] with low < high")
        return ranges

    @field_validator(*RATES)
    @classmethod
    def _positive(cls, rate_hz: float | None) -> float | None:
        if rate_hz is not None and rate_hz <= 0.0:
            raise ValueError("a rate is above 0")
        return rate_hz

    @model_validator(mode="after")
    def _in_words_of_daqmx(self) -> Self:
        for key, known in (("category", CATEGORIES), ("bus", BUSES)):
            if getattr(self, key) not in known:
                raise ValueError(f"{key}: one of {', '.join(known)}")
        for key in ("measures", "generates"):
            for name in getattr(self, key):
                if name not in MEASUREMENTS:
                    raise ValueError(f"{key}: {name!r} is none of {', '.join(MEASUREMENTS)}")
        return self

    @model_validator(mode="after")
    def _of_a_product(self) -> Self:
        if self.product not in products() and not self.model_fields_set & {*SHAPES, "category"}:
            raise ValueError(
                f"product: {self.product!r} is not in the catalogue (`leakbench sim daq --products`): "
                f"say what it has ({', '.join(SHAPES)}, or category)"
            )
        return self

    def described(self, slot: int) -> Device:
        return self._merged().device(
            self.name, self.product, self.serial, chassis=self.chassis, slot=slot, simulated=self.simulated
        )

    @property
    def is_chassis(self) -> bool:
        return self._merged().category.endswith("_CHASSIS")

    def _merged(self) -> Product:
        """What the catalogue says of the product, but for what is said here."""
        said = {key: getattr(self, key) for key in self.model_fields_set & Product.model_fields.keys()}
        return products().get(self.product, Product()).model_copy(update=said)


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
