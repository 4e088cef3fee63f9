"""The networks and layers of the benches in PyTorch; bench/models.mjs and the files that it imports are the same.

Their last layer gives logits. Strided depthwise convolutions are padded on both sides, as torchvision has them.
"""

import torch
from torch import nn


def batch_normalization(kind, size):
    return kind(size, eps=1e-3, momentum=0.01)


def convolved(channels, filters, kernel_size, stride=1, padding=0, groups=1, bias=True, activation=None):
    """A convolution with batch normalization, as a list."""
    conv = nn.Conv2d(channels, filters, kernel_size, stride, padding, groups=groups, bias=bias)
    return [conv, batch_normalization(nn.BatchNorm2d, filters), *([] if activation is None else [activation()])]


def article(workload):
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU()),
        *(batch_normalization(nn.BatchNorm2d, 32), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4608, 10)),
    )


def dense(workload):
    layers = []
    for size in (784, 100, 100):
        layers += [nn.Linear(size, 100), batch_normalization(nn.BatchNorm1d, 100), nn.Sigmoid()]
    return nn.Sequential(*layers, nn.Linear(100, 10))


def sequence(workload):
    def block(channels, filters, kernel_size):
        conv = nn.Conv1d(channels, filters, kernel_size, padding=kernel_size // 2)
        return [conv, batch_normalization(nn.BatchNorm1d, filters), nn.ReLU()]

    channels = workload["row"][-1]
    features = [*block(channels, 32, 7), nn.MaxPool1d(2), *block(32, 64, 5), nn.MaxPool1d(2), *block(64, 128, 3)]
    return nn.Sequential(*features, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(128, 10))


class LSTM(nn.Module):
    """Rows have the channels first, as all rows here; the steps are last."""

    def __init__(self, channels):
        super().__init__()
        self.lstm, self.classify = nn.LSTM(channels, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.classify(self.lstm(x.transpose(1, 2))[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.block = nn.TransformerEncoderLayer(units, 8, 4 * units, dropout=0, layer_norm_eps=1e-3, batch_first=True)
        self.classify = nn.Linear(units, 10)

    def forward(self, x):
        return self.classify(self.block(x.transpose(1, 2)).mean(1))


class BasicBlock(nn.Module):
    """A basic block of ResNet; where the shape changes, the shortcut is a 1x1 convolution."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.convolved = nn.Sequential(
            *convolved(channels, filters, 3, stride, 1, activation=nn.ReLU), *convolved(filters, filters, 3, 1, 1)
        )
        self.shortcut = nn.Conv2d(channels, filters, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.convolved(x))


def resnet20(workload):
    blocks, channels = [], 16
    for filters in (16, 32, 64):
        for _ in range(3):
            blocks.append(BasicBlock(channels, filters, 1 if channels == filters else 2))
            channels = filters
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(*convolved(3, 16, 3, 1, 1, activation=nn.ReLU), *blocks, *head)


def resnet20_parameters(model):
    """L2(1e-4) of the kernels of convolutions, as its gradient, 2e-4 times the kernel."""
    kernels = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    chosen = {id(kernel) for kernel in kernels}
    others = [parameter for parameter in model.parameters() if id(parameter) not in chosen]
    return [{"params": kernels, "weight_decay": 2e-4}, {"params": others}]


class Bottleneck(nn.Module):
    """A bottleneck block of ResNet; its first convolution has the stride, as in keras.applications."""

    def __init__(self, channels, filters, stride, widens):
        super().__init__()
        self.convolved = nn.Sequential(
            *convolved(channels, filters, 1, stride, activation=nn.ReLU),
            *convolved(filters, filters, 3, 1, 1, activation=nn.ReLU),
            *convolved(filters, 4 * filters, 1),
        )
        self.shortcut = nn.Sequential(*convolved(channels, 4 * filters, 1, stride)) if widens else nn.Identity()

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.convolved(x))


def resnet50(workload):
    blocks, channels = [], 64
    for stage, count in enumerate((3, 4, 6, 3)):
        filters = 64 * 2**stage
        for i in range(count):
            blocks.append(Bottleneck(channels, filters, 2 if i == 0 and stage > 0 else 1, i == 0))
            channels = 4 * filters
    first = [*convolved(3, 64, 7, 2, 3, activation=nn.ReLU), nn.MaxPool2d(3, 2, 1)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, workload["classes"])]
    return nn.Sequential(*first, *blocks, *head)


class InvertedResidual(nn.Module):
    """A block of MobileNetV2."""

    def __init__(self, channels, filters, stride, expansion):
        super().__init__()
        wide = channels * expansion
        widened = [] if expansion == 1 else convolved(channels, wide, 1, bias=False, activation=nn.ReLU6)
        self.convolved = nn.Sequential(
            *widened,
            *convolved(wide, wide, 3, stride, 1, groups=wide, bias=False, activation=nn.ReLU6),
            *convolved(wide, filters, 1, bias=False),
        )
        self.is_added = stride == 1 and channels == filters

    def forward(self, x):
        return x + self.convolved(x) if self.is_added else self.convolved(x)


def mobilenetv2(workload):
    layers, channels = convolved(3, 32, 3, 2, 1, bias=False, activation=nn.ReLU6), 32
    stacks = ((16, 1, 1, 1), (24, 2, 2, 6), (32, 3, 2, 6), (64, 4, 2, 6), (96, 3, 1, 6), (160, 3, 2, 6), (320, 1, 1, 6))
    for filters, count, stride, expansion in stacks:
        for i in range(count):
            layers.append(InvertedResidual(channels, filters, stride if i == 0 else 1, expansion))
            channels = filters
    layers += convolved(320, 1280, 1, bias=False, activation=nn.ReLU6)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, workload["classes"]))


class UNet(nn.Module):
    def __init__(self, channels):
        super().__init__()

        def block(channels, filters):
            first = convolved(channels, filters, 3, 1, 1, activation=nn.ReLU)
            return nn.Sequential(*first, *convolved(filters, filters, 3, 1, 1, activation=nn.ReLU))

        self.pool = nn.MaxPool2d(2)
        self.high, self.middle, self.low = block(channels, 32), block(32, 64), block(64, 128)
        self.raise_, self.up = nn.ConvTranspose2d(128, 64, 2, 2), block(128, 64)
        self.widen = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 32, 2, padding="same"))
        self.features, self.classify = block(64, 32), nn.Conv2d(32, 1, 1)

    def forward(self, x):
        high = self.high(x)
        middle = self.middle(self.pool(high))
        up = self.up(torch.cat([middle, self.raise_(self.low(self.pool(middle)))], 1))
        return self.classify(self.features(torch.cat([high, self.widen(up)], 1)))


NETWORKS = {
    "article": article,
    "dense": dense,
    "resnet20": resnet20,
    "resnet50": resnet50,
    "unet": lambda workload: UNet(workload["row"][-1]),
    "mobilenetv2": mobilenetv2,
    "sequence": sequence,
    "lstm": lambda workload: LSTM(workload["row"][-1]),
    "transformer": lambda workload: Transformer(workload["row"][-1]),
}

LAYERS = {
    "batch-normalization": lambda channels: batch_normalization(nn.BatchNorm2d, channels),
    "layer-normalization": lambda channels: nn.LayerNorm(channels, eps=1e-3),
    "rms-normalization": lambda channels: nn.RMSNorm(channels, eps=1e-6),
    "group-normalization": lambda channels: nn.GroupNorm(32, channels, eps=1e-3),
}


def make_model(workload):
    return NETWORKS[workload["network"]](workload)
