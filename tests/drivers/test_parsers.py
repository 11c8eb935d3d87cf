"""Every parser of every driver, fed with noise and with mutilated good replies: a well-formed value or a typed error,
nothing else. 30 examples each; 10,000 with

    pytest tests/drivers/test_parsers.py --hypothesis-profile=long
"""

import math
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutated_replies import SCRIPTS, mutilated, one_stroke_away
from parser_table import PARSERS

import drivers
from drivers.errors import InstrumentError
from drivers.measured import Measured, Status

EXAMPLES = settings.default.max_examples if settings.default.max_examples > 100 else 30
every_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
every_guarded_reply = pytest.mark.parametrize(
    ("parser", "reply"),
    [
        pytest.param(parser, reply, id=f"{parser.name}-{reply!r}")
        for parser in PARSERS
        if parser.guarded
        for reply in parser.replies
    ],
)


def parsers_of_the_drivers():
    modules = [import_module(f"drivers.{module.name}") for module in iter_modules(drivers.__path__)]
    return {
        f"{module.__name__.removeprefix('drivers.')}.{name}"
        for module in modules
        for name, function in getmembers(module, isfunction)
        if name.startswith("parse_") and function.__module__ == module.__name__
    }


def leaves(value):
    """What it is made of. A measured NaN is a FAULT and well formed: only its status is a leaf."""
    if isinstance(value, Measured) and value.status is Status.FAULT and math.isnan(value.value):
        return [value.status]
    if is_dataclass(value):
        return leaves([getattr(value, field.name) for field in fields(value)])
    if isinstance(value, dict):
        return leaves([*value, *value.values()])
    if isinstance(value, list | tuple | np.ndarray):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


def well_formed(leaf, parser):
    if isinstance(leaf, float) and not math.isfinite(leaf):
        return parser.nan and math.isnan(leaf)
    if isinstance(leaf, float | int):
        return abs(leaf) <= parser.most
    return leaf.isascii() if isinstance(leaf, str | bytes) else isinstance(leaf, Enum | None)


def outcome(parser, reply):
    """The value; None for a typed error. Any other error is the test's."""
    try:
        return parser.parse(reply)
    except InstrumentError:
        return None


def check(parser, reply):
    value = outcome(parser, reply)
    assert all(well_formed(leaf, parser) for leaf in leaves(value)), (reply, value)
    assert value is None or parser.ascii_part(reply).isascii(), (reply, value)


def test_every_parser_is_in_the_table():
    assert {parser.name for parser in PARSERS} == parsers_of_the_drivers()


@every_parser
def test_literal_replies_are_understood(parser):
    assert any(outcome(parser, reply) is not None for reply in parser.replies)
    for reply in parser.replies:
        check(parser, reply)


@every_parser
@given(reply=st.binary(max_size=80))
@settings(deadline=None, max_examples=EXAMPLES)
def test_noise_is_a_typed_error_or_a_well_formed_value(parser, reply):
    check(parser, reply)


@every_parser
@given(script=SCRIPTS)
@settings(deadline=None, max_examples=EXAMPLES)
def test_a_mutilated_reply_is_a_typed_error_or_a_well_formed_value(parser, script):
    check(parser, mutilated(parser.replies, script))


@every_guarded_reply
def test_one_stroke_on_what_a_checksum_or_an_echo_guards_never_leads_to_another_value(parser, reply):
    """Every such stroke. A sum cannot tell two digits that have changed places: two strokes may."""
    head = len(reply) if parser.guarded < 0 else parser.guarded
    allowed = {repr(None), repr(outcome(parser, reply))}  # NaN is equal to nothing
    assert not [struck for struck in one_stroke_away(reply, head) if repr(outcome(parser, struck)) not in allowed]
