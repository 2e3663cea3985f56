"""Columns: an Arrow array of documents through the pipeline at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from textfix import pipeline
from textfix.config import Config
from textfix.encodings import Decoded
from textfix.pipeline import Fixed, Track
from textfix.rules import Context
from textfix.text import Text


def batch(column: pa.Array, config: Config) -> pa.StructArray:
    """See Fixer.batch."""
    if not isinstance(column, (pa.Array, pa.ChunkedArray)):
        raise TypeError(f"a pyarrow.Array is needed, not {type(column).__name__}; for other strings, fix(data) each")
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    column = plain(column)
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        every = pipeline.fix_many(column.fill_null(b"").to_pylist(), config)
        fixed = [one if valid else None for one, valid in zip(every, column.is_valid().to_pylist(), strict=True)]
        return struct(column, [one and one.text for one in fixed], fixed)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise TypeError(f"a column of strings or binary values is needed, not of {kind}")
    filled = column.fill_null("") if column.null_count else column
    tracks = pipeline.run(rows_of(filled), Context(config))
    fixed = [None] * len(column)
    for row, track in tracks.items():
        fixed[row] = fixed_of(filled[row].as_py(), track, config)
    return struct(column, column if not any(fixed) else texts(column, fixed), fixed)


def plain(column: pa.Array) -> pa.Array:
    """The column with its values themselves: no dictionary, no views, nulls as strings."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    views = {"string_view": pa.large_string(), "binary_view": pa.large_binary(), "null": pa.string()}
    return column.cast(views[str(column.type)]) if str(column.type) in views else column


def rows_of(column: pa.Array) -> Text:
    """The strings of a column as rows of one text, decoded at once."""
    import pyarrow.compute as pc

    column = column.cast(pa.large_string())
    _, ends, data = column.buffers()
    if not len(column):
        return Text.of([])
    offsets = np.frombuffer(ends, np.int64)[column.offset : column.offset + len(column) + 1]
    raw = memoryview(data)[offsets[0] : offsets[-1]] if data is not None else b""
    codes = Text.of(str(raw, "utf-8")).codes
    lengths = np.asarray(pc.utf8_length(column), np.int64)
    return Text(codes, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def fixed_of(source: str, track: Track, config: Config) -> Fixed | None:
    """The same Fixed as pipeline.fix gives, where the row was changed."""
    return None if track.text is None else pipeline.fixed_of(source, Decoded(source, ()), track, config)


def texts(column: pa.Array, fixed: list[Fixed | None]) -> Any:
    """The column with the changed rows put in."""
    import pyarrow.compute as pc

    mask = np.array([one is not None for one in fixed], np.bool_)
    return pc.replace_with_mask(column, mask, pa.array([one.text for one in fixed if one], column.type))


def struct(column: pa.Array, text: Any, fixed: list[Fixed | None]) -> pa.StructArray:
    changed = [bool(one and one.changed) for one in fixed]
    logs = [one.log.dumps() if one and one.changed else None for one in fixed]
    text = text if isinstance(text, pa.Array) else pa.array(text, pa.string())
    arrays = [text, pa.array(changed, pa.bool_()), pa.array(logs, pa.string())]
    return pa.StructArray.from_arrays(arrays, ["text", "changed", "log"], mask=column.is_null())
