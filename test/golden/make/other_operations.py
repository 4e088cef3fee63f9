"""Functions of keras.ops.linalg, math, nn and core on arrays: test/golden/other-operations.json.gz; operation_cases.py has the fields.

Run from the repository root, in an environment with keras==3.15.1, tensorflow and scipy:

    python test/golden/make/other_operations.py
"""

from operation_cases import A, I, INF, NAN, V, case, np, ops, save


def spd(n, seed, batch=()):
    """A symmetric positive-definite matrix."""
    m = A((*batch, n, n), seed, -1.0, 1.0).value
    return V(m @ np.swapaxes(m, -1, -2) + 0.5 * np.eye(n, dtype="float32"))


SQUARE, STACK = A((4, 4), 3), A((2, 3, 3), 4)

# Linear algebra. Signs of eigenvectors and singular vectors are arbitrary: linalg.test.ts tests them.
for x in (spd(4, 3), spd(3, 5, (2,)), spd(1, 7)):
    case("cholesky", x)
    case("cholesky", x, upper=True)
case("cholesky_inverse", V(np.linalg.cholesky(spd(3, 5).value)))
case("cholesky_inverse", V(np.linalg.cholesky(spd(3, 5).value).T), upper=True)
for name in ("det", "inv", "slogdet", "logdet", "lu_factor"):
    case(name, SQUARE)
    case(name, STACK)
    case(name, V([[0.0, 2.0], [3.0, 1.0]]))
case("det", V([[1.0, 2.0], [2.0, 4.0]]), grad=False)
case("solve", SQUARE, A((4, 2), 5))
case("solve", STACK, A((2, 3, 2), 5))
case("solve", SQUARE, A((4,), 5))
for lower in (False, True):
    case("solve_triangular", V(np.triu(A((3, 3), 4).value) + 3 * np.eye(3) if not lower else np.tril(A((3, 3), 4).value) + 3 * np.eye(3)), A((3, 2), 5), lower=lower)
for shape in ((3, 3), (5, 3), (3, 5), (2, 4, 3), (1, 4)):
    for mode in ("reduced", "complete"):
        case("qr", A(shape, 6), mode=mode)
    case("svd", A(shape, 6), compute_uv=False)
    case("matrix_rank", A(shape, 6))
    case("pinv", A(shape, 6))
case("svd", V([[1.0, 2.0], [2.0, 4.0]]), compute_uv=False, grad=False)
case("matrix_rank", V([[1.0, 2.0], [2.0, 4.0]]))
case("matrix_rank", V([[1.0, 0.0], [0.0, 0.01]]), tol=0.1)
case("pinv", V([[1.0, 2.0], [2.0, 4.0]]), grad=False)
case("lstsq", A((5, 3), 6), A((5, 2), 7))
case("lstsq", A((5, 3), 6), A((5,), 7))
case("lstsq", A((2, 4), 6), A((2,), 7))
for ord in (None, 1, 2, 3.5, 0, -1, "inf", "-inf"):
    order = {"inf": INF, "-inf": -INF}.get(ord, ord)
    finite = order is None or np.isfinite(order)
    case("norm", A((3, 4), 3), ord=order, axis=1, node=finite, grad=order != 0)
    if order not in (3.5, 0):
        case("norm", A((3, 4), 3), ord=order, axis=(0, 1), node=finite)
case("norm", A((2, 3, 4), 3))
for ord in ("fro", "nuc", -2):
    case("norm", A((2, 3, 4), 3), ord=ord, axis=(1, 2), keepdims=True)
case("norm", I((3, 4), 3), axis=0)

# Special functions, distances, choices.
case("erfc", A((3, 4), 3, -3.0, 3.0))
case("erfc", V([0.0, 4.0, 6.0, -4.0, INF, -INF, NAN]), grad=False)
case("erfinv", A((3, 4), 3, -0.99, 0.99))
case("erfinv", V([0.0, 0.9999, -0.99999, 1.0, -1.0, 1.5]), grad=False)
case("cdist", A((3, 2), 3), A((4, 2), 4))
case("cdist", A((2, 3, 2), 3), A((2, 1, 2), 4))
case("top_k", A((3, 5), 3), 2)
case("top_k", V([[3, -1, 7, 0], [5, 9, -2, 4]], "int32"), 3)
case("in_top_k", V([0, 2, 1], "int32"), A((3, 4), 3), 2)
case("in_top_k", V([0, 1], "int32"), V([[NAN, 1.0], [1.0, 2.0]]), 1)
IDS = V([0, 2, 0, 3, 2], "int32")
for name in ("segment_sum", "segment_max", "segment_min", "segment_prod"):
    case(name, A((5, 2), 3), IDS, num_segments=4, grad=name in ("segment_sum", "segment_prod"))
    case(name, I((5,), 3), V([0, 1, 0, 2, 1], "int32"), num_segments=3, result="int32")

