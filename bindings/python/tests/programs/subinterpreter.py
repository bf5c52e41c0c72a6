"""What a subinterpreter says of the package, before and after the main interpreter loads it."""

from __future__ import annotations

import sys
from typing import Any

interpreters: Any = __import__("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
TEXT = """
try:
    import devin_v2
except ImportError as error:
    print(error, flush=True)
else:
    print("loaded", flush=True)
"""


def ask() -> None:
    other = interpreters.create()
    interpreters.run_string(other, TEXT)
    interpreters.destroy(other)


ask()
from devin_v2.testing import Emulator

with Emulator() as emulator:
    assert emulator.client().identity.get().user_id
ask()
