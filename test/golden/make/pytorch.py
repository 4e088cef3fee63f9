"""Networks of PyTorch, as their state and what they predict: test/golden/pytorch/ and test/golden/pytorch.json.

Run from the repository root, in an environment with torch and safetensors:

    python test/golden/make/pytorch.py

Each case has the name of its file and lists of "inputs" and "outputs", with the channels of maps last, as Keras has them.
Networks are in eval mode; their parameters and running statistics are drawn at random.
"""

import safetensors
import torch
from common import GOLDEN, array, lcg, np, write
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

FILES = GOLDEN / "pytorch"
FILES.mkdir(exist_ok=True)
cases = []


def last(x):
    """Channels last, for maps."""
    return x if x.ndim < 3 else np.moveaxis(x, 1, -1)


def case(name, network, shapes, integers=None, maps=True, warm_up=0):
    for i, (key, parameter) in enumerate(sorted(network.state_dict().items())):
        if not parameter.dtype.is_floating_point:
            continue
        low = 0.5 if "running_var" in key or key.endswith("original0") or key.endswith("_g") else -0.6
        if key.endswith(("_u", "_v")) and "running" not in key and "weight_v" not in key:
            continue
        parameter.copy_(torch.from_numpy(lcg(tuple(parameter.shape), 100 + i, low, low + 1.2)))
    for _ in range(warm_up):
        network.train()
        network(torch.from_numpy(lcg(shapes[0], 3)))
    network.eval()
    inputs = []
    for i, shape in enumerate(shapes):
        x = lcg(shape, 7 + i)
        if integers is not None:
            x = np.floor((x + 1) / 2 * integers).astype("int32")
        inputs.append(x)
    with torch.no_grad():
        outputs = network(*[torch.from_numpy(x) for x in inputs])
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, str(FILES / f"{name}.safetensors"))
    move = last if maps else (lambda x: x)
    cases.append({
        "name": name,
        "inputs": [array(np.ascontiguousarray(move(x) if integers is None else x)) for x in inputs],
        "outputs": [array(np.ascontiguousarray(move(y.numpy()))) for y in outputs],
    })


class ConvNet(nn.Module):
    """Numbered layers, a flattened map, and a vector that is normalized on its way."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, groups=2)
        self.bn2 = nn.BatchNorm2d(6, affine=False)
        self.norm = nn.BatchNorm1d(6 * 2 * 3)
        self.fc1 = nn.Linear(6 * 2 * 3, 8)
        self.fc2 = nn.Linear(8, 5, bias=False)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.max_pool2d(x, 2)
        x = torch.relu(self.bn2(self.conv2(x)))
        x = self.norm(torch.flatten(x, 1))
        return self.fc2(torch.relu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(4, 4), Block(4, 4))
        self.layer2 = nn.Sequential(Block(4, 6), Block(6, 6))
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer2(self.layer1(x))
        return self.fc(x.mean((2, 3)))


class Separable(nn.Module):
    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(3, 6, 3, groups=3)
        self.prelu = nn.PReLU(6)
        self.sep = nn.Sequential(nn.Conv2d(6, 6, 3, groups=6, bias=False), nn.Conv2d(6, 4, 1))

    def forward(self, x):
        return self.sep(self.prelu(self.depthwise(x)))


class Generator(nn.Module):
    """A vector that becomes a map, and grows."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 5 * 2 * 3)
        self.norm = nn.BatchNorm1d(5 * 2 * 3)
        self.up1 = nn.ConvTranspose2d(5, 4, 3, stride=2)
        self.up2 = nn.ConvTranspose2d(4, 4, (2, 3))

    def forward(self, x):
        x = self.norm(self.fc(x)).view(-1, 5, 2, 3)
        return self.up2(torch.relu(self.up1(x)))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 6, 3)
        self.group = nn.GroupNorm(2, 6)
        self.instance = nn.InstanceNorm1d(6, affine=True)
        self.layer = nn.LayerNorm([6, 5])

    def forward(self, x):
        return self.layer(self.instance(self.group(self.conv(x))))


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.norm = nn.LayerNorm(4)
        self.rms = nn.RMSNorm(4, eps=1e-6)
        self.head = nn.Linear(4 * 5, 3)

    def forward(self, x):
        return self.head(torch.flatten(self.rms(self.norm(self.embedding(x))), 1))


class Volumes(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(2, 3, 2)
        self.up = nn.ConvTranspose3d(3, 2, 2)
        self.act = nn.PReLU()

    def forward(self, x):
        return self.act(self.up(self.conv(x)))


def parametrized(old):
    w = (lambda m: weight_norm(m)) if old else parametrizations.weight_norm
    s = spectral_norm if old else parametrizations.spectral_norm
    return nn.Sequential(
        w(nn.Conv2d(2, 3, 3)), w(nn.ConvTranspose2d(3, 2, 2)), s(nn.Conv2d(2, 4, 2)), s(nn.ConvTranspose2d(4, 3, 2)),
        nn.Flatten(), w(nn.Linear(3 * 4 * 4, 5)), s(nn.Linear(5, 2)))


torch.manual_seed(1)
torch.set_grad_enabled(False)
case("conv-net", ConvNet(), [(2, 3, 8, 10)])
case("res-net", ResNet(), [(2, 3, 5, 4)])
case("separable", Separable(), [(2, 3, 7, 6)])
case("generator", Generator(), [(2, 4)])
case("norms", Norms(), [(2, 2, 7)])
case("tokens", Tokens(), [(2, 5)], integers=9, maps=False)
case("volumes", Volumes(), [(1, 2, 3, 4, 3)])
case("parametrized", parametrized(False), [(2, 2, 5, 5)], warm_up=5)
case("parametrized-old", parametrized(True), [(2, 2, 5, 5)], warm_up=5)
write("pytorch", cases,
      versions={"torch": torch.__version__, "safetensors": safetensors.__version__, "numpy": np.__version__})
