"""Compares two HDF5 files, the second one written by evenkeel after it had read the first: everything must be equal.

Run: python test/golden/make/check_written.py original.h5 written.h5   (needs h5py, numpy)
"""

import sys

import h5py
import numpy as np


def plain(value):
    """Texts as str whatever they were stored as, h5py's Empty as no elements."""
    if isinstance(value, h5py.Empty):
        return np.zeros(0, value.dtype)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return value
    value = np.asarray(value)
    if value.dtype.kind in "OSU":
        return np.array([entry.decode() if isinstance(entry, bytes) else entry for entry in value.ravel().tolist()], "U")
    return value


def compare(a, b, path):
    assert set(a.attrs) == set(b.attrs), (path, set(a.attrs) ^ set(b.attrs))
    for name in a.attrs:
        x, y = plain(a.attrs[name]), plain(b.attrs[name])
        assert np.shape(x) == np.shape(y) and np.array_equal(x, y), (path, name, x, y)
    if isinstance(a, h5py.Group):
        assert isinstance(b, h5py.Group) and sorted(a) == sorted(b), path
        for name in a:
            compare(a[name], b[name], f"{path}/{name}")
        return 1
    x, y = plain(a[()]), plain(b[()])
    assert x.shape == y.shape and np.array_equal(x, y), (path, x, y)
    assert x.dtype.newbyteorder("=") == y.dtype.newbyteorder("="), (path, x.dtype, y.dtype)
    assert h5py.h5d.DatasetID.get_create_plist(b.id).get_layout() == h5py.h5d.CONTIGUOUS, path


with h5py.File(sys.argv[1]) as original, h5py.File(sys.argv[2]) as written:
    compare(original, written, "")
# What was written can be written on.
with h5py.File(sys.argv[2], "r+") as written:
    for i in range(100):
        written[f"added/{i}"] = i
        written.attrs[f"added {i}"] = i
    written["added to the root"] = np.arange(3)
with h5py.File(sys.argv[2]) as written:
    assert written["added/57"][()] == 57 and written.attrs["added 99"] == 99
print("equal")
