import pickle

from bench.detection.method import CannotEstimateError
from bench.detection.shipped import methods


def test_methods_are_found_under_the_name_they_answer_to():
    names = {name: method.name for name, method in methods().items()}
    rates = {"pressure_alarm", "pressure_decay", "mass_point", "compensated_mass"}
    assert names.keys() == rates | {"attribution", "leak_kind"}
    assert all(name == answers_to for name, answers_to in names.items())


def test_a_refusal_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(CannotEstimateError("m", "w", "too short")))  # noqa: S301 - our own bytes
    assert str(error) == "m: window 'w': too short"
