"""What Keras computes where evenkeel differs on purpose: test/golden/differences.json, for docs/differences-from-keras.md.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/differences.py

"name" is the row of the page, "keras" the value: numbers, lists, strings ("NaN", dtypes), or the class of the exception.
The programs are those of test/engine/docs/differences.test.ts, name by name.
"""

from common import np, versions, write
import keras
import tensorflow as tf

L = keras.layers
X = np.array([[1.0], [3.0]], np.float32)
cases = []


def case(function):
    keras.backend.clear_session()
    try:
        value = function()
    except Exception as error:
        value = type(error).__name__
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    plain = lambda v: [plain(w) for w in v] if isinstance(v, (list, tuple)) else "NaN" if v != v else v
    cases.append({"name": function.__name__.replace("_", "-"), "keras": plain(value)})


def statistics(layer):
    return [round(float(w.numpy()[0]), 4) for w in (layer.moving_mean, layer.moving_variance)]


@case
def training_given_in_a_call():
    i, bn = keras.Input((1,)), L.BatchNormalization(momentum=0.5)
    model = keras.Model(i, bn(i, training=False))
    model.compile("sgd", "mse")
    model.fit(X, X, verbose=0)
    return statistics(bn)


@case
def fully_masked_batch():
    i, bn = keras.Input((2, 1)), L.BatchNormalization(momentum=0.5)
    model = keras.Model(i, bn(L.Masking()(i)))
    model.compile("sgd", "mse")
    zeros = np.zeros((2, 2, 1))
    model.fit(zeros, zeros, verbose=0)
    return statistics(bn)


@case
def iterations_under_accumulation():
    model = keras.Sequential([L.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), "mse")
    model.fit(X, X, batch_size=1, epochs=2, verbose=0)
    return int(model.optimizer.iterations.numpy())


@case
def frozen_after_compile():
    model = keras.Sequential([L.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(X, 2 * X, verbose=0)
    model.layers[0].trainable = False
    before = model.get_weights()[0]
    model.fit(X, 3 * X, verbose=0)
    return bool(np.any(before != model.get_weights()[0]))


@case
def sparsemax_of_equal_scores():
    return keras.ops.sparsemax(np.array([[1.0, 1.0]], np.float32)).numpy()


@case
def argmax_of_nan():
    return int(keras.ops.argmax(np.array([1.0, np.nan, 2.0], np.float32)))


@case
def max_of_nan():
    return float(keras.ops.max(np.array([1.0, np.nan], np.float32)))


@case
def relu_slope_at_six():
    x = tf.Variable([[6.0]])
    with tf.GradientTape() as tape:
        y = L.ReLU(max_value=6.0)(x)
    return tape.gradient(y, x).numpy()


@case
def rms_scale_of_a_middle_axis():
    layer = L.RMSNormalization(axis=1)
    layer.build((None, 2, 2))
    layer.set_weights([np.array([1.0, 10.0])])
    return np.round(layer(np.full((1, 2, 2), 3.0, np.float32)).numpy(), 4)


@case
def batch_normalization_of_several_axes():
    layer = L.BatchNormalization(axis=[1, 2])
    layer.build((None, 2, 3))
    return list(layer.gamma.shape)


@case
def alpha_dropout_of_rate_one():
    L.AlphaDropout(1.0)
    return "accepted"


@case
def iou_of_fractional_weights():
    metric = keras.metrics.MeanIoU(num_classes=2)
    metric.update_state([1, 1, 0], [1, 0, 1], sample_weight=[1.9, 0.9, 2.0])
    return round(float(metric.result()), 4)


@case
def normalization_axis_config():
    return L.Normalization(axis=-1).get_config()["axis"]


@case
def random_crop_in_inference():
    return list(L.RandomCrop(2, 2)(np.zeros((1, 4, 4, 1), np.float32), training=False).shape)


@case
def row_weights_of_sequences():
    prediction = np.array([[[1.0], [2.0]], [[3.0], [4.0]]], np.float32)
    loss = keras.losses.MeanSquaredError()
    return float(loss(np.zeros_like(prediction), prediction, sample_weight=np.array([1.0, 10.0])))


@case
def targets_in_a_list_for_a_record():
    x = keras.Input([1])
    outputs = {"sub": L.Rescaling(0.0, 0.0)(x), "add": L.Rescaling(0.0, 1.0)(x)}
    model = keras.Model(x, outputs)
    model.compile(loss="mse")
    targets = [np.zeros([1, 1]), np.ones([1, 1])]
    logs = model.evaluate(np.ones([1, 1]), targets, verbose=0, return_dict=True)
    return {name: logs[f"{name}_loss"] for name in ("sub", "add")}


write("differences", cases, versions())
