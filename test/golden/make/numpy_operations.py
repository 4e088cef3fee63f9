"""Functions of keras.ops.numpy on arrays: test/golden/numpy-operations.json.gz; operation_cases.py has the fields.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/numpy_operations.py
"""

from operation_cases import A, I, INF, NAN, V, case, ops, save

X, Y = A((3, 4), 1), A((3, 4), 2)
SPECIAL = V([INF, -INF, NAN, 0.0, -0.0, 1e-6, 0.5, 1.0, -1.0, -2.5, 7.25, 1e30])
OTHER = V([1.0, INF, 2.0, -0.0, -1.0, 3.0, 0.5, -INF, 0.0, 2.0, NAN, -1e30])

# Trigonometry and logarithms.
for name in ("arctan", "deg2rad", "rad2deg", "exp2", "fabs", "sinc", "cbrt", "i0"):
    case(name, A((3, 4), 3, 0.1, 5.0))
    case(name, A((5,), 4, -5.0, -0.1))
for name in ("arcsin", "arccos"):
    case(name, A((3, 4), 3, -0.95, 0.95))
    case(name, V([1.0, -1.0, 0.0, 1.5, 0.999]), grad=False)
for name in ("arctan", "deg2rad", "exp2", "fabs", "sinc", "isposinf", "isneginf", "isreal", "signbit", "real", "imag", "conj", "conjugate", "cbrt", "angle", "fmod_self"):
    if hasattr(ops, name):
        case(name, SPECIAL, grad=False)
for name in ("arctan", "arcsin", "exp2", "fabs", "angle", "cbrt", "deg2rad", "sinc", "signbit", "i0"):
    case(name, V([0, 1, -1] if name not in ("x",) else [0], "int32"), grad=False)
for name in ("arctan2", "hypot", "logaddexp2", "fmod", "mod", "floor_divide", "fmax", "fmin", "heaviside", "nextafter"):
    case(name, X, A((4,), 5, 0.5, 3.0), grad=name not in ("floor_divide", "nextafter"))
    case(name, A((2, 1), 6, -9, 9), A((2, 3), 7, -3.0, -0.5), grad=name not in ("floor_divide", "nextafter"))
for name in ("arctan2", "hypot", "fmax", "fmin", "heaviside"):
    case(name, SPECIAL, OTHER, grad=False)
for name in ("fmod", "mod", "floor_divide"):
    case(name, I((3, 4), 8, -20, 20), V([3, -4, 7, 1], "int32"))
    case(name, V([7, 200, 13], "uint8"), V([2, 7, 5], "uint8"))
    case(name, V([1.0, 5.0, -1.0, 3.0]), V([0.1, 0.1, 0.3, 0.1]), grad=False, note="remainders of inexact quotients")
case("nextafter", V([0.0, 1.0, 1.0, -1.0, 1e-40, 1e38, 1e-30]), V([1.0, 2.0, 0.0, 0.0, 1.0, INF, 0.0]), grad=False)
case("gcd", I((3, 4), 9, -60, 60), V([12, 18, 0, 7], "int32"))
case("lcm", I((3, 4), 9, -60, 60), V([12, 18, 0, 7], "int32"))
case("ldexp", X, V([3, -2, 0, 10], "int32"))
case("ldexp", V([1e-30, 1.0]), V([130, -140], "int32"), grad=False)

# Bits.
P, Q = V([12, -7, 0, 2**30, -(2**31)], "int32"), V([10, 3, -1, 5, 1], "int32")
for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    case(name, P, Q)
    case(name, V([12, 200], "uint8"), V([10, 3], "uint8"))
    case(name, V([True, True, False], "bool"), V([True, False, False], "bool"))
for name in ("bitwise_not", "bitwise_invert"):
    case(name, P)
    case(name, V([12, 200], "uint8"))
    case(name, V([True, False], "bool"))
for name in ("bitwise_left_shift", "left_shift", "bitwise_right_shift", "right_shift"):
    case(name, P, V([1, 2, 31, 1, 31], "int32"))
    case(name, V([12, 200], "uint8"), V([1, 3], "uint8"))

# Sorting and searching.
TIES = V([[3, 1, 3, 2], [0, -1, 5, -1], [2, 2, 2, 1]])
for name in ("sort", "argsort"):
    for axis in (-1, 0):
        case(name, X, axis=axis)
    case(name, TIES, grad=False)
    case(name, I((2, 5), 3))
    case(name, V([3, 250, 7, 3], "uint8"))
    case(name, V([2.0, NAN, 1.0]), grad=False)
    case(name, A((2, 3, 2), 5), axis=1)
case("argpartition", TIES, 1)
case("argpartition", X, 2, axis=0)
SEQ = V([1.0, 3.0, 3.0, 5.0, 9.0])
for side in ("left", "right"):
    case("searchsorted", SEQ, V([[0.0, 1.0, 3.0], [4.0, 9.0, 10.0]]), side=side)
