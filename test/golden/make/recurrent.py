"""Recurrent layers in float64: test/golden/recurrent.json.gz.

Run from the repository root, in an environment with keras==3.15.1 and tensorflow:

    python test/golden/make/recurrent.py

Fields of a case:
  name                    what is special about it
  layer                   Keras's JSON of the layer, float64
  inputShape, seed        the sequence is lcg(inputShape, seed)
  mask                    bool [batch, steps], or null
  states                  shapes of the initial states; state i is lcg(shape, seed + 1 + i); null for none
  weights                 names and shapes in the order of get_weights(); weight k is lcg(shape, 100 + k, -0.7, 0.7)
  calls                   the number of calls in sequence, for stateful layers
  outputs                 the outputs of the last call: the output and the states
  inputGradient, weightGradients, stateGradients
                          of the sum of lcg(output shape, 7 + i) * output i over all outputs of the last call
  outputShape             compute_output_shape with unknown batch size and steps (null where Keras needs them), of the first output
"""

from common import array, lcg, np, versions, write
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
L = keras.layers
cases = []


def case(name, layer, shape, mask=None, states=None, calls=1, training=False):
    seed = 11
    x = tf.constant(lcg(shape, seed).astype(np.float64))
    given = None if states is None else [tf.constant(lcg(s, seed + 1 + i).astype(np.float64)) for i, s in enumerate(states)]
    if isinstance(layer, L.TimeDistributed):
        layer.build(shape)
    else:
        layer.build(shape)
    layer.set_weights([lcg(w.shape, 100 + k, -0.7, 0.7) for k, w in enumerate(layer.weights)])
    m = None if mask is None else tf.constant(mask)
    for i in range(calls):
        with tf.GradientTape() as tape:
            tape.watch([x] + (given or []))
            kwargs = {} if given is None else {"initial_state": given}
            ys = layer(x, mask=m, training=training, **kwargs)
            ys = list(tf.nest.flatten(ys))
            total = sum(tf.reduce_sum(y * lcg(tuple(y.shape), 7 + k).astype(np.float64)) for k, y in enumerate(ys))
    sources = [x] + (given or []) + [w.value for w in layer.trainable_weights]
    grads = tape.gradient(total, sources)
    grads = [np.zeros(s.shape) if g is None else tf.convert_to_tensor(g).numpy() for g, s in zip(grads, sources)]
    n = len(given or [])
    serialized = keras.saving.serialize_keras_object(layer)
    cases.append({
        "name": name,
        "layer": serialized,
        "inputShape": list(shape),
        "seed": seed,
        "mask": None if mask is None else array(np.array(mask)),
        "states": None if states is None else [list(s) for s in states],
        "weights": [[w.name, list(w.shape)] for w in layer.weights],
        "calls": calls,
        "training": training,
        "outputs": [array(y.numpy()) for y in ys],
        "inputGradient": array(grads[0]),
        "stateGradients": [array(g) for g in grads[1:1 + n]],
        "weightGradients": [array(g) for g in grads[1 + n:]],
    })


SHAPE = (2, 4, 3)
MASK = [[True, True, False, True], [False, True, True, False]]
KINDS = {
    "SimpleRNN": (lambda **k: L.SimpleRNN(2, **k), 1),
    "LSTM": (lambda **k: L.LSTM(2, **k), 2),
    "GRU": (lambda **k: L.GRU(2, **k), 1),
    "GRU that resets before": (lambda **k: L.GRU(2, reset_after=False, **k), 1),
}
for kind, (make, count) in KINDS.items():
    states = [(2, 2)] * count
    for sequences in (False, True):
        for backwards in (False, True):
            for mask in (None, MASK):
                flags = dict(return_sequences=sequences, go_backwards=backwards)
                label = f"{kind} {'all steps' if sequences else 'last step'}{' backwards' if backwards else ''}{' masked' if mask else ''}"
                case(label, make(**flags), SHAPE, mask)
                if mask and backwards:
                    case(label + " with zeros", make(**flags, zero_output_for_mask=True), SHAPE, mask)
                if backwards:
                    case(label + " with states", make(**flags, return_state=True), SHAPE, mask, states)
        case(f"{kind} unrolled, all steps {sequences}", make(return_sequences=sequences, unroll=True, go_backwards=True), SHAPE, MASK)
    case(f"{kind} without bias", make(use_bias=False, activation="relu"), SHAPE)
    case(f"{kind} of a stateful layer", make(stateful=True, return_state=True), SHAPE, calls=3)
for name in ("LSTM", "GRU"):
    case(f"{name} with other activations", getattr(L, name)(2, activation="softsign", recurrent_activation="hard_sigmoid"), SHAPE)
    case(f"{name} with implementation 1", getattr(L, name)(2, implementation=1), SHAPE)

cells = [L.LSTMCell(2), L.GRUCell(3), L.SimpleRNNCell(2)]
case("RNN of stacked cells", L.RNN(cells, return_sequences=True), SHAPE, MASK)
case("RNN of one cell", L.RNN(L.LSTMCell(2), return_state=True), SHAPE)

for mode in ("concat", "sum", "mul", "ave", None):
    for sequences in (False, True):
        case(f"Bidirectional {mode}, all steps {sequences}", L.Bidirectional(L.LSTM(2, return_sequences=sequences), merge_mode=mode), SHAPE, MASK if sequences else None)
case("Bidirectional with states", L.Bidirectional(L.GRU(2, return_state=True)), SHAPE, None, [(2, 2)] * 2)
case("Bidirectional of two layers", L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, activation="relu")), SHAPE)

case("TimeDistributed Dense", L.TimeDistributed(L.Dense(2)), SHAPE)
case("TimeDistributed Conv2D", L.TimeDistributed(L.Conv2D(2, 2)), (2, 3, 4, 4, 2))
case("TimeDistributed MaxPooling2D", L.TimeDistributed(L.MaxPooling2D()), (2, 3, 4, 4, 2))
case("TimeDistributed Flatten", L.TimeDistributed(L.Flatten()), (2, 3, 2, 2))
case("TimeDistributed LSTM masked", L.TimeDistributed(L.LSTM(2)), (2, 2, 3, 2), [[[True, True, False], [True, False, True]]] * 2)
case("TimeDistributed BatchNormalization in training", L.TimeDistributed(L.BatchNormalization(momentum=0.8)), (3, 2, 4), training=True)

VOLUMES = {1: (2, 3, 5, 2), 2: (2, 3, 4, 5, 2), 3: (1, 2, 3, 4, 3, 2)}
for rank, shape in VOLUMES.items():
    make = getattr(L, f"ConvLSTM{rank}D")
    case(f"ConvLSTM{rank}D", make(2, 3 if rank < 3 else 2, padding="same"), shape)
    case(f"ConvLSTM{rank}D of all steps", make(2, 2, return_sequences=True, return_state=True, go_backwards=True), shape, [[True] * (shape[1] - 1) + [False]] * shape[0])
case("ConvLSTM2D with strides", L.ConvLSTM2D(2, 2, strides=2, use_bias=False), VOLUMES[2])
case("ConvLSTM2D with dilation", L.ConvLSTM2D(2, 2, dilation_rate=2, unit_forget_bias=False), VOLUMES[2])

write("recurrent", cases, versions(), zipped=True)
