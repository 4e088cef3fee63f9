/**
 * The costs from which the compiler chooses layouts: npm run bench:layouts prints the table of
 * src/compiler/lowering/blocked/costs.ts, measured on this machine. Run it with nothing else running.
 */
import { lcg } from './lcg.ts';
import { type Images, imagesOf, toBlocks } from '../src/compiler/lowering/emit/blocked-values.ts';
import { BLOCKED, Builder } from '../src/compiler/lowering/emit/builder.ts';
import { modelOf } from '../src/compiler/lowering/emit/model.ts';
import { emitSum } from '../src/compiler/lowering/emit/sums.ts';
import { findTarget } from '../src/compiler/lowering/emit/target.ts';
import { eliminateDeadCode } from '../src/compiler/lowering/dead-code-elimination.ts';
import { emitAffine } from '../src/compiler/lowering/blocked/affine.ts';
import { emitDot, emitTotal } from '../src/compiler/lowering/blocked/totals.ts';
import { encodeModel } from '../src/compiler/onnx/encode.ts';
import { DataType, type OnnxModel } from '../src/compiler/onnx/index.ts';
import { type Session, loadRuntime, setThreads } from '../src/compiler/runtime/index.ts';
import { Tensor } from '../src/core/tensor.ts';

const [BATCH, CHANNELS, HEIGHT, WIDTH] = [128, 32, 24, 24];
/** Copies of a form in one model, so that reading the inputs counts little. */
const COPIES = 6;
const ROUNDS = 25;

setThreads(2);
const runtime = await loadRuntime();
const target = { ...(await findTarget(runtime)), hasConstantWeights: false };
const block = target.blockedChannels;
if (block === 0) throw new Error('this engine has no blocked operators.');

const first = imagesOf([BATCH, CHANNELS, HEIGHT, WIDTH], 1);
const last = imagesOf([BATCH, HEIGHT, WIDTH, CHANNELS], 3);

/** Emits a form of x and z, which have one shape, and v, which has one number per channel. */
type Form = (builder: Builder, x: string, z: string, v: string) => string;

const sumOf = (builder: Builder, x: string, images: Images): string =>
  emitSum({ builder, target }, 'ReduceSum', x, images.shape, spatial(images), [CHANNELS]);
const perChannel =
  (images: Images) =>
  (builder: Builder, v: string): string =>
    images.channelAxis === 1 ? builder.reshape(v, [1, CHANNELS, 1, 1]) : builder.reshape(v, [1, 1, 1, CHANNELS]);
const spatial = (images: Images): readonly number[] => (images.channelAxis === 1 ? [0, 2, 3] : [0, 1, 2]);
const pooling = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] };
const total = (mean: boolean) => ({ images: first, overBatch: true, mean, shape: [1, CHANNELS, 1, 1] });

/** The plain form of each kind of work, for images whose channels are on either axis. */
const plain = (images: Images): Record<string, Form> => ({
  transpose: (b, x) =>
    b.emit('Transpose', [x], { attributes: { perm: images.channelAxis === 1 ? [0, 2, 3, 1] : [0, 3, 1, 2] } }),
  unary: (b, x) => b.emit('Neg', [x]),
  binary: (b, x, z) => b.emit('Mul', [x, z]),
  perChannel: (b, x, _, v) => b.emit('Mul', [x, perChannel(images)(b, v)]),
  sum: (b, x) => sumOf(b, x, images),
  moments: (b, x) => b.emit('Add', [sumOf(b, x, images), sumOf(b, b.emit('Mul', [x, x]), images)]),
  normalize: (b, x, _, v) =>
    images.channelAxis === 1
      ? b.emit('BatchNormalization', [x, v, v, v, v], { attributes: { epsilon: { float: 1 } } })
      : b.emit('Add', [b.emit('Mul', [x, perChannel(images)(b, v)]), perChannel(images)(b, v)]),
});

