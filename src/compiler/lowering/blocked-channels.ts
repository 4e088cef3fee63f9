import { Tensor } from '../../core/tensor.ts';
import { DataType, type OnnxModel, decodeModel, encodeModel, onnxTensor } from '../onnx/index.ts';
import type { Runtime } from '../runtime/index.ts';

/** How many channels lie together in the layout of the engine's blocked operators; 0 where it has none. */
export type BlockedChannels = 0 | 8 | 16;

/** The part of a runtime that tells. */
type Optimizer = Pick<Runtime, 'optimizedModel'>;

const found = new WeakMap<Optimizer, Promise<BlockedChannels>>();

/**
 * Whether this engine on this machine has the operators of `com.microsoft.nchwc`, and with which block.
 *
 * The block is that of the processor's vectors, and a model that assumes a wrong one reads beyond its buffers. So
 * nothing is tried: the engine optimizes a convolution of constant weights, and shows in which layout it would run it.
 */
export function findBlockedChannels(engine: Optimizer): Promise<BlockedChannels> {
  const known = found.get(engine) ?? ask(engine);
  found.set(engine, known);
  return known;
}

async function ask(engine: Optimizer): Promise<BlockedChannels> {
  try {
    const optimized = await engine.optimizedModel(encodeModel(probe()));
    return optimized === null ? 0 : readBlock(decodeModel(optimized));
  } catch {
    // The plain operators run everywhere, also where the engine has no folder to write to.
    return 0;
  }
}

/** 24 channels of output: three blocks of 8, or two of 16, the last being filled up with zeros. */
const CHANNELS = 24;

function probe(): OnnxModel {
  const weights = new Tensor(new Float32Array(CHANNELS * 16).fill(1), [CHANNELS, 16, 1, 1]);
  return {
    irVersion: 10,
    opsetImports: [{ domain: '', version: 21 }],
    producerName: 'evenkeel',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'probe',
      nodes: [{ name: 'conv', opType: 'Conv', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }],
      initializers: [onnxTensor('w', weights)],
      inputs: [{ name: 'x', dataType: DataType.FLOAT, dims: [1, 16, 1, 1] }],
      outputs: [{ name: 'y', dataType: DataType.FLOAT, dims: [1, CHANNELS, 1, 1] }],
    },
  };
}

function readBlock({ graph }: OnnxModel): BlockedChannels {
  const conv = graph.nodes.find((node) => node.domain === 'com.microsoft.nchwc' && node.opType === 'Conv');
  const weights = graph.initializers.find((initializer) => initializer.name === conv?.inputs[1]);
  const padded = weights?.dims[0];
  if (padded === CHANNELS) return 8;
  return padded === 32 ? 16 : 0;
}