case("digitize", V([[-0.5, 0.0], [1.5, 7.0]]), V([0.0, 1.0, 2.0]))
case("digitize", V([2, 0, 9], "int32"), V([1, 4, 5], "int32"))
case("isin", I((3, 4), 2), V([1, -3, 2], "int32"))
case("isin", X, V([0.5]), invert=True)
case("unique", V([3, 1, 3, 2, 1], "int32"), size=3)
case("unique", V([3.5, 1.0, 3.5, 2.0]), size=5, fill_value=-1, grad=False, node=False)
case("unique", V([3, 1, 3, 2, 1], "int32"), size=2, return_index=True, return_inverse=True, return_counts=True, node=False)
case("unique", V([[1, 2], [0, 5], [1, 2]], "int32"), size=2, axis=0, return_counts=True, node=False)
case("unique", V([[1, 0, 1], [2, 5, 2]], "int32"), size=2, axis=1, node=False)

# Accumulation and differences.
for name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
    case(name, X)
    case(name, X, axis=1)
    case(name, A((2, 3, 2), 5), axis=-3)
    case(name, I((2, 3), 3), axis=0)
    case(name, V([True, False, True], "bool"))
    case(name, V([1.0, 0.0, -2.0, 3.0]))
    case(name, V([1, 2, 3], "int32"), dtype="float32")
    case(name, V([1.0, NAN, 3.0]), grad=False)
case("diff", X)
case("diff", X, n=2, axis=0)
case("diff", I((5,), 3), n=0)
case("trapezoid", X)
case("trapezoid", X, dx=0.5, axis=0)
case("trapezoid", X, x=V([0.0, 1.0, 3.0, 3.5]), node=False)
case("trapezoid", I((3, 4), 2))

# Quantiles, NaN, averages.
N = V([[1.0, NAN, 3.0, -2.0], [NAN, NAN, NAN, NAN], [5.0, 0.5, 2.0, 8.0]])
for name in ("median", "nanmedian", "nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd"):
    case(name, X)
    case(name, X, axis=0, keepdims=True)
    case(name, A((2, 3, 2), 5), axis=(0, 2))
    case(name, N, axis=1, grad=False)
    case(name, I((2, 3), 3), axis=1)
for name in ("nanargmax", "nanargmin"):
    case(name, X, axis=1)
    case(name, N, axis=1, keepdims=True)
    case(name, V([[1.0, NAN, 7.0], [2.0, 0.0, 7.0]]))
for name, scale in (("quantile", 1.0), ("percentile", 100.0), ("nanquantile", 1.0), ("nanpercentile", 100.0)):
    for method in ("linear", "lower", "higher", "midpoint", "nearest"):
        case(name, X, 0.3 * scale, axis=1, method=method)
    case(name, A((2, 3, 2), 5), V([0.0, 0.25 * scale, scale]), axis=(0, 2), keepdims=True, node=False, grad=False)
    case(name, X, V([0.1 * scale, 0.9 * scale]), node=False)
    case(name, N, 0.5 * scale, axis=1, grad=False)
case("average", X)
case("average", X, axis=1)
case("average", X, axis=0, weights=A((3,), 5, 0.1, 1.0))
case("average", X, weights=A((3, 4), 5, 0.1, 1.0))
case("average", I((2, 3), 3), axis=1)
case("corrcoef", X)
case("corrcoef", A((6,), 3), grad=False)
for mode in ("valid", "same", "full"):
    case("correlate", A((6,), 3), A((3,), 4), mode=mode)
    case("correlate", A((2,), 3), A((5,), 4), mode=mode)
    case("correlate", A((4,), 3), A((4,), 4), mode=mode)
case("bincount", V([0, 1, 1, 3], "int32"), minlength=6, node=False)
case("bincount", V([0, 1, 1, 3], "int32"), weights=V([0.5, 1.0, 2.0, 4.0]), minlength=4, node=False, grad=False)
case("bincount", V([[0, 1, 1], [2, 2, 2]], "int32"), minlength=3, node=False)
case("histogram", A((20,), 3), grad=False)
case("histogram", A((20,), 3), bins=4, range=(-1.0, 1.0), grad=False)
case("histogram", V([2.0, 2.0]), bins=2, grad=False)

