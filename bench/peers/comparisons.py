"""Bradley-Terry here and elsewhere, on the same comparisons: CPU seconds, and how far apart they are.

    python3 bench/peers/comparisons.py build/release/bench/edgewise_bench --folder build/peers

Makes a virtual environment in the folder, installs what it can of choix, evalica, scipy and
scikit-learn, lets our benchmark write its 1,000 contenders x 1,000,000 comparisons, and runs each
peer in a process of its own on one thread. What cannot be installed is named and left out. A peer's
conversion of the columns to what it takes is part of its time; reading the file is not.
The fit in the manner of FastChat (rating_systems.py) is written anew: distinct rows by numpy,
then L-BFGS of scipy at its tolerance of 1e-6.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

FEW = 4  # replicates that a slow bootstrap makes; its time is scaled up to 100
PACKAGES = ["numpy", "scipy", "choix", "evalica", "scikit-learn"]


def read(path):
    import numpy as np

    raw = np.fromfile(path, dtype=np.uint32)
    n, rows = int(raw[0]), int(raw[1])
    winner, loser = raw[2 : 2 + rows], raw[2 + rows : 2 + 2 * rows]
    theta = np.fromfile(path, dtype=np.float64, offset=8 * (1 + rows))
    return n, winner.astype(np.int64), loser.astype(np.int64), theta


def distinct(n, winner, loser):
    import numpy as np

    pairs, counts = np.unique(winner * n + loser, return_counts=True)
    return pairs // n, pairs % n, counts.astype(float)


def choix_ilsr(n, winner, loser):
    import choix

    return choix.ilsr_pairwise(n, list(zip(winner.tolist(), loser.tolist())))


def choix_ilsr_dense(n, winner, loser):
    import choix
    import numpy as np

    wins = np.zeros((n, n))
    np.add.at(wins, (winner, loser), 1.0)
    return choix.ilsr_pairwise_dense(wins)


def evalica_bradley_terry(n, winner, loser):
    import evalica
    import numpy as np

    names = [str(i) for i in range(n)]
    result = evalica.bradley_terry(
        [names[i] for i in winner], [names[i] for i in loser], [evalica.Winner.X] * len(winner)
    )
    return np.log([result.scores[name] for name in names])


def fastchat_manner(n, winner, loser, weights=None):
    import numpy as np
    from scipy.optimize import minimize

    won, lost, count = distinct(n, winner, loser) if weights is None else weights

    def loss(theta):
        d = theta[won] - theta[lost]
        p = 1.0 / (1.0 + np.exp(d))
        pull = count * p
        gradient = np.bincount(lost, pull, n) - np.bincount(won, pull, n)
        return -(count * np.log(1.0 - p)).sum(), gradient

    return minimize(loss, np.zeros(n), jac=True, method="L-BFGS-B", tol=1e-6).x


def fastchat_manner_bootstrap(n, winner, loser):
    import numpy as np

    won, lost, count = distinct(n, winner, loser)
    rng = np.random.default_rng(1)
    rows = count.sum()
    for _ in range(FEW):
        weights = rng.multinomial(int(rows), count / rows).astype(float)
        theta = fastchat_manner(n, None, None, (won, lost, weights))
    return theta


def sklearn_logistic(n, winner, loser):
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    won, lost, count = distinct(n, winner, loser)
    m = len(won)
    rows = np.repeat(np.arange(m), 2)
    columns = np.column_stack([won, lost]).ravel()
    x = csr_matrix((np.tile([1.0, -1.0], m), (rows, columns)), shape=(m, n))
    # It wants both classes: half of the rows the other way round.
    turn = np.where(np.arange(m) % 2 == 0, 1.0, -1.0)
    model = LogisticRegression(C=1e10, fit_intercept=False, tol=1e-4, max_iter=1000)
    model.fit(x.multiply(turn[:, None]).tocsr(), turn > 0, sample_weight=count)
    return model.coef_[0]


PEERS = {
    "choix ilsr": (choix_ilsr, "choix"),
    "choix ilsr, dense": (choix_ilsr_dense, "choix"),
    "evalica": (evalica_bradley_terry, "evalica"),
    "in FastChat's manner": (fastchat_manner, "scipy"),
    "scikit-learn": (sklearn_logistic, "sklearn"),
    "in FastChat's manner, 100 bootstraps": (fastchat_manner_bootstrap, "scipy"),
}


def run_one(name, path):
    import numpy as np

    fit, package = PEERS[name]
    try:
        __import__(package)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return
    n, winner, loser, theta = read(path)
    begin = time.process_time()
    found = np.asarray(fit(n, winner, loser))
    seconds = time.process_time() - begin
    if "bootstraps" in name:
        seconds *= 100 / FEW
    error = float(np.abs(found - found.mean() - theta).max())
    print(json.dumps({"cpu": seconds, "error": None if "bootstraps" in name else error}))


def environment(folder):
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    for package in PACKAGES:
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", package])
        if done.returncode != 0:
            print(f"{package}: cannot be installed, left out", flush=True)
    return python


def ours(bench, path):
    done = subprocess.run(
        [bench, "--benchmark_filter=^fit_(columns|and_bootstrap)/1000/1000000(/0)?$",
         "--benchmark_format=json", "--benchmark_repetitions=3"],
        env=os.environ | {"EDGEWISE_BENCH_COMPARISONS": str(path)},
        capture_output=True, text=True, check=True)
    best = {}
    for row in json.loads(done.stdout)["benchmarks"]:
        if row.get("run_type") == "aggregate":
            continue
        name = row["name"].split("/")[0]
        best[name] = min(best.get(name, 1e9), row["cpu_time"] / 1000.0)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("build/peers"))
    parser.add_argument("--only", help="one peer, in this process")
    o = parser.parse_args()
    path = o.folder / "comparisons.bin"
    if o.only:
        run_one(o.only, path)
        return
    o.folder.mkdir(parents=True, exist_ok=True)
    python = environment(o.folder)
    measured = ours(o.bench, path)
    rows = [("edgewise", measured["fit_columns"], None),
            ("edgewise, 100 bootstraps", measured["fit_and_bootstrap"], None)]
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "RAYON")}
    for name in PEERS:
        done = subprocess.run([python, __file__, o.bench, "--folder", o.folder, "--only", name],
                              env=os.environ | single, capture_output=True, text=True)
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            print(f"{name}: failed: {reason[0]}", flush=True)
            continue
        got = json.loads(done.stdout.splitlines()[-1])
        if "missing" in got:
            print(f"{name}: left out: {got['missing']}", flush=True)
        else:
            rows.append((name, got["cpu"], got["error"]))
    print("\n| 1,000 contenders x 1,000,000 comparisons | CPU s | largest difference from ours |")
    print("|---|---|---|")
    for name, seconds, error in rows:
        print(f"| {name} | {seconds:.2f} | {'' if error is None else f'{error:.1e}'} |")


if __name__ == "__main__":
    main()
