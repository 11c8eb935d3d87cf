"""What 10,000 simulated days at one row a minute cost: the rig alone, methods, scores, orchestration.

    python tests/benchmarks/campaign_speed.py --days 400
    python tests/benchmarks/campaign_speed.py --days 10000

Fewer days are extrapolated, and said so. One method's window of 4 h in six, with 4 h of background, as in a campaign.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

WANTED_DAYS, WANTED_S = 10_000, 720.0
FILE = """
name = "speed"
why = "How long it takes."
compartment = "working_compartment"
duration_h = 24.0
settle_h = 0.0
background_h = 4.0
exposures_h = [4.0]
under_test = "compensated_mass"
scenario = [{{ name = "S01", seeds = {days} }}]
method = [{{ name = "compensated_mass" }}, {{ name = "pressure_decay" }}]
"""


def rig_alone(campaign, days, workers):
    """Wall and processor time of the simulation with nobody asking, on threads."""
    from bench.sim.direct import simulate_many
    from procedures.campaign.cases import cases, staged

    every = cases(campaign)[:days]
    scenario, orders = staged(campaign, every[0])
    seeds = [case.seed for case in every]
    begun, spent = time.perf_counter(), time.process_time()
    for _ in simulate_many(campaign.bench, scenario, seeds, orders, duration_s=86_400.0, workers=workers):
        pass
    return time.perf_counter() - begun, time.process_time() - spent


def campaign_s(campaign, workers, results):
    """(wall time of the parts, between them, processor time by kind, scores)."""
    from bench.stop import StopRequest
    from procedures.campaign.conduct import conduct, work_s
    from procedures.campaign.folder import CampaignFolder
    from procedures.campaign.outcome import conclude
    from procedures.campaign.pool import PoolRunner

    folder = CampaignFolder(results, campaign)
    with StopRequest() as stop, PoolRunner(workers) as runner:
        begun = time.perf_counter()
        conduct(campaign, folder, runner, stop)
        whole_s = time.perf_counter() - begun
    spent = work_s(folder.close()[1])
    outcome = conclude(campaign, folder, {})
    return runner.busy_s, whole_s - runner.busy_s, spent, outcome.timings_s["scores"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from procedures.campaign.load import load_campaign

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speed.toml"
        path.write_text(FILE.format(days=options.days))
        campaign = load_campaign(str(path), date(2026, 11, 24))
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
        rig_alone(campaign, 2, options.workers)  # whatever had to be compiled
        alone_s, alone_processor_s = rig_alone(campaign, options.days, options.workers)
        work_s, between_s, spent, scores_s = campaign_s(campaign, options.workers, Path(folder))
    whole = options.days == WANTED_DAYS
    times = WANTED_DAYS / options.days
    said = "measured" if whole else f"extrapolated from {options.days}"
    print(f"{options.days} days on {options.workers} workers:")
    print(f"  rig alone: {alone_s:.1f} s; {WANTED_DAYS} days: {alone_s * times / 60.0:.1f} min, {said} (wanted: 12)")
    print(f"    processor, rig alone: {1e3 * alone_processor_s / options.days:.1f} ms a day, whoever else is at work")
    print(f"  campaign: {work_s:.1f} s in parts, {between_s:.2f} s between them ({between_s / work_s:.1%})")
    for kind, seconds in spent.items():
        print(f"    processor, {kind}: {seconds:.1f} s, {1e3 * seconds / options.days:.1f} ms a day")
    print(f"  scores: {scores_s:.1f} s")
    return 0 if alone_s * times <= WANTED_S else 1


if __name__ == "__main__":
    sys.exit(main())
