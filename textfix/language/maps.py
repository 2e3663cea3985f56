"""Static maps from 64-bit keys to small values in a little more than the bits of the values.

An XOR map (a Bloomier filter; Graf and Lemire 2020 describe the filter): each key has three slots, and its value is the
exclusive or of what stands there. A few bits of every value are a fingerprint of the key: a key that was never put in
is found by mistake as often as those bits agree by chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Table = npt.NDArray[Any]  # of unsigned integers: fingerprint above, value below

ROOM = 1.24  # slots a key; below 1.23 a map of three slots cannot be built
SPARE = 11  # more slots a third, without which small maps often cannot be built
MIXERS = tuple(np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
MARK = np.uint64(0xD6E8FEB86659FD93)


def build(keys: Keys, values: npt.NDArray[np.uint32], bits: int, entry: type[np.uint16] | type[np.uint32]) -> Table:
    """A table for these different keys and their values of so many bits. The same keys give the same table.

    entry: the type of a slot; the bits that values leave free are fingerprints.
    """
    size = int(len(keys) * ROOM / 3) + SPARE
    places = slots(keys, size)
    degree = np.bincount(places.ravel(), minlength=3 * size)
    alive = np.arange(len(keys))
    rounds: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    while len(alive):
        single = degree[places[:, alive]] == 1
        free = single.any(axis=0)
        if not free.any():
            raise ValueError("the map cannot be built: two keys are the same, or clash")
        peeled = alive[free]
        rounds.append((peeled, places[single[:, free].argmax(axis=0), peeled]))
        degree -= np.bincount(places[:, peeled].ravel(), minlength=3 * size)
        alive = alive[~free]
    table = np.zeros(3 * size, np.uint32)
    wanted = values | fingerprints(keys, 8 * np.dtype(entry).itemsize - bits) << np.uint32(bits)
    for peeled, slot in reversed(rounds):
        first, second, third = places[:, peeled]
        table[slot] ^= wanted[peeled] ^ table[first] ^ table[second] ^ table[third]
    return table.astype(entry)


def look_up(table: Table, keys: Keys, bits: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint32]]:
    """For each key whether it is in the table, and its value where it is."""
    first, second, third = slots(keys, len(table) // 3)
    found = (table[first] ^ table[second] ^ table[third]).astype(np.uint32)
    same = found >> np.uint32(bits) == fingerprints(keys, 8 * table.dtype.itemsize - bits)
    return same, found & np.uint32((1 << bits) - 1)


def slots(keys: Keys, size: int) -> npt.NDArray[np.int64]:
    """Shape (3, keys): a slot in each third of a table of three times this size."""
    wide = np.uint64(size)
    mixed = mix(keys)
    thirds = [
        ((mixed * odd >> np.uint64(32)) * wide >> np.uint64(32)) + wide * np.uint64(i) for i, odd in enumerate(MIXERS)
    ]
    return np.array(thirds, np.int64)


def mix(keys: Keys) -> Keys:
    """Spread every bit of a key over all 64 (the finalizer of splitmix64; Steele, Lea and Flood 2014)."""
    keys = (keys ^ keys >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ keys >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return np.asarray(keys ^ keys >> np.uint64(31), np.uint64)


def fingerprints(keys: Keys, bits: int) -> npt.NDArray[np.uint32]:
    return np.asarray(mix(keys) * MARK >> np.uint64(64 - bits), np.uint32)
