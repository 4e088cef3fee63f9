"""PyTorch's side of the benches: python bench/peers/torch_bench.py [--channels-last] WORKLOAD… [--quick]

Prints a line of JSON for each workload. Written as PyTorch's users write it; fit is a loop over shuffled rows, without
the cost of a DataLoader. Needs torch; bench/run.mjs starts it.
"""

import sys
import time

import common  # first: it sets the number of threads
import torch
from torch import nn

torch.set_num_threads(common.THREADS)
torch.manual_seed(1)

CHANNELS_LAST = "--channels-last" in sys.argv
if CHANNELS_LAST:
    sys.argv.remove("--channels-last")


def batch_normalization(kind, size):
    return kind(size, eps=1e-3, momentum=0.01)


def article():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU()),
        *(batch_normalization(nn.BatchNorm2d, 32), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4608, 10)),
    )


def dense():
    layers = []
    for size in (784, 100, 100):
        layers += [nn.Linear(size, 100), batch_normalization(nn.BatchNorm1d, 100), nn.Sigmoid()]
    return nn.Sequential(*layers, nn.Linear(100, 10))


class Block(nn.Module):
    """A basic block of ResNet; where the shape changes, the shortcut is a 1x1 convolution."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.convolved = nn.Sequential(
            *(nn.Conv2d(channels, filters, 3, stride, 1), batch_normalization(nn.BatchNorm2d, filters), nn.ReLU()),
            *(nn.Conv2d(filters, filters, 3, 1, 1), batch_normalization(nn.BatchNorm2d, filters)),
        )
        self.shortcut = nn.Conv2d(channels, filters, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.convolved(x))


def resnet20():
    blocks, channels = [], 16
    for filters in (16, 32, 64):
        for _ in range(3):
            blocks.append(Block(channels, filters, 1 if channels == filters else 2))
            channels = filters
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 3, 1, 1), batch_normalization(nn.BatchNorm2d, 16), nn.ReLU()),
        *(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
    )


def resnet20_optimizer(model):
    """L2(1e-4) of the kernels of convolutions, as its gradient, 2e-4 times the kernel."""
    kernels = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    chosen = {id(kernel) for kernel in kernels}
    others = [parameter for parameter in model.parameters() if id(parameter) not in chosen]
    groups = [{"params": kernels, "weight_decay": 2e-4}, {"params": others}]
    return torch.optim.Adam(groups, lr=1e-3, eps=1e-7)


def in_layout(value):
    return value.to(memory_format=torch.channels_last) if CHANNELS_LAST else value


def prepare(workload):
    if workload["network"] == "batch-normalization":
        return prepare_gradient(workload["shape"])
    batch, rows = workload["batch"], workload["batch"] * workload.get("steps", 1)
    if workload["network"] == "article":
        model, x = in_layout(article()), in_layout(torch.rand(rows, 1, 28, 28))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    elif workload["network"] == "resnet20":
        model, x = in_layout(resnet20()), in_layout(torch.rand(rows, 3, 32, 32))
        optimizer = resnet20_optimizer(model)
    else:
        model, x = dense(), torch.rand(rows, 784)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    y = torch.arange(rows) % 10

    def step(x, y):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
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
            torch.softmax(model(x), -1)

    if workload["call"] == "step":
        return lambda: step(x, y)
    if workload["call"] == "fit":
        return fit
    model.eval()
    return call


def prepare_gradient(shape):
    rows, height, width, channels = shape
    layer = batch_normalization(nn.BatchNorm2d, channels)
    x, dy = (in_layout(torch.rand(rows, channels, height, width) * 2 - 1) for _ in range(2))
    x.requires_grad_()
    leaves = [x, layer.weight, layer.bias]

    def call():
        torch.autograd.grad(layer(x), leaves, dy)

    return call


common.run(prepare, {"torch": torch.__version__})
