"""PyTorch's side of the bench of scaling: python bench/peers/torch_scaling.py NETWORK ROWS WARMUP SAMPLES PROCESSES

Each process has one core and one thread; DistributedDataParallel sums the gradients with Gloo. Statistics of batch normalization
are those of each process: SyncBatchNorm does not run on CPUs. Prints a line of JSON with the median time of a step.
"""

import json
import os
import statistics
import sys
import time

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel

import torch_networks

ROWS = {"article": (1, 28, 28), "resnet20": (3, 32, 32)}


def work(rank, network, rows, warmup, samples, processes):
    os.sched_setaffinity(0, {rank})
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = torch_networks.make_model({"network": network, "row": ROWS[network][1:] + ROWS[network][:1]})
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    if processes > 1:
        dist.init_process_group("gloo", init_method="tcp://127.0.0.1:29517", rank=rank, world_size=processes)
        model = DistributedDataParallel(model)
    x, y = torch.rand(rows, *ROWS[network]), torch.arange(rows) % 10

    def step():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(warmup):
        step()
    times = []
    for _ in range(samples):
        started = time.perf_counter()
        step()
        times.append((time.perf_counter() - started) * 1e3)
    if rank == 0:
        print(json.dumps({"time": statistics.median(times)}), flush=True)
    if processes > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    network, *numbers = sys.argv[1:]
    rows, warmup, samples, processes = map(int, numbers)
    arguments = (network, rows, warmup, samples, processes)
    if processes == 1:
        work(0, *arguments)
    else:
        mp.spawn(work, arguments, nprocs=processes)
