"""Mojibake: text written in one encoding and read in another (chinese.py), and what is lost of it (lost.py).

channels.py: which encodings were taken for which. windows.py: where mojibake may stand. candidates.py: what it can have
been, whole or through the lattice (restore.py, lattice.py, cells.py). belief.py: whether that is believed.
"""
