import type { Value } from '../../../compiler/ir/value.ts';
import { pad, type DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { dataFormat } from '../base/option-fields.ts';
import { type Edges, type EdgesLike, type EdgesOption, edges, edgesOf } from './edges.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of the layers that pad with zeros. */
export interface ZeroPaddingOptions extends LayerOptions {
  /** The number of zeros: one number for all edges, or for each spatial axis one number or [start, end]. @default 1 */
  padding?: EdgesLike | undefined;
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** The options of a layer that pads so many spatial axes, in the order of Keras's config. */
export function zeroPaddingFields(rank: number): Fields {
  return { padding: edges(rank, 1), dataFormat: dataFormat() };
}

/** The base of layers that pad one, two and three spatial axes with zeros. */
export abstract class BaseZeroPadding extends Layer {
  static override readonly positional = ['padding', 'dataFormat'] as const;
  override built = true;
  /** The numbers of zeros at the start and the end; for several axes, those of each. */
  declare readonly padding: EdgesOption;
  declare readonly dataFormat: DataFormat;
  readonly #edges: readonly Edges[];

  constructor(...args: Arguments<ZeroPaddingOptions, typeof BaseZeroPadding.positional>);
  constructor(options?: ZeroPaddingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#edges = edgesOf(this.padding);
    this.inputSpec = { ndim: this.#edges.length + 2 };
  }

  override get channelBehavior(): ChannelBehavior {
    return 'linear';
  }

  override call(inputs: Value): Value {
    const none: Edges = [0, 0];
    const isLast = this.dataFormat === 'channels_last';
    return pad(inputs, isLast ? [none, ...this.#edges, none] : [none, none, ...this.#edges]);
  }
}
