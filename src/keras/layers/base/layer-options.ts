import type { DTypeLike } from '../../../core/dtype-policy.ts';
import type { Shape } from '../../../core/shape.ts';
import type { RegularizerIdentifier } from '../../regularizers/index.ts';

/** The options of every layer. */
export interface LayerOptions {
  /** The layer's name. @default the class's name in snake_case, made unique */
  name?: string | undefined;
  /** Whether training changes the weights. @default true */
  trainable?: boolean | undefined;
  /** The type of weights and computation, a policy, its name or config; half precision is kept, but computed as float32. @default 'float32' */
  dtype?: DTypeLike | null | undefined;
  /** Whether floating inputs are cast to `dtype`. @default true */
  autocast?: boolean | undefined;
  /** A penalty on the output, divided by the batch size. @default null */
  activityRegularizer?: RegularizerIdentifier | null | undefined;
  /** The shape of the input without the batch; lets a Sequential model build at once. @default none */
  inputShape?: Shape | undefined;
  /** The shape of the input with the batch. @default none */
  batchInputShape?: Shape | undefined;
  /** The number of features of an input of rank 2. @default none */
  inputDim?: number | undefined;
}
