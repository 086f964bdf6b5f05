"""The fuzzer's command line: ``python -m tests.fuzz``."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

# Before numpy and OpenCV load: threads of theirs that wait spin, and that is processor time.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tests.fuzz import campaign as campaigns
from tests.fuzz import mutants, seeds
from tests.fuzz.campaign import Campaign, Found
from tests.fuzz.exercise import exercise


def main() -> int:
    options = _options()
    if options.make_corpus:
        seeds.install()
        seeds.make()
        return 0
    if options.only is not None:
        return _one(options.seed, options.only)
    print(f"campaign {options.seed}: mutants from {options.first} on, {options.workers} workers", flush=True)
    teller = Teller(options.quiet)
    most = options.mutants or (1 << 40 if options.seconds else 10_000)
    made = campaigns.run(
        options.seed, options.workers, most, options.seconds or None, options.first, teller.tell
    )
    _report(made, Path(options.out))
    return 1 if made.found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description="Read files that were changed, with their checksums put right."
    )
    parser.add_argument("--seed", type=int, default=1, help="which campaign: the same seed, the same mutants")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mutants", type=int, help="how many; 10,000 unless given, or --seconds is")
    parser.add_argument("--seconds", type=float, help="stop after that time")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--only", type=int, metavar="N", help="read mutant N here, and show where it fails")
    parser.add_argument("--out", default="fuzz-found", help="folder for the files that show faults")
    parser.add_argument("--quiet", action="store_true", help="no line for each new fault")
    parser.add_argument("--make-corpus", action="store_true", help="write tests/fuzz/corpus anew")
    return parser.parse_args()


class Teller:
    """Says what is new, and every half a minute how far it is."""

    def __init__(self, quiet: bool) -> None:
        self._quiet, self._said = quiet, time.monotonic()

    def tell(self, campaign: Campaign, found: Found | None) -> None:
        if found is not None and not self._quiet:
            print(f"  {found.number}: {found.fault}", flush=True)
        if time.monotonic() - self._said > 30:
            self._said = time.monotonic()
            print(summary(campaign), flush=True)


def summary(campaign: Campaign) -> str:
    """How many mutants were read, how fast, and what was found."""
    rate = campaign.done / max(campaign.seconds, 1e-9)
    faults = ", ".join(f"{count} {kind}" for kind, count in sorted(campaign.kinds.items())) or "no fault"
    return f"{campaign.done:,} mutants in {campaign.seconds:,.0f} s, {rate:,.0f} a second: {faults}"


def _report(campaign: Campaign, folder: Path) -> None:
    for found in sorted(campaign.found.values(), key=lambda each: -each.count):
        path = campaigns.keep(campaign.seed, found, folder)
        print(f"{found.count} x {found.fault}")
        print(f"    {path}; again: python -m tests.fuzz --seed {campaign.seed} --only {found.number}")
    print(summary(campaign))


def _one(seed: int, number: int) -> int:
    """One mutant in this process, with tracebacks."""
    import tests.fuzz.exercise as exercising
    from tests.fuzz import limits

    seeds.install()
    campaigns.warm()
    limits.limit()
    made = mutants.make(seed, number)
    print(made.words, f"{len(made.data)} bytes")
    fault_of = exercising._fault

    def show(kind: str, operation: str, error: BaseException, detail: str) -> exercising.Fault:
        traceback.print_exception(error)
        return fault_of(kind, operation, error, detail)

    exercising._fault = show
    faults = exercise(made)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
