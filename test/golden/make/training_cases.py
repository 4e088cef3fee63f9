"""Five training steps of a model from seeded weights: for the scripts whose data holds the losses and the trained weights."""

from common import array, lcg

cases = []


def case(name, model, x, y, optimizer, loss):
    model.set_weights([lcg(w.shape, 200 + k, -0.3, 0.3) for k, w in enumerate(model.get_weights())])
    shapes = [list(w.shape) for w in model.get_weights()]
    model.compile(optimizer=optimizer, loss=loss)
    losses = [float(model.train_on_batch(x, y)) for _ in range(5)]
    cases.append({
        "name": name,
        "model": model.to_json(),
        "optimizer": optimizer,
        "loss": loss,
        "inputs": array(x),
        "targets": array(y),
        "weights": shapes,
        "losses": losses,
        "trained": [array(w) for w in model.get_weights()],
    })
