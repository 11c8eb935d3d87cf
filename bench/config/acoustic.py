"""What methods may know of sound on a bench: the stated values with their uncertainties."""

from bench.acoustic_rig import AcousticRig, BoxRig, LeakNoise, MicrophoneRig
from bench.config.model import Bench


def acoustic_rig_of(bench: Bench) -> AcousticRig | None:
    """None where there are no microphones."""
    if not bench.microphone:
        return None
    acoustics = bench.acoustics
    return AcousticRig(
        band_hz=acoustics.band_hz,
        microphones=tuple(
            MicrophoneRig(m.name, m.compartment, m.position_m, m.self_noise_db, m.u_position_m, m.u_sensitivity_db)
            for m in bench.microphone
        ),
        leak_noise=LeakNoise(**acoustics.leak_noise.model_dump()),
        boxes={c.name: BoxRig(c.box.origin_m, c.box.size_m) for c in bench.compartment if c.box},
    )
