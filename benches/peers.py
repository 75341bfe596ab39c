#!/usr/bin/env python3
"""`ssc` beside what else one could take, on the same machine, the same file and in one run.

    benches/peers.py [--rows 20000000] [--runs 3] [--seeds 3]

- DuckDB that only sums the columns of the CSV, against `ssc estimate` on one platform;
- DuckDB that only computes the peak concurrency, against `ssc compare` on the six featured platforms;
- the simulator SimFaaS on the example of its own description, against the same scenario in `ssc`.

DuckDB and SimFaaS come from the Python package index into a folder that is gone afterwards. The file of
requests is made by `cargo bench --bench ingest -- --write`. Everything runs on two threads.
A ratio is against DuckDB in the same pair, by time and by processor time; above 1 is faster.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREADS = 2

DUCKDB = """
import duckdb, sys, time
path, query = sys.argv[1:]
db = duckdb.connect()
db.execute("set threads = {threads}")
db.execute("set enable_progress_bar = false")
start, cpu = time.perf_counter(), time.process_time()
row = db.execute(query.replace("TRACE", "read_csv('" + path + "')")).fetchone()
print(time.perf_counter() - start, time.process_time() - cpu, row[0])
"""

SUMS = "select count(*), sum(timestamp_s), sum(duration_s), sum(input_tokens), sum(output_tokens) from TRACE"

PEAK = """
with trace as materialized (select timestamp_s, duration_s from TRACE),
     steps as (select timestamp_s as ts, 1 as step from trace
               union all select timestamp_s + duration_s, -1 from trace)
select max(running) from (select sum(step) over (order by ts) as running from steps)
"""

SIMFAAS = """
import sys, time
import numpy
from simfaas.ServerlessSimulator import ServerlessSimulator
numpy.random.seed(int(sys.argv[1]))
sim = ServerlessSimulator(arrival_rate=0.9, warm_service_rate=1/1.991, cold_service_rate=1/2.244,
                          expiration_threshold=600, max_time=1e6)
start = time.perf_counter()
sim.generate_trace()
seconds = time.perf_counter() - start
print(seconds, sim.total_req_count, sim.total_cold_count, sim.get_average_server_count())
"""

# Requests as in the example; a cold start takes as much longer as its mean is longer.
SCENARIO = """
name: simfaas
period: {seconds}s
seed: {seed}
workloads:
  - name: function
    platform: lab
    deployment: {{ idle_timeout: 600s, startup_time: 253ms }}
    arrivals: {{ pattern: poisson, rate: 0.9/s }}
    requests: {{ duration: {{ mean: 1.991s, distribution: exponential }} }}
"""
LAB = ROOT / "tests/fixtures/lab"


class Trouble(Exception):
    """Something that is missing here, in words."""


def call(command, doing, **more):
    """Runs a command that has to work."""
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, **more)
    except OSError as error:
        raise Trouble(f"cannot {doing}: {error}") from error
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise Trouble("\n".join([f"cannot {doing}:", *last]))
    return done.stdout


def measured(command):
    """Seconds, peak memory in bytes, what is printed, and processor seconds of all threads."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise Trouble(f"{command[0]} failed:\n{err.read()[-2000:]}")
        unit = 1 if sys.platform == "darwin" else 1024
        return seconds, used.ru_maxrss * unit, out.read(), used.ru_utime + used.ru_stime


