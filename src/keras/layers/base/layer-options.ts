import { type Shape, checkShape } from '../../../core/shape.ts';
import type { RegularizerIdentifier } from '../../regularizers/index.ts';
import type { DTypeLike } from './dtype-policy.ts';

/** The options that every layer takes. */
export interface LayerOptions {
  /** What the layer is called. @default the class's name in snake_case, made unique */
  name?: string | undefined;
  /** Whether training changes the weights. @default true */
  trainable?: boolean | undefined;
  /** The type of weights and computation, or a policy's config. @default 'float32' */
  dtype?: DTypeLike | null | undefined;
  /** Cast floating inputs to `dtype`. @default true */
  autocast?: boolean | undefined;
  /** A penalty on the output, divided by the batch size. @default null */
  activityRegularizer?: RegularizerIdentifier | null | undefined;
  /** The shape of the input without the batch; lets a Sequential model build at once. @default none */
  inputShape?: Shape | undefined;
  /** The same with the batch. @default none */
  batchInputShape?: Shape | undefined;
  /** The same for an input of rank 2. @default none */
  inputDim?: number | undefined;
}

export const LAYER_OPTIONS: readonly (keyof LayerOptions)[] = [
  'name',
  'trainable',
  'dtype',
  'autocast',
  'activityRegularizer',
  'inputShape',
  'batchInputShape',
  'inputDim',
];

/** What a layer's class is called in configs: its own static `className`, or the name of the class. */
export function classNameOf(layerClass: { readonly className: string; readonly name: string }): string {
  return Object.hasOwn(layerClass, 'className') ? layerClass.className : layerClass.name;
}

/** The shape of the input with the batch, if the options give one. */
export function readInputShape(options: LayerOptions, who: string): Shape | null {
  const { inputShape, batchInputShape, inputDim } = options;
  if (batchInputShape !== undefined) return checkShape(batchInputShape, who, 'batchInputShape');
  if (inputShape !== undefined) return [null, ...checkShape(inputShape, who, 'inputShape')];
  if (inputDim !== undefined) return [null, ...checkShape([inputDim], who, 'inputDim')];
  return null;
}
