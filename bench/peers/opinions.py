"""What others need for opinion groups and bridging, on the input of bench/opinions_bench.cpp.

    pip install red-dwarf numpy; python bench/peers/opinions.py DATA

DATA is a folder with ccai and polis_open. Prints CPU seconds: red-dwarf's whole Polis pipeline on
two conversations (votes are ready in memory), and alternating least squares written with numpy on
one million ratings, with the objective that it reaches. The best of three rounds counts.
"""

import csv
import pathlib
import sys
import time

import numpy as np

LAMBDA_FACTOR, LAMBDA_INTERCEPT = 0.03, 0.15


def best(rounds, work):
    seconds, result = [], None
    for _ in range(rounds):
        begin = time.process_time()
        result = work()
        seconds.append(time.process_time() - begin)
    return min(seconds), result


def conversation(folder):
    """The votes of a Polis export."""
    votes = []
    with open(folder / "participants-votes.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for name, value in row.items():
                if name.isdigit() and value:
                    votes.append({"participant_id": int(row["participant"]),
                                  "statement_id": int(name), "vote": int(float(value))})
    return votes


def polis(name, folder):
    from reddwarf.implementations.base import run_pipeline

    votes = conversation(folder)
    seconds, result = best(3, lambda: run_pipeline(votes=votes))
    groups = len(result.group_comment_stats.index.get_level_values(0).unique())
    print(f"red-dwarf {name}: {seconds:.2f} s, {len(votes)} votes, {groups} groups")


def two_sides(raters, notes, ratings):
    """The ratings of opinions_bench.cpp: the same xorshift64* generator, draw by draw."""
    mask, state = (1 << 64) - 1, 20260725

    def draw():
        nonlocal state
        state ^= state >> 12
        state = (state ^ (state << 25)) & mask
        state ^= state >> 27
        return (((state * 0x2545F4914F6CDD1D) & mask) >> 11) * 2.0**-53

    rater_side = [-1.0 if draw() < 0.5 else 1.0 for _ in range(raters)]
    note_side = [2.0 * draw() - 1.0 for _ in range(notes)]
    appeal = [draw() for _ in range(notes)]
    users, items, values = np.empty(ratings, int), np.empty(ratings, int), np.empty(ratings)
    for i in range(ratings):
        u, n = int(draw() * raters), int(draw() * notes)
        p = 0.5 * appeal[n] + 0.25 + 0.3 * rater_side[u] * note_side[n]
        x = draw()
        users[i], items[i], values[i] = u, n, 1.0 if x < p - 0.1 else 0.5 if x < p else 0.0
    return users, items, values


def side(index, count, other, y, a, b):
    """Closed-form 2 x 2 systems of all raters (or notes), the other side given."""
    def total(weights=None):
        return np.bincount(index, weights, count)

    n, f, ff = total(), total(other), total(other * other)
    sum_y, yf = total(y), total(y * other)
    determinant = (n + a) * (ff + b) - f * f
    return (((ff + b) * sum_y - f * yf) / determinant, ((n + a) * yf - f * sum_y) / determinant)


def factorise(ratings, raters, notes, sweeps):
    users, items, r = ratings
    rng = np.random.default_rng(0)
    present_u, present_n = len(np.unique(users)), len(np.unique(items))
    mu, i_n, f_n = 0.0, np.zeros(notes), rng.random(notes) - 0.5
    size = len(r)
    for _ in range(sweeps):
        i_u, f_u = side(users, raters, f_n[items], r - mu - i_n[items],
                        LAMBDA_INTERCEPT * size / present_u, LAMBDA_FACTOR * size / present_u)
        i_n, f_n = side(items, notes, f_u[users], r - mu - i_u[users],
                        LAMBDA_INTERCEPT * size / present_n, LAMBDA_FACTOR * size / present_n)
        left = r - i_u[users] - i_n[items] - f_u[users] * f_n[items]
        mu = left.mean() / (1.0 + LAMBDA_INTERCEPT)
    squares = ((left - mu) ** 2).mean()
    return (squares + LAMBDA_FACTOR * ((f_u**2).sum() / present_u + (f_n**2).sum() / present_n)
            + LAMBDA_INTERCEPT * ((i_u**2).sum() / present_u + (i_n**2).sum() / present_n + mu**2))


def main():
    data = pathlib.Path(sys.argv[1])
    ratings = two_sides(50_000, 50_000, 1_000_000)
    for sweeps in (20, 97):
        seconds, objective = best(1 if sweeps > 20 else 3,
                                  lambda: factorise(ratings, 50_000, 50_000, sweeps))
        print(f"numpy ALS, {sweeps} sweeps: {seconds:.2f} s, objective {objective:.6f}")
    polis("bowling-green", data / "polis_open/american-assembly.bowling-green")
    polis("ccai", data / "ccai")


main()
