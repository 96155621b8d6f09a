"""Plackett-Luce and group Bradley-Terry by choix, scipy and numpy, on the input of our benchmarks.

    EDGEWISE_RANKINGS=r.txt EDGEWISE_COMPARISONS=c.txt build/release/bench/edgewise_bench \\
        --benchmark_filter='plackett_luce_100k|group_strengths_at|group_strengths_20'
    python rankings.py r.txt c.txt

Prints one JSON object a line: peer, CPU seconds, log-likelihood and, where known, the norm of the
gradient. Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 for CPU seconds that mean something.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit


def timed(name, run, judge):
    begin = time.process_time()
    out = run()
    seconds = time.process_time() - begin
    print(json.dumps({"peer": name, "cpu_seconds": round(seconds, 3)} | judge(out)), flush=True)


def rankings(path):
    import choix

    data = np.loadtxt(path, dtype=int)
    n = data.max() + 1
    as_lists = [list(map(int, row)) for row in data]

    def judge(params):
        strength = np.exp(params - params.mean())
        s = strength[data]
        left = np.cumsum(s[:, ::-1], axis=1)[:, ::-1]
        value = np.log(s[:, :-1]).sum() - np.log(left[:, :-1]).sum()
        share = np.cumsum(1 / left[:, :-1], axis=1)
        share = np.concatenate([share, share[:, -1:]], axis=1)
        gradient = np.bincount(data[:, :-1].ravel(), minlength=n) - np.bincount(
            data.ravel(), (s * share).ravel(), minlength=n
        )
        return {"log_likelihood": value, "gradient": float(np.linalg.norm(gradient))}

    timed("choix ilsr_rankings", lambda: choix.ilsr_rankings(n, as_lists), judge)
    timed("choix lsr_rankings (one step)", lambda: choix.lsr_rankings(n, as_lists), judge)


def groups(path, tau=0.4):
    data = np.loadtxt(path, dtype=int)
    n, count = data[:, 1:].max() + 1, data[:, 0].max() + 1

    def run():
        wins = np.zeros((count, n, n))
        np.add.at(wins, (data[:, 0], data[:, 1], data[:, 2]), 1.0)
        total = wins + wins.transpose(0, 2, 1)

        def objective(x):
            theta = x[:n]
            deviation = x[n:].reshape(count, n)
            strength = theta + deviation
            difference = strength[:, :, None] - strength[:, None, :]
            # -log sigma(d), stable.
            loss = (wins * np.logaddexp(0.0, -difference)).sum()
            slope = (wins - total * expit(difference)).sum(axis=2)
            value = loss + 0.5 * (deviation**2).sum() / tau**2
            own = -slope + deviation / tau**2
            return value, np.concatenate([-slope.sum(axis=0), own.ravel()])

        out = minimize(
            objective,
            np.zeros(n + count * n),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-5},
        )
        return out, objective(out.x)

    def judge(found):
        out, (value, gradient) = found
        deviation = out.x[n:]
        return {
            "log_likelihood": -(value - 0.5 * (deviation**2).sum() / tau**2),
            "gradient": float(np.linalg.norm(gradient)),
            "iterations": int(out.nit),
        }

    timed("numpy and scipy L-BFGS, tau given, no errors", run, judge)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rankings(sys.argv[1])
    groups(sys.argv[2])
