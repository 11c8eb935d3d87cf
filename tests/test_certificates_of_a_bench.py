"""Certificates as a bench file names them: which may be used, and what is kept of those that may not."""

import hashlib
import json
from datetime import date

import pytest
from shipped_copy import copy_shipped, replace

from bench.config.load import load_bench
from bench.config.model import Bench
from bench.errors import ConfigError
from bench.recorder import json_text

TODAY = date(2026, 11, 23)
CERTIFICATE = "orifice_50um_working.toml"


@pytest.fixture
def copied(tmp_path):
    return copy_shipped(tmp_path)


def complaint(path):
    with pytest.raises(ConfigError) as caught:
        load_bench(path, TODAY)
    return str(caught.value)


def overdue(copied):
    replace(copied.parent.parent / "certificates" / CERTIFICATE, "due = 2099-12-31", "due = 2026-11-22")


def test_an_overdue_certificate_can_be_used_for_a_reason_which_the_bench_then_carries(copied):
    overdue(copied)
    bench = load_bench(copied, TODAY, {"working_50um": "laboratory closed"})
    (override,) = bench.overrides
    assert (override.leak, override.reason) == ("working_50um", "laboratory closed")
    assert "LB-050-07 was due on 2026-11-22" in override.problem


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        ({"working_50um": " "}, "LB-050-07 was due"),
        ({"us_50um": "why not"}, "LB-050-07 was due"),
        ({"working_50um": "closed", "us_50um": "why not"}, "us_50um: nothing is wrong with its certificate"),
        ({"working_50um": "closed", "mir": "why not"}, "mir: no such leak"),
    ],
)
def test_an_override_is_of_a_leak_that_needs_it_and_has_a_reason(copied, reasons, line):
    overdue(copied)
    with pytest.raises(ConfigError, match=line):
        load_bench(copied, TODAY, reasons)


def test_a_certificate_of_another_serial_than_the_leak_s_refuses_the_bench(copied):
    replace(
        copied, 'valve = "orifice_50um_working"\ncert', 'valve = "orifice_50um_working"\nserial = "LB-050-99"\ncert'
    )
    line = complaint(copied)
    assert "leak.working_50um.certificate" in line
    assert "certificate is of serial LB-050-07, the leak is LB-050-99" in line
    assert load_bench(copied, TODAY, {"working_50um": "engraved wrongly"}).override_of("working_50um") is not None


def test_a_certificate_of_another_model_than_the_leak_is_refused(copied):
    certificate = copied.parent.parent / "certificates" / CERTIFICATE
    replace(certificate, 'model = "orifice"', 'model = "capillary"')
    assert "leak.working_50um.certificate: is of model capillary, the leak is of kind orifice" in complaint(copied)


def test_no_file_can_state_overrides_of_its_own(copied):
    text = copied.read_text()
    copied.write_text('overrides = [{leak = "us_50um", problem = "none", reason = "none"}]\n' + text)
    assert load_bench(copied, TODAY).overrides == ()


def test_the_hash_of_a_certificate_is_of_its_file(copied):
    file = copied.parent.parent / "certificates" / CERTIFICATE
    found = load_bench(copied, TODAY).named_leak("working_50um").certificate
    assert (found.file, found.sha256) == (file.resolve(), hashlib.sha256(file.read_bytes()).hexdigest())


def test_a_bench_survives_being_written_down(copied):
    bench = load_bench(copied, TODAY)
    assert Bench.model_validate(json.loads(json_text(bench.model_dump(mode="json")))) == bench


def test_a_flow_controller_has_one_certificate_whatever_leaks_it_serves(copied):
    shipped = copied.parent.parent / "certificates" / "flow_controller_leak.toml"
    (shipped.parent / "other.toml").write_text(shipped.read_text().replace("value = 6.000e-07", "value = 6.1e-07"))
    at = 'flow_kg_s = 3e-7\ncertificate = "../certificates/'
    replace(copied, f"{at}flow_controller_leak.toml", f"{at}other.toml")
    assert "leak.programmable_working.certificate: leak_flow has another one elsewhere" in complaint(copied)
