"""The core of an audit with numpy or pandas; bench/audit_core.cpp computes the same.

python audit_core.py PEER RATINGS.csv GROUPS.csv PERMUTATIONS [EFFECTS]

Per dimension: Krippendorff's alpha (interval metric), the mean, and per attribute the groups'
means. Per attribute and dimension: mean squared differences between raters of one item, across
groups and within groups; their ratio with each item weighted by across x within / all pairs, so that
both rest on the same items (undefined where no item has pairs of both kinds); and how many items have a group whose majority opposes the pooled one;
observed and with the labels shuffled between raters. EFFECTS limits how many attribute x dimension
pairs are worked through. Prints figures and seconds as one JSON object.

numpy: no Python loop over items, whole shuffles as array operations, and the items that two raters
judged (nearly all where ratings are sparse) compared pair by pair instead of counted group by
group. pandas: groupby, as most analysts would write it.
"""

import json
import sys
import time

import numpy as np
import pandas as pd

LEAST = (1, 3, 5, 10)  # judgments that a group needs for its majority to count


def utilities(value):
    low, high = value.min(), value.max()
    return ((value - low) / (high - low)).astype(np.float32).astype(np.float64)


def alpha(item, u):
    """Krippendorff's alpha of judgments u of items 0, 1, ..."""
    n = np.bincount(item)
    total = np.bincount(item, u)
    squares = np.bincount(item, u * u)
    pairable = n >= 2
    n, total, squares = n[pairable], total[pairable], squares[pairable]
    observed = (2 * (n * squares - total**2) / (n - 1)).sum()
    m = n.sum()
    expected = 2 * (m * squares.sum() - total.sum() ** 2) / (m - 1)
    return 1 - observed / expected


class NumpyEffect:
    """One attribute on one dimension: what no shuffle changes is worked out once."""

    def __init__(self, item, rater, u, majority, groups):
        count = np.bincount(item)
        size = count[item]
        self.groups = groups
        # Items of two judgments, as pairs.
        pair = np.flatnonzero(size == 2)
        a, b = pair[0::2], pair[1::2]  # sorted by item
        side = np.where(u >= 0.5, 1, -1).astype(np.int8)
        ofpair = majority[item[a]]
        self.first, self.second = rater[a], rater[b]
        self.difference = (u[a] - u[b]) ** 2
        self.decided = ofpair != 0
        self.flips_apart = (side[a] * ofpair < 0) | (side[b] * ofpair < 0)
        self.flips_together = (side[a] + side[b]) * ofpair < 0
        # Larger items, renumbered without gaps.
        many = size > 2
        kept, self.item = np.unique(item[many], return_inverse=True)
        self.rater, self.u, self.side = rater[many], u[many], side[many].astype(np.float64)
        self.u2 = self.u * self.u
        self.majority = majority[kept]
        self.items = len(kept)
        n = np.bincount(self.item, minlength=self.items)
        total = np.bincount(self.item, self.u, self.items)
        self.all = n * np.bincount(self.item, self.u2, self.items) - total**2
        self.pairs = n * (n - 1) / 2

    def shuffle(self, label):
        """(ratio, within, across, flips, eligible) under these labels of the raters."""
        together = label[self.first] == label[self.second]
        within = self.difference @ together
        across = self.difference.sum() - within
        ratio = np.nan  # a pair alone is within or across, never both
        within_pairs = np.count_nonzero(together)
        across_pairs = len(together) - within_pairs
        flips = np.zeros(len(LEAST), np.int64)
        eligible = np.zeros(len(LEAST), np.int64)
        eligible[0] = np.count_nonzero(self.decided)
        flips[0] = np.count_nonzero(np.where(together, self.flips_together, self.flips_apart))
        if self.items:
            cell = self.item * self.groups + label[self.rater]
            cells = self.items * self.groups
            shape = (self.items, self.groups)
            n = np.bincount(cell, minlength=cells)
            total = np.bincount(cell, self.u, cells)
            own = n * np.bincount(cell, self.u2, cells) - total**2
            own = own.reshape(shape).sum(axis=1)
            own_pairs = (n * (n - 1) / 2).reshape(shape).sum(axis=1)
            apart = self.pairs - own_pairs
            ratio = ((self.all - own) @ (own_pairs / self.pairs)) / (own @ (apart / self.pairs))
            within += own.sum()
            across += (self.all - own).sum()
            within_pairs += own_pairs.sum()
            across_pairs += apart.sum()
            side = np.bincount(cell, self.side, cells).reshape(shape)
            n = n.reshape(shape)
            opposed = side * self.majority[:, None] < 0
            decided = self.majority != 0
            largest = n.max(axis=1)
            largest_opposed = np.where(opposed, n, 0).max(axis=1)
            for k, least in enumerate(LEAST):
                eligible[k] += np.count_nonzero(decided & (largest >= least))
                flips[k] += np.count_nonzero(decided & (largest_opposed >= least))
        return ratio, within / within_pairs, across / across_pairs, flips, eligible


