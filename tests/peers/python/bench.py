"""The Python package beside what users would pick instead, in one run against one server, as ratios.

`bench.py --server PROGRAM [--wheel FILE]`, in an environment with `requirements.txt` and the wheel; run by
`cargo xtask bench python`. Reads memory from `/proc`, so it measures on Linux only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from time import perf_counter

import clients
from machine import Others, check_installed
from run import Server, Worker, environment, generate, held, rounds

# Pages that are read of the slow server by those whose time is not part of an aim.
SAMPLE = 60
# Above this share for other programs, slower clients suffer more than quick ones and ratios flatter the quick.
QUIET = 0.05
PAGES = 100_000 // clients.LIMIT

verdicts: list[tuple[str, str, str, bool]] = []


def table(
    title: str, unit: str, figures: dict[str, float], digits: int = 1, notes: dict[str, str] | None = None
) -> None:
    print(f"\n{title}, {unit}")
    official = figures["official"]
    for name in clients.NAMES:
        value = figures[name]
        note = (notes or {}).get(name, "")
        line = f"  {clients.TITLES[name]:22} {value:12,.{digits}f}   {value / official:8.3f} of official  {note}"
        print(line.rstrip())
    sys.stdout.flush()


def aim(what: str, value: float, bound: float, at_least: bool = False, digits: int = 3) -> None:
    met = value >= bound if at_least else value <= bound
    sign = "≥" if at_least else "≤"
    verdicts.append((what, f"{value:.{digits}f}", f"{sign} {bound:.3g}", met))


def calls(workers: dict[str, Worker]) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for names in rounds(10):
        for name in names:
            times[name] += workers[name].ask("latency")
    micros = {name: median(values) * 1e6 for name, values in times.items()}
    table("one small call, blocking (10 rounds of 150 calls, median)", "microseconds", micros)
    aim("sync call / official", micros["devin-v2"] / micros["official"], 0.20)

    times.clear()
    for names in rounds(8):
        for name in names:
            times[name] += workers[name].ask("throughput")
    each = {name: 1 / median(values) for name, values in times.items()}
    table(f"asyncio, {clients.IN_FLIGHT} calls in flight (8 rounds of 0.6 s, median)", "calls a second", each, 0)
    aim("async calls a second / official", each["devin-v2"] / each["official"], 15, at_least=True, digits=1)


def page(workers: dict[str, Worker]) -> None:
    come: dict[str, list[float]] = defaultdict(list)
    read: dict[str, list[float]] = defaultdict(list)
    for names in rounds(12):
        for name in names:
            for arrived, done in workers[name].ask("page"):
                come[name].append(arrived)
                read[name].append(done)
    millis = {name: median(values) * 1e3 for name, values in read.items()}
    notes = {name: f"(there after {median(values) * 1e3:.2f})" for name, values in come.items()}
    table("page of 200 sessions, every field read (12 rounds of 12 pages, median)", "milliseconds", millis, 2, notes)
    aim("page / official", millis["devin-v2"] / millis["official"], 0.06)
    aim("page / httpx + msgspec", millis["devin-v2"] / millis["msgspec"], 1.0)


def imports(env: dict[str, str]) -> None:
    def start(code: str) -> float:
        begin = perf_counter()
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
        return (perf_counter() - begin) * 1e3

    # Once unmeasured: that writes the compiled files.
    for code in clients.IMPORTS.values():
        start(code)
    raw: dict[str, list[float]] = defaultdict(list)
    for names in rounds(11):
        raw["bare"].append(start("pass"))
        for name in names:
            raw[name].append(start(clients.IMPORTS[name]))
    whole = {name: median(values) for name, values in raw.items()}
    bare = whole.pop("bare")
    above = {name: value - bare for name, value in whole.items()}
    notes = {name: f"(whole process {value:.1f})" for name, value in whole.items()}
    table(
        f"import in a fresh process above a bare interpreter's {bare:.1f} (11 rounds, median)", "milliseconds", above,
        notes=notes,
    )  # fmt: skip
    aim("import / official, bare interpreter taken off", above["devin-v2"] / above["official"], 0.10)


def memory(server: Server, env: dict[str, str]) -> None:
    peaks = {name: held(name, server, env) for name in clients.NAMES}
    for place, state in enumerate(("unread", "every field read once")):
        figures = {name: values[place] for name, values in peaks.items()}
        table(f"100,000 rows held, {state}: peak above that after imports (once, in fresh processes)", "MiB", figures)
        aim(f"memory, {state} / official", figures["devin-v2"] / figures["official"], 0.4)


def paging(program: Path, env: dict[str, str]) -> None:
    with Server(program, delay=50) as server:
        seconds, notes = {}, {}
        for name in clients.NAMES:
            with Worker(name, server, env) as worker:
                worker.ask("check")
                if name == "devin-v2":
                    seconds[name] = median(worker.ask("pages all") for _ in range(3))
                    notes[name] = "(median of 3)"
                elif name == "official":
                    seconds[name] = worker.ask("pages all")
                    notes[name] = "(all pages, once)"
                else:
                    seconds[name] = worker.ask(f"pages {SAMPLE}") * PAGES / SAMPLE
                    notes[name] = f"({SAMPLE} pages, extrapolated to {PAGES})"
    table("100,000 sessions, 200 a page, 50 ms server delay; all but the SDK serially", "seconds", seconds, 2, notes)
    aim("100,000 rows, 50 ms / official", seconds["devin-v2"] / seconds["official"], 1 / 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", type=Path, required=True, help="the devin-v2-peers program")
    parser.add_argument("--wheel", type=Path, help="the wheel, for its size")
    options = parser.parse_args()
    if options.wheel:
        check_installed(options.wheel)
    start, others = perf_counter(), Others()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder)
        env = environment(folder)
        imports(env)
        with Server(options.server) as server:
            memory(server, env)
            workers = {name: Worker(name, server, env) for name in clients.NAMES}
            try:
                seen = {name: worker.ask("check") for name, worker in workers.items()}
                different = [name for name, values in seen.items() if values != seen["official"]]
                if different:
                    raise SystemExit(f"they read other values than the official stack: {different}")
                calls(workers)
                page(workers)
            finally:
                for worker in workers.values():
                    worker.__exit__()
        paging(options.server, env)
    if options.wheel:
        size = options.wheel.stat().st_size / 1e6
        print(f"\nwheel, megabytes\n  {options.wheel.name}  {size:.2f}")
        aim("wheel, MB", size, 4, digits=2)
    print("\naims")
    for what, value, bound, met in verdicts:
        print(f"  {what:48} {value:>8}   {bound:8}   {'met' if met else 'MISSED'}")
    print(f"\n{perf_counter() - start:.0f} s in all, Python {sys.version.split()[0]}")
    share = others.share()
    print(f"other programs used {share:.0%} of the processors meanwhile")
    if share > QUIET:
        print("THE MACHINE WAS BUSY: these figures are not to be quoted")


if __name__ == "__main__":
    main()
