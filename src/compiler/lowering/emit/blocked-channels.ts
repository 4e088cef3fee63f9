import { Tensor } from '../../../core/tensor.ts';
import { DataType, type OnnxModel, onnxTensor } from '../../onnx/index.ts';
import type { Runtime } from '../../runtime/index.ts';
import { BLOCKED } from './builder.ts';
import { modelOf } from './model.ts';

/** The block size of the layout of the engine's blocked operators; 0 if it has none. */
export type BlockedChannels = 0 | 8 | 16;

/** The part of a runtime that reveals its layouts. */
type Optimizer = Pick<Runtime, 'optimizedModel'>;

/** The block size of each engine, determined once. */
const blocks = new WeakMap<Optimizer, Promise<BlockedChannels>>();

/**
 * The block size of the operators of `com.microsoft.nchwc` in this engine on this machine; 0 if it does not have them.
 *
 * The block size is that of the processor's vectors, and a model that assumes a wrong one reads beyond its buffers. So
 * nothing is tried out: the engine optimizes a convolution with constant weights, which shows the layout it would use.
 */
export function findBlockedChannels(engine: Optimizer): Promise<BlockedChannels> {
  const known = blocks.get(engine) ?? probe(engine);
  blocks.set(engine, known);
  return known;
}

async function probe(engine: Optimizer): Promise<BlockedChannels> {
  try {
    const { decodeModel, encodeModel } = await import('../../onnx/codec.ts');
    const optimized = await engine.optimizedModel(encodeModel(probeModel()));
    return optimized === null ? 0 : readBlock(decodeModel(optimized));
  } catch {
    // The plain operators run everywhere, including where the engine has no folder to write to.
    return 0;
  }
}

/** 24 output channels: three blocks of 8, or two of 16 of which the last is padded with zeros. */
const CHANNELS = 24;

function probeModel(): OnnxModel {
  const weights = new Tensor(new Float32Array(CHANNELS * 16).fill(1), [CHANNELS, 16, 1, 1]);
  return modelOf({
    name: 'probe',
    nodes: [{ name: 'conv', opType: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }],
    initializers: [onnxTensor('w', weights)],
    inputs: [{ name: 'x', dataType: DataType.FLOAT, dims: [1, 16, 1, 1] }],
    outputs: [{ name: 'y', dataType: DataType.FLOAT, dims: [1, CHANNELS, 1, 1] }],
  });
}

function readBlock({ graph }: OnnxModel): BlockedChannels {
  const conv = graph.nodes.find((node) => node.domain === BLOCKED && node.opType === 'Conv');
  const weights = graph.initializers.find((initializer) => initializer.name === conv?.inputs[1]);
  const padded = weights?.dims[0];
  if (padded === CHANNELS) return 8;
  return padded === 32 ? 16 : 0;
}