class PandasEffect:
    def __init__(self, item, rater, u, majority, groups):
        frame = pd.DataFrame({"item": item, "rater": rater, "u": u})
        frame = frame[frame.groupby("item").item.transform("size") >= 2].copy()
        frame["u2"] = frame.u**2
        frame["side"] = np.where(frame.u >= 0.5, 1, -1)
        self.frame = frame
        self.majority = pd.Series(majority, name="majority")
        whole = frame.groupby("item").agg(n=("u", "size"), s=("u", "sum"), q=("u2", "sum"))
        self.all = whole.n * whole.q - whole.s**2
        self.pairs = whole.n * (whole.n - 1) / 2

    def shuffle(self, label):
        frame = self.frame
        frame["group"] = label[frame.rater.to_numpy()]
        cells = frame.groupby(["item", "group"]).agg(
            n=("u", "size"), s=("u", "sum"), q=("u2", "sum"), side=("side", "sum")
        )
        cells["within"] = cells.n * cells.q - cells.s**2
        cells["pairs"] = cells.n * (cells.n - 1) / 2
        own = cells.groupby("item")[["within", "pairs"]].sum()
        across = self.all - own.within
        apart = self.pairs - own.pairs
        denominator = (own.within * apart / self.pairs).sum()
        ratio = (across * own.pairs / self.pairs).sum() / denominator if denominator else np.nan
        within = own.within.sum() / own.pairs.sum()
        across = across.sum() / apart.sum()
        cells = cells.reset_index().merge(self.majority, left_on="item", right_index=True)
        cells = cells[cells.majority != 0]
        flips, eligible = [], []
        for least in LEAST:
            deep = cells[cells.n >= least]
            eligible.append(deep.item.nunique())
            flips.append(deep[deep.side * deep.majority < 0].item.nunique())
        return ratio, within, across, np.array(flips), np.array(eligible)


def main():
    peer, ratings, groups, permutations = sys.argv[1:5]
    most = int(sys.argv[5]) if len(sys.argv) > 5 else None
    effect_of = {"numpy": NumpyEffect, "pandas": PandasEffect}[peer]
    text = {"item_id": "category", "annotator_id": "category", "dim": "category"}
    frame = pd.read_csv(ratings, dtype=text | {"value": "float32"})
    labels = pd.read_csv(groups).set_index("annotator_id")
    labels = labels.loc[frame.annotator_id.cat.categories]
    item_code = frame.item_id.cat.codes.to_numpy()
    rater_code = frame.annotator_id.cat.codes.to_numpy()
    dim_code = frame.dim.cat.codes.to_numpy()
    value = frame.value.to_numpy()

    start = time.perf_counter()
    views, dimensions = [], []
    for d, name in enumerate(frame.dim.cat.categories):
        rows = np.flatnonzero(dim_code == d)
        rows = rows[np.argsort(item_code[rows], kind="stable")]
        _, item = np.unique(item_code[rows], return_inverse=True)
        u = utilities(value[rows])
        majority = np.sign(np.bincount(item, np.where(u >= 0.5, 1.0, -1.0))).astype(np.int8)
        views.append((name, item, rater_code[rows], u, majority))
        dimensions.append({"name": name, "alpha": alpha(item, u), "mean": u.mean()})
    arranged = time.perf_counter()

    effects = []
    done = 0.0
    for attribute in labels.columns:
        label = labels[attribute].to_numpy().astype(np.uint8)
        count = int(label.max()) + 1
        # Shuffled once an attribute, for all dimensions.
        rng = np.random.default_rng(1)
        shuffled = [rng.permutation(label) for _ in range(int(permutations))]
        for name, item, rater, u, majority in views:
            if most is not None and len(effects) >= most:
                continue
            begun = time.perf_counter()
            effect = effect_of(item, rater, u, majority, count)
            ratio, within, across, flips, eligible = effect.shuffle(label)
            null = [effect.shuffle(each)[1] for each in shuffled]
            n = np.bincount(label[rater], minlength=count)
            means = np.bincount(label[rater], u, count) / n
            done += time.perf_counter() - begun
            effects.append(
                {
                    "attribute": attribute,
                    "dimension": name,
                    "ratio": ratio if np.isfinite(ratio) else None,
                    "within": within,
                    "across": across,
                    "null_within": np.mean(null),
                    "null_sd": np.std(null),
                    "flips": flips.tolist(),
                    "eligible": eligible.tolist(),
                    "means": means.tolist(),
                }
            )
    print(
        json.dumps(
            {
                "arrange_seconds": arranged - start,
                "core_seconds": done,
                "effects_all": len(labels.columns) * len(views),
                "dimensions": dimensions,
                "effects": effects,
            }
        )
    )


if __name__ == "__main__":
    main()
