import type { Config } from '../../core/config.ts';
import type { WriteContext } from './write-context.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import type { Layer } from '../layers/base/layer.ts';
import type { Optimizer } from '../optimizers/index.ts';

/** What files need of a model. */
export interface FileModel extends Layer {
  /** Whether it is made of symbolic tensors, or of a stack of layers. */
  readonly hasGraph: boolean;
  /** The layers, in Keras's order. */
  readonly layers: readonly Layer[];
  readonly optimizer: Optimizer | null;
  readonly trainableWeights: readonly Variable[];
  /** Keras's JSON of the whole model. */
  serialize(context: WriteContext): Config;
}

/** Whether a layer is a model. */
export function isFileModel(layer: Layer): layer is FileModel {
  return 'hasGraph' in layer;
}
