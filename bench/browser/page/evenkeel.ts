/** evenkeel's page: ?engine=wasm&threads=2. The runner calls `bench`, which this puts into the global scope. */
import { setEngine, setThreads, tensor } from 'evenkeel';
import { lcg } from '../../lcg.ts';
import { makeModel } from '../../models.mjs';
import type { Workload } from '../../workloads.mjs';
import { type PageBench, timeCalls } from './timing.ts';

const query = new URLSearchParams(location.search);

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

const bench: PageBench = async (workload: Workload) => {
  if (query.get('engine') === 'webgpu') setEngine('webgpu');
  else setThreads(Number(query.get('threads') ?? 1));
  const { batch, row } = workload;
  const model = makeModel(workload);
  const x = tensor(lcg(sizeOf([batch, ...row]), 1, 0, 1), [batch, ...row]);
  const y = tensor(
    Int32Array.from({ length: batch }, (_, i) => i % 10),
    [batch],
  );
  const call =
    workload.call === 'step'
      ? async () => (await model.trainOnBatch(x, y))['loss'] ?? null
      : async () => {
          await model.predictOnBatch(x);
          return null;
        };
  return timeCalls(workload, call);
};

Object.assign(globalThis, { bench });