# Products.
case("dot", X, A((4, 2), 3))
case("dot", A((4,), 3), A((4,), 4))
case("dot", A((2, 3, 4), 3), A((5, 4, 2), 4))
case("dot", X, V(2.0))
case("dot", I((2, 3), 3), I((3,), 4))
case("inner", X, Y)
case("inner", A((2, 3, 4), 3), A((4,), 4))
case("outer", A((2, 2), 3), A((3,), 4))
case("vdot", X, Y)
case("kron", A((2, 3), 3), A((2, 2), 4))
case("kron", A((3,), 3), A((2, 2), 4))
case("tensordot", A((2, 3, 4), 3), A((3, 4, 5), 4))
case("tensordot", A((2, 3), 3), A((3, 4), 4), axes=1)
case("tensordot", A((2, 3), 3), A((3, 2), 4), axes=[[0, 1], [1, 0]])
case("tensordot", A((2,), 3), A((3,), 4), axes=0)
case("cross", A((3,), 3), A((3,), 4))
case("cross", A((2, 3), 3), A((3,), 4))
case("cross", A((4, 2), 3), A((4, 2), 4))
case("cross", A((4, 2), 3), A((4, 3), 4))
case("cross", A((3, 4), 3), A((3, 4), 4), axis=0)
case("cross", A((3, 4), 3), A((4, 3), 4), axisa=0, axisb=1, axisc=0)
case("vander", A((4,), 3))
case("vander", A((4,), 3), N=2, increasing=True)
case("vander", V([1, 2, 3], "int32"), N=4)

# Diagonals.
for k in (0, 1, -2):
    case("diag", A((3,), 3), k=k)
    case("diag", X, k=k)
    case("diagflat", A((2, 2), 3), k=k)
    case("diagonal", X, offset=k)
    case("trace", X, offset=k)
case("diagonal", A((2, 3, 4), 5), axis1=1, axis2=2)
case("diagonal", A((2, 3, 4), 5), axis1=-1, axis2=0, offset=1)
case("trace", I((3, 3, 2), 5))
case("trace", V([[1, 2], [3, 4]], "uint8"))
case("tri", 3)
case("tri", 2, M=4, k=1, dtype="int32")
case("tri", 4, M=2, k=-1)

# Joining, splitting, turning.
case("append", X, A((2, 4), 3), axis=0)
case("append", X, A((2,), 3))
for name in ("hstack", "vstack", "dstack"):
    case(name, [A((3,), 3), A((3,), 4)])
    case(name, [A((2, 3), 3), A((2, 3), 4)])
    case(name, [A((2, 3, 2), 3), A((2, 3, 2), 4)])
case("array_split", A((7, 2), 3), 3)
case("array_split", X, [1, 3], axis=1)
case("hsplit", X, 2)
case("hsplit", A((6,), 3), [1, 4])
case("vsplit", A((4, 2), 3), 2)
case("dsplit", A((2, 2, 4), 3), 2)
for k in (1, 2, 3, -1, 0):
    case("rot90", X, k=k)
case("rot90", A((2, 3, 4), 3), k=1, axes=(1, 2))
case("fliplr", X)
case("flipud", X)
case("meshgrid", [A((2,), 3), A((3,), 4)], spread=True)
case("meshgrid", [A((2,), 3), A((3,), 4), A((2,), 5)], spread=True, indexing="ij")
case("take_along_axis", X, V([[1, -1], [0, 0], [3, 2]], "int32"), axis=1)
case("take_along_axis", X, V([[2, 0, 1, 1]], "int32"), axis=0)
case("take_along_axis", X, V([5, -1, 0], "int32"))
case("unravel_index", V([0, 5, 11], "int32"), (3, 4))
case("unravel_index", V([[1, 22], [7, 13]], "int32"), (2, 3, 4))
case("select", [V([True, False, False], "bool"), V([True, True, False], "bool")], [A((3,), 3), A((3,), 4)], node=False)

# Closeness, spaces, windows, copies.
case("isclose", V([1.0, 1.0, INF, NAN, -INF]), V([1.000001, 1.1, INF, NAN, INF]))
case("isclose", V([1.0, NAN]), V([1.05, NAN]), rtol=0.1, atol=0.0, equal_nan=True, node=False)
case("isclose", V([1, 2], "int32"), V([1, 3], "int32"))
case("allclose", X, X)
case("allclose", X, Y, atol=0.1, rtol=0.1)
case("logspace", 0.0, 2.0, num=5)
case("logspace", A((2,), 3), A((2,), 4), num=3, base=2.0, endpoint=False, axis=-1)
case("geomspace", 1.0, 1000.0, num=4)
case("geomspace", A((2,), 3, 0.5, 3), A((2,), 4, 4, 9), num=3, axis=-1)
case("geomspace", -1.0, -8.0, num=4, endpoint=False)
for name in ("bartlett", "blackman", "hamming", "hanning"):
    for length in (1, 2, 7, 8):
        case(name, length)
case("kaiser", 7, 14.0)
case("kaiser", 4, 0.0)
case("identity", 3)
case("identity", 2, dtype="int32")
case("array", X)
case("copy", X)
case("ndim", X, node=False)
case("size", X, node=False)

save("numpy-operations")
