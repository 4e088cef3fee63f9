/**
 * node bench/startup.mjs: the time from the start of the process to the end of the first training step, in parts, as a line
 * of JSON. Plain Node runs it: tsx would make importing slower. The parts of the first step are measured from outside, by
 * wrapping the functions that load ONNX Runtime's library, create a session and run it.
 */
import { createRequire } from 'node:module';
import { evenkeelVersions } from './versions.mjs';
import { findWorkload } from './workloads.mjs';

/** Milliseconds since this process was asked for, which bench/implementations.mjs says. */
const spawned = Number(process.env.EVENKEEL_BENCH_SPAWNED ?? performance.timeOrigin);
const now = () => performance.timeOrigin + performance.now() - spawned;

/** Milliseconds in the wrapped functions, without those in others that they call. */
const spent = { engine: 0, session: 0, run: 0 };
const open = [];

function leave(part, since) {
  const duration = now() - since;
  spent[part] += duration - open.pop();
  if (open.length > 0) open[open.length - 1] += duration;
}

function wrap(owner, method, part) {
  const original = owner[method];
  owner[method] = function (...args) {
    const since = now();
    open.push(0);
    const result = original.apply(this, args);
    if (!(result instanceof Promise)) leave(part, since);
    return result instanceof Promise ? result.finally(() => leave(part, since)) : result;
  };
}

const { batch, row } = findWorkload('startup', false);
const started = now();
const { setThreads, tensor } = await import('evenkeel');
await import('evenkeel/layers');
const imported = now();

setThreads(2);
const { article } = await import('./article.mjs');
const model = article();
model.build([null, ...row]);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
const values = Float32Array.from({ length: batch * row.reduce((size, n) => size * n) }, (_, i) => (i % 251) / 251);
const x = tensor(values, [batch, ...row]);
const y = tensor(Int32Array.from({ length: batch }, (_, i) => i % 10));
const built = now();

wrap(process, 'dlopen', 'engine');
const engine = createRequire(import.meta.url).resolve('onnxruntime-node');
const { InferenceSession } = createRequire(engine)('onnxruntime-common');
wrap(InferenceSession, 'create', 'session');
wrap(InferenceSession.prototype, 'run', 'run');
const { loss } = await model.trainOnBatch(x, y);
const total = now();

const traced = total - built - spent.engine - spent.session - spent.run;
const parts = { process: started, import: imported - started, model: built - imported, graph: traced, ...spent, total };
console.log(JSON.stringify({ workload: 'startup', parts, loss, versions: evenkeelVersions() }));
