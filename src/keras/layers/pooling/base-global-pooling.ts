import type { Value } from '../../../compiler/ir/value.ts';
import type { ReductionOptions, DataFormat } from '../../ops/index.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { dataFormat } from '../base/option-fields.ts';

/** Options of the poolings over whole images. */
export interface GlobalPoolingOptions extends LayerOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** Whether the spatial axes are kept, with size 1. @default false */
  keepdims?: boolean | undefined;
}

/** The base of poolings over whole images. */
export abstract class BaseGlobalPooling extends Layer {
  static override readonly fields: Fields = { dataFormat: dataFormat(), keepdims: boolean(false) };

  override built = true;
  declare readonly dataFormat: DataFormat;
  declare readonly keepdims: boolean;

  constructor(rank: number, args: ConstructorParameters<typeof Layer>) {
    super(...args);
    this.inputSpec = { ndim: rank + 2 };
  }

  /** Reduces the spatial axes. */
  protected abstract reduce(x: Value, options: ReductionOptions): Value;

  override call(inputs: Value, _context: CallContext): Value {
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const axis = inputs.shape.slice(2).map((_, i) => i + first);
    return this.reduce(inputs, { axis, keepdims: this.keepdims });
  }
}
