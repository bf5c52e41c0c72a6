"""Whether the figures can be trusted: what else ran meanwhile, and whether the wheel is the one that is measured."""

from __future__ import annotations

import importlib.metadata
import os
import zipfile
from pathlib import Path


class Others:
    """The share of the machine's processors that other programs used, read when all of our own have ended."""

    def __init__(self) -> None:
        self.before = self.now()

    @staticmethod
    def now() -> tuple[float, float, float]:
        with open("/proc/stat") as stat:
            user, nice, system, idle, wait, irq, soft, steal = map(int, stat.readline().split()[1:9])
        ticks = os.sysconf("SC_CLK_TCK")
        busy = user + nice + system + irq + soft + steal
        return busy / ticks, (busy + idle + wait) / ticks, sum(os.times()[:4])

    def share(self) -> float:
        busy, whole, own = (after - before for after, before in zip(self.now(), self.before, strict=True))
        return max(0.0, busy - own) / whole


def check_installed(wheel: Path) -> None:
    """Ends the program if the package here isn't what the wheel holds."""
    distribution = importlib.metadata.distribution("devin-v2")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("devin_v2/") and not name.endswith("/"):
                here = Path(str(distribution.locate_file(name)))
                if not here.is_file() or here.read_bytes() != archive.read(name):
                    raise SystemExit(f"{name} here is not that of {wheel.name}: install the wheel first")
