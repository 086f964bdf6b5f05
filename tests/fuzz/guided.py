"""Mutants that coverage chooses: ``python -m tests.fuzz.guided``. The same changes, the same readers, the same oracle.

libFuzzer, by atheris, keeps what reaches code that nothing reached before, and goes on from there. It deals with genes
(genes.py), not with files: so more changes are laid over those that led somewhere, and every checksum stays right.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import atheris

with atheris.instrument_imports(include=["memcodec", "memcodec_video", "memcodec_audio"]):
    from tests.fuzz import campaign as campaigns
    from tests.fuzz import genes as genetics
    from tests.fuzz import limits, seeds
    from tests.fuzz.__main__ import Teller, summary
    from tests.fuzz.campaign import Campaign
    from tests.fuzz.exercise import Fault, exercise
    from tests.fuzz.mutants import Plan


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.fuzz.guided", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", default="fuzz-kept", help="folder of genes to begin with, and for new ones")
    parser.add_argument("--out", default="fuzz-found", help="folder for the files that show faults")
    options = parser.parse_args()
    seeds.install()
    campaigns.warm()
    limits.limit()
    Path(options.kept).mkdir(parents=True, exist_ok=True)
    reading = _Reading(Campaign(options.seed), options.seconds, Path(options.out))
    # Time and memory are limited here, so libFuzzer need not; what it prints is for its own developers.
    told = [f"-seed={options.seed}", "-timeout=0", "-rss_limit_mb=0", "-len_control=0", "-verbosity=0"]
    told += [f"-max_len={genetics.LONGEST}", options.kept]
    atheris.Setup([sys.argv[0], *told], reading.read, custom_mutator=genetics.mutated)
    atheris.Fuzz()


class _Reading:
    """Reads one mutant after the other, and ends the process when its time is over."""

    def __init__(self, campaign: Campaign, seconds: float, out: Path) -> None:
        self._campaign, self._seconds, self._out = campaign, seconds, out
        self._teller, self._began = Teller(False), time.monotonic()

    def read(self, genes: bytes) -> None:
        campaign, plan = self._campaign, genetics.planned(genes)
        for fault in exercise(plan.grow(), lambda operation: limits.restart_clock()):
            if campaign.take(campaign.done, genes.hex(), fault):
                self._keep(plan, genes, fault)
                self._teller.tell(campaign, campaign.found[fault.key])
        campaign.done += 1
        campaign.seconds = time.monotonic() - self._began
        self._teller.tell(campaign, None)
        if campaign.seconds > self._seconds:
            print(summary(campaign), flush=True)
            os._exit(1 if campaign.found else 0)  # libFuzzer knows no other end than a fault

    def _keep(self, plan: Plan, genes: bytes, fault: Fault) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        made, path = plan.grow(), self._out / f"{fault.kind}-guided-{genes.hex()[:24]}"
        path.write_bytes(made.data)
        path.with_suffix(".txt").write_text(f"{fault}\n{made.words}\ngenes {genes.hex()}\n", "utf-8")


if __name__ == "__main__":
    main()