# Fourier transforms.
for shape in ((8,), (2, 3), (2, 5, 12), (67,), (96,), (4, 130)):
    # The gradient of each length is that of a smaller one.
    case("fft", [A(shape, 3), A(shape, 4)], grad=np.prod(shape) < 100)
    case("rfft", A(shape, 3), grad=np.prod(shape) < 100)
for shape in ((4, 6), (2, 3, 5)):
    case("fft2", [A(shape, 3), A(shape, 4)])
    case("ifft2", [A(shape, 3), A(shape, 4)])
for length in (4, 7, 10):
    case("rfft", A((2, 7), 3), fft_length=length)
    case("irfft", [A((2, 5), 3), A((2, 5), 4)], fft_length=length)
case("irfft", [A((2, 5), 3), A((2, 5), 4)])
case("extract_sequences", A((2, 11), 3), 4, 3)
for window in ("hann", "hamming", None):
    for center in (True, False):
        case("stft", A((2, 32), 3), 8, 4, 10, window=window, center=center)
        case("istft", [A((2, 7, 6), 3), A((2, 7, 6), 4)], 8, 4, 10, window=window, center=center, grad=False)
case("istft", [A((7, 5), 3), A((7, 5), 4)], 8, 4, 8, length=20)

# Neural networks.
T, P = V([[0.0, 1.0, 0.0], [0.2, 0.3, 0.5]]), V([[0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
for logits in (False, True):
    case("binary_crossentropy", T, P if not logits else A((2, 3), 3), from_logits=logits)
    for axis in (-1, 0):
        case("categorical_crossentropy", T, P if not logits else A((2, 3), 3), from_logits=logits, axis=axis, grad=False)
    case("sparse_categorical_crossentropy", V([1, 2], "int32"), P if not logits else A((2, 3), 3), from_logits=logits)
case("sparse_categorical_crossentropy", V([[1], [2]], "int32"), P)
for layout in ("channels_last", "channels_first"):
    case("depth_to_space", A((2, 4, 8, 4), 3), 2, data_format=layout)
    case("space_to_depth", A((2, 4, 8, 4), 3), 2, data_format=layout)
case("unfold", A((2, 3, 6, 5), 3), 2)
case("unfold", A((2, 3, 6, 5), 3), (2, 3), dilation=2, padding=1, stride=(2, 1))
case("fold", A((2, 12, 20), 3), (6, 5), 2)
case("fold", A((2, 18, 9), 3), (6, 5), (2, 3), dilation=(2, 1), padding=1, stride=2)
case("multi_hot", V([[0, 4], [1, 1]], "int32"), 5)
case("multi_hot", V([2, 0], "int32"), 4, dtype="int32")
case("psnr", A((2, 3), 3), A((2, 3), 4), 10.0)
case("ctc_decode", A((2, 6, 4), 3), V([6, 4], "int32"))
case("ctc_decode", A((2, 6, 4), 5), V([6, 3], "int32"), merge_repeated=False, mask_index=2)

for kind in ("average", "max"):
    for layout in ("channels_last", "channels_first"):
        case(f"adaptive_{kind}_pool", A((2, 7, 5, 3), 3), (3, 2), data_format=layout)
    case(f"adaptive_{kind}_pool", A((2, 7, 3), 3), 4)
    case(f"adaptive_{kind}_pool", A((1, 4, 5, 3, 2), 3), (2, 3, 1))
QUERY, KEY, VALUE = A((2, 3, 2, 4), 3), A((2, 5, 2, 4), 4), A((2, 5, 2, 4), 5)
case("dot_product_attention", QUERY, KEY, VALUE)
case("dot_product_attention", QUERY, KEY, VALUE, scale=0.3, bias=A((2, 2, 3, 5), 6))
case("dot_product_attention", QUERY, KEY, VALUE, mask=A((2, 2, 3, 5), 8, -1.0, 3.0, "bool"), grad=False)
case("dot_product_attention", A((2, 4, 2, 4), 3), A((2, 4, 2, 4), 4), A((2, 4, 2, 4), 5), is_causal=True)
case("dot_product_attention", QUERY, A((2, 5, 1, 4), 4), A((2, 5, 1, 4), 5))

# Scattering and casts.
case("scatter", V([[0, 1], [2, 3], [0, 1]], "int32"), A((3,), 3), (4, 5))
case("scatter", V([[1], [0]], "int32"), A((2, 3), 3), (4, 3))
case("scatter_update", A((4, 3), 3), V([[0, 1], [2, 2]], "int32"), A((2,), 4))
for reduction in ("add", "max", "min", "mul"):
    case("scatter_update", A((4, 3), 3), V([[0], [2]], "int32"), A((2, 3), 4), reduction=reduction)
case("slice_update", A((4, 3), 3), V([1, 0], "int32"), A((2, 2), 4))
case("saturate_cast", V([-300.0, 1.7, 300.0, 3e9, -3e9]), "uint8", node=False)
case("saturate_cast", V([-3, 1, 300], "int32"), "uint8", node=False)

save("other-operations")