const blocked: Record<string, Form> = {
  transpose: (_, x) => x,
  unary: (b, x) => b.emit('Neg', [x]),
  binary: (b, x, z) => b.emit('Mul', [x, z]),
  perChannel: (b, x, _, v) => toBlocks(b, emitAffine(b, x, first, { scale: v })),
  sum: (b, x) => emitTotal({ builder: b, target }, x, total(false)),
  moments: (b, x) => {
    const context = { builder: b, target };
    return b.emit('Add', [emitTotal(context, x, total(true)), emitDot(context, x, x, total(true))]);
  },
  normalize: (b, x, _, v) => toBlocks(b, emitAffine(b, x, first, { scale: v, offset: v })),
  pool: (b, x) => b.emit('MaxPool', [x], { attributes: pooling, domain: BLOCKED }),
};

const forms: readonly (readonly [name: string, form: Form, images: Images])[] = [
  ...[first, last].flatMap((images) =>
    Object.entries(plain(images)).map(
      ([name, form]) => [`${name}, channels ${images === first ? 'first' : 'last'}`, form, images] as const,
    ),
  ),
  ['pool, channels first', (b, x) => b.emit('MaxPool', [x], { attributes: pooling }), first],
  ...Object.entries(blocked).map(([name, form]) => [`${name}, blocked`, form, first] as const),
  ['into blocks, channels first', (b, x) => b.emit('ReorderInput', [x], { domain: BLOCKED }), first],
  [
    'into blocks, channels last',
    (b, x) => b.emit('ReorderInput', [x], { attributes: { channels_last: 1 }, domain: BLOCKED }),
    last,
  ],
  [
    'out of blocks, channels first',
    (b, x) => b.emit('ReorderOutput', [x], { attributes: { channels: CHANNELS }, domain: BLOCKED }),
    first,
  ],
  [
    'out of blocks, channels last',
    (b, x) => b.emit('ReorderOutput', [x], { attributes: { channels: CHANNELS, channels_last: 1 }, domain: BLOCKED }),
    first,
  ],
];

function modelWith(form: Form | null, images: Images): OnnxModel {
  const b = new Builder();
  const [x, z] = ['x', 'z'].map((name) => b.emit('Add', [name, b.scalar(1, 'float32')]));
  // The blocked forms read x and z as if they were in blocks.
  for (const name of [x ?? '', z ?? '']) b.blocked.set(name, name);
  const ends = Array.from({ length: COPIES }, (_, i) => {
    const y = form === null ? (x ?? '') : form(b, x ?? '', z ?? '', 'v');
    // One element of each result, so that none is dead code.
    return b.emit('Slice', [b.reshape(y, [-1]), b.integers([i]), b.integers([i + 1]), b.integers([0])]);
  });
  const y = b.emit('Concat', ends, { attributes: { axis: 0 } });
  const input = (name: string, dims: readonly number[]) => ({ name, dataType: DataType.FLOAT, dims });
  return modelOf({
    name: 'form',
    nodes: eliminateDeadCode(b.nodes, [y]),
    initializers: b.initializers,
    inputs: [input('x', images.shape), input('z', images.shape), input('v', [CHANNELS])],
    outputs: [input(y, [COPIES])],
  });
}

const size = BATCH * CHANNELS * HEIGHT * WIDTH;
const feedsOf = ({ shape }: Images): Record<string, Tensor> => ({
  x: new Tensor(lcg(size, 1), shape),
  z: new Tensor(lcg(size, 2), shape),
  v: new Tensor(lcg(CHANNELS, 3), [CHANNELS]),
});

const feeds = new Map([first, last].map((images) => [images, feedsOf(images)]));
const runs: { name: string; session: Session; images: Images; times: number[] }[] = [];
for (const [name, form, images] of [['nothing', null, first] as const, ...forms]) {
  const session = await runtime.createSession(encodeModel(modelWith(form, images)), { optimize: 'disabled' });
  runs.push({ name, session, images, times: [] });
}
// The forms take turns, so that a change in the machine's speed strikes all of them.
for (let round = 0; round < ROUNDS; round++) {
  for (const { session, images, times } of runs) {
    const start = performance.now();
    await session.run(feeds.get(images) ?? {});
    times.push(performance.now() - start);
  }
}
const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN;
const [nothing, ...measured] = runs.map(({ name, times }) => ({ name, time: median(times) }));
console.log(`Milliseconds per million elements, two threads, blocks of ${block} channels:`);
for (const { name, time } of measured) {
  const cost = (time - (nothing?.time ?? 0)) / COPIES / (size / 2 ** 20);
  console.log(`${cost.toFixed(3).padStart(8)}  ${name}`);
}