class Peers:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.python = self.packages()
        self.ssc = options.ssc
        if not self.ssc:
            call(["cargo", "build", "--release", "--bin", "ssc"], "build ssc")
            self.ssc = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/ssc"

    def packages(self):
        python = self.options.python
        if not python:
            home = self.folder / "python"
            call([sys.executable, "-m", "venv", home], "make a Python environment")
            python = home / "bin/python"
            wanted = ["--quiet", "--disable-pip-version-check", "duckdb", "simfaas"]
            call([python, "-m", "pip", "install", *wanted], "install DuckDB and SimFaaS; is there a network?")
        shown = call([python, "-m", "pip", "list", "--format", "json"], "list packages")
        versions = {p["name"]: p["version"] for p in json.loads(shown)}
        print("DuckDB", versions["duckdb"], "and SimFaaS", versions["simfaas"])
        return python

    def trace(self):
        """On one file: DuckDB's sums and `ssc estimate`, DuckDB's peak and `ssc compare`."""
        rows, csv = self.options.rows, self.folder / "trace.csv"
        bench = [self.options.ingest] if self.options.ingest else ["cargo", "bench", "--bench", "ingest", "--"]
        count = os.environ | {"SSC_BENCH_ROWS": str(rows)}
        call([*bench, "--write", csv], "make the trace", env=count)
        size = csv.stat().st_size
        print(f"\n{rows:,} requests, {size / 1e6:.0f} MB of CSV, {THREADS} threads, best of {self.options.runs}")
        # Into the disk cache; in pieces, since a child's peak memory begins with what its parent holds.
        with csv.open("rb") as file:
            while file.read(1 << 20):
                pass
        duckdb = [self.python, "-c", DUCKDB.format(threads=THREADS), csv]
        ours = ["--threads", str(THREADS), "--quiet"]
        estimate = ["estimate", csv, "--platform", self.options.platform, "--format", "json"]
        pairs = [
            ("DuckDB sums the columns", [*duckdb, SUMS],
             f"ssc estimate on {self.options.platform}", [self.ssc, *estimate, *ours]),
            ("DuckDB computes the peak concurrency", [*duckdb, PEAK],
             "ssc compare on six platforms", [self.ssc, "compare", csv, "--format", "json", *ours]),
        ]
        print(f"{'':40} {'seconds':>8} {'CPU s':>6} {'M rows/s':>9} {'peak MB':>8} {'B/row':>6} {'ratio':>6}"
              f" {'CPU':>6}")
        peaks = []
        for their_name, theirs, our_name, mine in pairs:
            # One after the other, so that a slow moment of the machine meets both.
            rounds = [(self.query(theirs), measured(mine)) for _ in range(self.options.runs)]
            their_best = min((r[0] for r in rounds), key=lambda r: r[0])
            our_best = min((r[1] for r in rounds), key=lambda r: r[0])
            for name, best in [(their_name, their_best), (our_name, our_best)]:
                self.line(name, best, f"{their_best[0] / best[0]:6.2f} {their_best[3] / best[3]:6.2f}")
            peaks.append((their_best[2], our_best[2]))
        bounded = [self.ssc, *estimate, "--memory", self.options.memory, *ours]
        packed = self.folder / "trace.ssct"
        more = [
            (f"ssc estimate, --memory {self.options.memory}", bounded),
            ("ssc trace pack", [self.ssc, "trace", "pack", csv, "-o", packed, *ours]),
            ("ssc estimate, packed", [self.ssc, estimate[0], packed, *estimate[2:], *ours]),
            ("ssc compare on six platforms, packed", [self.ssc, "compare", packed, *ours]),
        ]
        for name, command in more:
            runs = [measured(command) for _ in range(self.options.runs)]
            self.line(name, min(runs, key=lambda run: run[0]))
        their_peak = int(float(peaks[1][0]))
        our_peak = json.loads(peaks[0][1])["replay"][0]["peak_in_flight"]
        print(f"peak concurrency: DuckDB {their_peak} without start-up times and with arrivals before "
              f"departures, ssc {our_peak}")

    def line(self, name, run, ratios=""):
        rows, (seconds, memory, _, cpu) = self.options.rows, run
        print(f"{name:40} {seconds:8.2f} {cpu:6.2f} {rows / seconds / 1e6:9.1f} {memory / 1e6:8.0f} "
              f"{memory / rows:6.1f} {ratios}", flush=True)

    def query(self, command):
        """As `measured`, with the query's own seconds, without starting Python."""
        _, memory, told, _ = measured(command)
        seconds, cpu, answer = told.split()
        return float(seconds), memory, answer, float(cpu)

    def simfaas(self):
        """Its own example, with several seeds."""
        seeds = range(1, self.options.seeds + 1)
        print(f"\nSimFaaS's example, 1,000,000 s with {len(seeds)} seeds")
        theirs, mine = [], []
        for seed in seeds:
            told = measured([self.python, "-c", SIMFAAS, str(seed)])[2].split()
            seconds, requests, cold, instances = map(float, told)
            theirs.append((seconds, requests, cold / requests, instances))
            mine.append(self.scenario(1_000_000, seed))
        long = self.scenario(20_000_000, 1)
        print(f"{'':24} {'requests/s':>12} {'cold share':>22} {'mean instances':>20}")
        rate = {}
        for name, runs in [("SimFaaS", theirs), ("ssc", mine), ("ssc, 20 times as long", [long])]:
            rate[name] = max(requests / seconds for seconds, requests, _, _ in runs)
            shares, means = [run[2] for run in runs], [run[3] for run in runs]
            print(f"{name:24} {rate[name]:12,.0f} {around(shares, 6):>22} {around(means, 4):>20}")
        for name in list(rate)[1:]:
            print(f"{name}: {rate[name] / rate['SimFaaS']:,.0f} times SimFaaS")
        self.agree(theirs, mine)

    def scenario(self, seconds, seed):
        """Seconds with starting the program, requests, cold share and mean instances."""
        file = self.folder / "simfaas.yaml"
        file.write_text(SCENARIO.format(seconds=seconds, seed=seed))
        command = [self.ssc, "estimate", file, "--pricing", LAB, "--format", "json", "--quiet"]
        took, _, told, _ = min((measured(command) for _ in range(3)), key=lambda run: run[0])
        replay = json.loads(told)["replay"][0]
        requests = replay["requests"]
        mean = float(replay["instance_seconds"]) / seconds
        return took, requests, replay["cold_starts"] / requests, mean

    def agree(self, theirs, mine):
        """Whether both say the same within three standard errors."""
        for what, index in [("cold share", 2), ("mean instances", 3)]:
            a, b = [r[index] for r in theirs], [r[index] for r in mine]
            error = math.sqrt(sum(statistics.variance(x) / len(x) for x in (a, b)))
            apart = abs(statistics.mean(a) - statistics.mean(b))
            verdict = "the same" if apart <= 3 * error else "NOT the same"
            print(f"{what}: {verdict} within the error, {apart / error:.1f} standard errors apart")


def around(values, digits):
    mean = f"{statistics.mean(values):.{digits}f}"
    if len(values) < 2:
        return mean
    return f"{mean} ± {statistics.stdev(values) / math.sqrt(len(values)):.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000, help="requests of the trace")
    parser.add_argument("--runs", type=int, default=3, help="runs of each; the best counts")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of SimFaaS, at least 2")
    parser.add_argument("--memory", default="256MiB", help="memory for the trace where it is bounded")
    parser.add_argument("--platform", default="cloud-run", help="the platform of `ssc estimate`")
    parser.add_argument("--python", type=Path, help="a Python that has DuckDB and SimFaaS already")
    parser.add_argument("--ssc", type=Path, help="this program instead of one built here")
    parser.add_argument("--ingest", type=Path, help="this `ingest` benchmark instead of one built here")
    parser.add_argument("--dir", type=Path, help="where to put files [default: the system's]")
    options = parser.parse_args()
    options.seeds = max(options.seeds, 2)
    try:
        with tempfile.TemporaryDirectory(dir=options.dir) as folder:
            peers = Peers(options, Path(folder))
            peers.trace()
            peers.simfaas()
    except Trouble as trouble:
        sys.exit(f"error: {trouble}")


if __name__ == "__main__":
    main()
