"""Read judgments into dictionary-coded columns with pandas, Polars or DuckDB.

python ingest.py PEER FILE [ROWS]    PEER: pandas, polars, duckdb; FILE: .csv or .jsonl

Prints one JSON object: seconds from the file's name to integer codes for item, rater and
dimension and a number for the value, and the sizes of the three dictionaries. Each peer is used as
its own documentation advises for speed, with all threads; ROWS limits a slow one.
"""

import json
import sys
import time

# Column names of the long table and of the native format.
CSV = ("item_id", "annotator_id", "dim", "value")
JSONL = ("case", "rater", "dimension", "rating")


def with_pandas(path, rows):
    import pandas as pd

    if path.endswith(".csv"):
        text = {name: "category" for name in CSV[:3]}
        frame = pd.read_csv(path, dtype=text | {"value": "float32"}, usecols=CSV, nrows=rows)
    else:
        frame = pd.read_json(path, lines=True, nrows=rows)[list(JSONL)]
        for name in JSONL[:3]:
            frame[name] = frame[name].astype("category")
    return len(frame), [len(frame[name].cat.categories) for name in frame.columns[:3]]


def with_polars(path, rows):
    import polars as pl

    names = CSV if path.endswith(".csv") else JSONL
    schema = {name: pl.String for name in names[:3]} | {names[3]: pl.Float32}
    if path.endswith(".csv"):
        lazy = pl.scan_csv(path, schema=schema, n_rows=rows)
    else:
        # The schema says which members are wanted; the others are passed over.
        lazy = pl.scan_ndjson(path, schema=schema, n_rows=rows)
    frame = lazy.with_columns(pl.col(name).cast(pl.Categorical) for name in names[:3]).collect()
    return len(frame), [frame[name].n_unique() for name in names[:3]]


def with_duckdb(path, rows):
    import duckdb

    names = [f'"{name}"' for name in (CSV if path.endswith(".csv") else JSONL)]  # CASE is a word
    types = {name: "VARCHAR" for name in names[:3]} | {names[3]: "FLOAT"}
    wanted = ", ".join(f"{name}: '{of}'" for name, of in types.items())
    reader = "read_csv" if path.endswith(".csv") else "read_json"
    extra = "header=true" if path.endswith(".csv") else "format='newline_delimited'"
    limit = f" LIMIT {rows}" if rows else ""
    db = duckdb.connect()
    db.execute("SET preserve_insertion_order = false")
    db.execute(
        f"CREATE TABLE raw AS SELECT {', '.join(names)} "
        f"FROM {reader}('{path}', columns={{{wanted}}}, {extra}){limit}"
    )
    # An ENUM is DuckDB's dictionary-coded column.
    for i, name in enumerate(names[:3]):
        db.execute(f"CREATE TYPE code{i} AS ENUM (SELECT DISTINCT {name} FROM raw)")
    coded = ", ".join(f"{name}::code{i} AS {name}" for i, name in enumerate(names[:3]))
    db.execute(f"CREATE TABLE coded AS SELECT {coded}, {names[3]} FROM raw")
    sizes = [db.execute(f"SELECT count(DISTINCT {n}) FROM raw").fetchone()[0] for n in names[:3]]
    return db.execute("SELECT count(*) FROM coded").fetchone()[0], sizes


def main():
    peer, path = sys.argv[1:3]
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else None
    read = {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}[peer]
    __import__(peer)  # loading the library is not reading the file
    start = time.perf_counter()
    count, sizes = read(path, rows)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "rows": count, "dictionaries": sizes}))


if __name__ == "__main__":
    main()
