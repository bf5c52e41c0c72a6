"""`python -m devin_v2.emulator`: an embedded Devin v2 Enterprise API server as a program. See `--help`."""

from __future__ import annotations

import signal
import sys

from . import _native


def main() -> int:
    """Runs it with the program's arguments until it is stopped."""
    # It ends by itself on Ctrl-C; Python would raise a KeyboardInterrupt on top.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.emulate(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
