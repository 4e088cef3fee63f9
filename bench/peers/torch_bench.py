"""PyTorch's side of the benches: python bench/peers/torch_bench.py [--channels-last] WORKLOAD… [--quick]

Prints a line of JSON for each workload. Written as PyTorch's users write it; fit is a loop over shuffled rows, without
the cost of a DataLoader. Needs torch; bench/run.mjs starts it.
"""

import math
import sys
import time

import common  # first: it sets the number of threads
import torch
import torch_networks
from torch import nn

torch.set_num_threads(common.THREADS)
torch.manual_seed(1)

CHANNELS_LAST = "--channels-last" in sys.argv
if CHANNELS_LAST:
    sys.argv.remove("--channels-last")


def in_layout(value):
    return value.to(memory_format=torch.channels_last) if CHANNELS_LAST and value.dim() == 4 else value


def make_optimizer(network, model):
    if network == "dense":
        return torch.optim.SGD(model.parameters(), lr=0.01)
    parameters = torch_networks.resnet20_parameters(model) if network == "resnet20" else model.parameters()
    return torch.optim.Adam(parameters, lr=1e-3, eps=1e-7)


def prepare(workload):
    if workload["call"] == "gradient":
        return prepare_gradient(workload)
    batch, rows = workload["batch"], workload["batch"] * workload.get("steps", 1)
    *sizes, channels = workload["row"]
    model = torch_networks.make_model(workload)
    if CHANNELS_LAST:
        model = model.to(memory_format=torch.channels_last)
    x = in_layout(torch.rand(rows, channels, *sizes))
    optimizer = make_optimizer(workload["network"], model)
    if workload["network"] == "unet":
        y = (torch.arange(rows * math.prod(sizes)) % 2).float().reshape(rows, 1, *sizes)
        criterion = nn.functional.binary_cross_entropy_with_logits
    else:
        y = torch.arange(rows) % 10
        criterion = nn.functional.cross_entropy

    def step(x, y):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def fit(epochs):
        seconds = []
        for _ in range(epochs):
            started = time.perf_counter()
            for chosen in torch.randperm(rows).split(batch):
                loss = step(in_layout(x[chosen]), y[chosen])
            seconds.append(time.perf_counter() - started)
        return seconds, loss

    def call():
        with torch.inference_mode():
            torch.softmax(model(x), 1)

    if workload["call"] == "step":
        return lambda: step(x, y)
    if workload["call"] == "fit":
        return fit
    model.eval()
    return call


def prepare_gradient(workload):
    shape, channels = workload["shape"], workload["shape"][-1]
    layer = torch_networks.LAYERS[workload["network"]](channels)
    # Layer and RMS normalization have the last axis as here, the others the channels in the second one.
    moved = shape if len(shape) == 3 else (shape[0], channels, *shape[1:-1])
    x, dy = (in_layout(torch.rand(*moved) * 2 - 1) for _ in range(2))
    x.requires_grad_()
    leaves = [x, *layer.parameters()]

    def call():
        torch.autograd.grad(layer(x), leaves, dy)

    return call


common.run(prepare, {"torch": torch.__version__})
