"""The simulated rig (README.md).

Compiled code is kept between runs. Numba notices when a compiled function's own file changes, but not when a function
it calls in another file does; so what is kept is kept under a fingerprint of all sources that are compiled.
"""

import hashlib
import os
import tempfile
from pathlib import Path


def _cache_folder() -> Path:
    """Beside the sources if that can be written to, else in the system's temporary folder, per user."""
    here = Path(__file__).parent
    compiled = [here / "compiled.py", *here.glob("plant/*.py"), *here.glob("sensors/*.py")]
    compiled.append(here / "sound" / "interpolation.py")
    sources = b"".join(path.read_bytes() for path in sorted(compiled))
    name = f"compiled-{hashlib.sha256(sources).hexdigest()[:16]}"
    if os.access(here, os.W_OK):
        return here / "__pycache__" / name
    return Path(tempfile.gettempdir()) / f"leakbench-{os.getuid()}" / name


os.environ.setdefault("NUMBA_CACHE_DIR", str(_cache_folder()))  # before numba is imported for the first time
