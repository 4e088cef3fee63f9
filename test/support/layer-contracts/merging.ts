import { GlorotUniform } from '../../../src/keras/initializers/index.ts';
import { CustomScaleLayer } from '../../../src/keras/layers/applications/custom-scale-layer.ts';
import * as layers from '../../../src/keras/layers/index.ts';
import type { Layer, LayerOptions } from '../../../src/keras/layers/index.ts';

/** A layer of several inputs. */
export interface MergingContract {
  readonly make: (options: LayerOptions) => Layer;
  /** With the batch. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
}

const three = [
  [2, 3, 4],
  [2, 3, 4],
  [2, 1, 4],
];

/** Query, value and key. */
const attended = [
  [2, 3, 4],
  [2, 5, 4],
  [2, 5, 4],
];

const seeded = new GlorotUniform({ seed: 3 });

/** Cases of layers of several inputs, by what they are. */
export const mergingContracts: Readonly<Record<string, MergingContract>> = {
  Add: { make: (options) => new layers.Add(options), inputShapes: three, outputShape: [2, 3, 4] },
  Average: { make: (options) => new layers.Average(options), inputShapes: three, outputShape: [2, 3, 4] },
  Maximum: { make: (options) => new layers.Maximum(options), inputShapes: three, outputShape: [2, 3, 4] },
  Minimum: { make: (options) => new layers.Minimum(options), inputShapes: three, outputShape: [2, 3, 4] },
  Multiply: { make: (options) => new layers.Multiply(options), inputShapes: three, outputShape: [2, 3, 4] },
  Subtract: { make: (options) => new layers.Subtract(options), inputShapes: three.slice(1), outputShape: [2, 3, 4] },
  CustomScaleLayer: {
    make: (options) => new CustomScaleLayer(0.17, options),
    inputShapes: three.slice(1),
    outputShape: [2, 3, 4],
  },
  Concatenate: {
    make: (options) => new layers.Concatenate({ ...options, axis: 1 }),
    inputShapes: three,
    outputShape: [2, 7, 4],
  },
  Attention: {
    make: (options) => new layers.Attention({ ...options, useScale: true }),
    inputShapes: attended,
    outputShape: [2, 3, 4],
  },
  AdditiveAttention: {
    make: (options) => new layers.AdditiveAttention({ ...options, useScale: false }),
    inputShapes: attended,
    outputShape: [2, 3, 4],
  },
  MultiHeadAttention: {
    make: (options) =>
      new layers.MultiHeadAttention(2, 3, { ...options, kernelInitializer: seeded, outputShape: 5, useGate: true }),
    inputShapes: attended,
    outputShape: [2, 3, 5],
  },
  GroupQueryAttention: {
    make: (options) => new layers.GroupQueryAttention(3, 4, 2, { ...options, kernelInitializer: seeded }),
    inputShapes: attended,
    outputShape: [2, 3, 4],
  },
  Dot: {
    make: (options) => new layers.Dot(2, { ...options, normalize: true }),
    inputShapes: three.slice(0, 2),
    outputShape: [2, 3, 3],
  },
};
