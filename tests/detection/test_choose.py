"""A method by its name or file, and its parameters."""

from pathlib import Path

import pytest
from tiny_cusum import TinyCusum

from bench.detection import shipped
from bench.detection.choose import choices, choose
from bench.detection.made import make
from bench.errors import ConfigError

TINY = f"{Path(__file__).parents[1] / 'tiny_cusum.py'}:TinyCusum"
METHOD = """
from __future__ import annotations

class Mine:
    name = "mine"

    def __init__(self, k: float = 3.0, sizes: tuple[float, ...] = (), way="up") -> None:
        if k < 0.0:
            raise ValueError("k is negative")
        self.k = k

    def estimate(self, rig, series, window): ...

class Nameless:
    def estimate(self, rig, series, window): ...

class Needy(Mine):
    def __init__(self, k: float) -> None: ...

class Mute:
    name = "mute"

number = 3
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(METHOD)
    return path


def test_shipped_ones_are_made_with_their_defaults():
    made = make("compensated_mass")
    assert (made.name, made.monitor, made.about["origin"]) == ("compensated_mass", None, "leakbench")
    assert set(shipped.every()) <= set(choices())


def test_a_class_of_a_file_relative_to_a_folder(file):
    made = make("mine.py:Mine", {"k": "2", "sizes": [1, 2]}, file.parent)
    assert made.algorithm.k == 2.0
    assert made.about["parameters"] == {"k": 2.0, "sizes": [1.0, 2.0], "way": "up"}
    assert str(made.about["origin"]).startswith("mine.py, sha256 ")


def test_the_same_file_is_loaded_once_and_a_changed_one_anew(file):
    before = choose(f"{file}:Mine").make
    assert choose(f"{file}:Mine").make is before
    file.write_text(METHOD.replace('"mine"', '"other"'))
    assert make(f"{file}:Mine").name == "other"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("nowhere", {}, "nowhere: no such method (there are: "),
        ("nowhere.py:Mine", {}, "nowhere.py:Mine: there is no file "),
        ("mine.py:Yours", {}, "mine.py:Yours: mine.py has no Yours (methods in it: Mine, Nameless, Needy)"),
        ("mine.py:number", {}, "mine.py:number: is a int, not a class"),
        ("mine.py:Mute", {}, "no method: it has neither estimate(rig, series, window) nor start(rig, background)"),
        ("mine.py:Nameless", {}, "mine.py:Nameless: no method: it has no name (a str)"),
        ("mine.py:Needy", {}, "mine.py:Needy: k: has no default, give it"),
        ("mine.py:Mine", {"j": 1}, "mine.py:Mine: j: no such parameter (there are: k, sizes, way)"),
        ("mine.py:Mine", {"k": "much"}, "mine.py:Mine: k = much: Input should be a valid number"),
        ("mine.py:Mine", {"k": -1}, "mine.py:Mine: ValueError: k is negative"),
        ("mine.py:Mine", {"way": 7}, "mine.py:Mine: way = 7: Input should be a valid string"),
        ("compensated_mass", {"k": 3}, "compensated_mass: k: no such parameter (there are: above_background)"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(file, name, given, said):
    with pytest.raises(ConfigError) as found:
        make(name, given, file.parent)
    assert said in str(found.value)
    assert "\n" not in str(found.value)


def test_a_file_that_breaks_is_said_in_a_line(file):
    file.write_text("import nothing_like_that\n")
    with pytest.raises(ConfigError, match="cannot be loaded: ModuleNotFoundError: No module named"):
        choose(f"{file}:Mine")


def test_a_monitor_of_one_volume_is_made_for_each_unless_somebody_says_for_which():
    assert [made.compartment for made in make(TINY).watching(["node", "annex"])] == ["node", "annex"]
    assert [made.compartment for made in make(TINY, {"compartment": "annex"}).watching(["node"])] == ["annex"]
    assert make(TINY).name == TinyCusum.name
