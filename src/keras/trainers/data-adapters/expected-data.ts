import type { Shape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';

/** The type in which floating-point data is fed to a model. */
export type FloatType = 'float32' | 'float64';

/** An input as a model expects it. */
export interface ExpectedInput {
  /** The shape with the batch; `null` for a free size. */
  readonly shape: Shape;
  /** The name by which records refer to it. */
  readonly name?: string | undefined;
}

/** The data that a model expects. It decides whether a list is one array or several. */
export interface ExpectedData {
  /** The type in which floating-point data is fed. */
  readonly float: FloatType;
  /** The inputs in their structure; `null` if they are unknown. */
  readonly inputs: Tree<ExpectedInput> | null;
  /** The shape of each output; `null` if they are unknown. */
  readonly outputs: readonly Shape[] | null;
  /** Computes what the model is fed with from data of other kinds, such as strings. @default null, arrays as they are */
  readonly encoder?: ((who: string, x: unknown) => Tree<Tensor>) | null;
}

export const isExpectedInput = (value: unknown): value is ExpectedInput =>
  typeof value === 'object' && value !== null && 'shape' in value && Array.isArray(value.shape);
