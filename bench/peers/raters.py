"""Agreement and truth inference with crowd-kit and krippendorff, on what raters_bench.cpp measures.

python raters.py TASK [ROUNDS]    TASK: dawid_skene, alpha, bootstrap

One million answers: 200,000 items by five of 1,000 raters, each right four times of five; the same
recipe as in raters_bench.cpp. Prints one JSON object with CPU seconds of the call itself. Needs
crowd-kit (dawid_skene) or krippendorff (alpha, bootstrap; 20 resamples of items by value counts,
scaled to 1,000).
"""

import json
import random
import sys
import time


def labels(classes, items=200_000):
    draw = random.Random(1)
    rows = []
    for item in range(items):
        truth = draw.randrange(classes)
        start = draw.randrange(200)
        for i in range(5):
            right = draw.random() < 0.8
            rows.append((item, start + 200 * i, truth if right else draw.randrange(classes)))
    return rows


def dawid_skene(rounds):
    import pandas as pd
    from crowdkit.aggregation import DawidSkene

    frame = pd.DataFrame(labels(4), columns=["task", "worker", "label"])
    # Its stopping rule ends runs early; a tolerance below 0 keeps it going for all rounds.
    model = DawidSkene(n_iter=rounds, tol=-1e300)
    begin = time.process_time()
    model.fit(frame)
    return {"seconds": time.process_time() - begin, "rounds": len(model.loss_history_)}


def value_counts(classes):
    import numpy as np

    rows = np.array(labels(classes))
    counts = np.zeros((200_000, classes))
    np.add.at(counts, (rows[:, 0], rows[:, 2]), 1)
    return counts


def alpha(_):
    import krippendorff

    counts = value_counts(5)
    begin = time.process_time()
    value = krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal")
    return {"seconds": time.process_time() - begin, "alpha": value}


def bootstrap(_):
    import krippendorff
    import numpy as np

    counts = value_counts(5)
    draw = np.random.default_rng(1)
    begin = time.process_time()
    for _ in range(20):
        sample = counts[draw.integers(len(counts), size=len(counts))]
        krippendorff.alpha(value_counts=sample, level_of_measurement="ordinal")
    return {"seconds": 50 * (time.process_time() - begin), "scaled_from": 20, "resamples": 1000}


if __name__ == "__main__":
    task = {"dawid_skene": dawid_skene, "alpha": alpha, "bootstrap": bootstrap}[sys.argv[1]]
    print(json.dumps(task(int(sys.argv[2]) if len(sys.argv) > 2 else 20)))
