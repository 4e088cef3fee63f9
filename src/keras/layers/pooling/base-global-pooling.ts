import type { Config } from '../../../core/config.ts';
import { checkBoolean } from '../../../core/checks.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { ReductionOptions } from '../../ops/reductions.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** Options of the poolings over whole images. */
export interface GlobalPoolingOptions extends LayerOptions {
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
  /** Keep the spatial axes, with size 1. @default false */
  keepdims?: boolean | undefined;
}

/** What the poolings over whole images share. */
export abstract class BaseGlobalPooling extends Layer {
  readonly dataFormat: DataFormat;
  readonly keepdims: boolean;

  constructor(rank: number, options: GlobalPoolingOptions) {
    super(options, ['dataFormat', 'keepdims']);
    this.dataFormat = checkDataFormat(this.who, options.dataFormat);
    this.keepdims = checkBoolean(this.who, 'keepdims', options.keepdims ?? false);
    this.inputSpec = { rank: rank + 2 };
    this.built = true;
  }

  /** The op that takes one number from all spatial positions. */
  protected abstract reduce(x: Value, options: ReductionOptions): Value;

  override call(inputs: Value, _context: CallContext): Value {
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const axis = inputs.shape.slice(2).map((_, i) => i + first);
    return this.reduce(inputs, { axis, keepdims: this.keepdims });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), data_format: this.dataFormat, keepdims: this.keepdims };
  }
}
