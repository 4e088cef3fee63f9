import type { Config } from '../../../core/config.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { pad } from '../../ops/movement.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Edges, type EdgesLike, readEdges } from './edges.ts';

/** Options of the layers that pad with zeros. */
export interface ZeroPaddingOptions extends LayerOptions {
  /** How many zeros there are: one number for all edges, or for each spatial axis one number or [before, behind]. @default 1 */
  padding?: EdgesLike | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** What the layers share that pad one, two and three spatial axes with zeros. */
export abstract class BaseZeroPadding extends Layer {
  /** How many zeros before and behind; over several axes, those of each. */
  readonly padding: Edges | readonly Edges[];
  readonly dataFormat: DataFormat;
  readonly #edges: readonly Edges[];

  constructor(rank: number, options: ZeroPaddingOptions) {
    super(options, ['padding', 'dataFormat']);
    this.dataFormat = checkDataFormat(this.who, options.dataFormat);
    this.#edges = readEdges(this.who, 'padding', options.padding ?? 1, rank);
    this.padding = rank === 1 ? (this.#edges[0] ?? [0, 0]) : this.#edges;
    this.inputSpec = { rank: rank + 2 };
    this.built = true;
  }

  override call(inputs: Value): Value {
    const none: Edges = [0, 0];
    const isLast = this.dataFormat === 'channels_last';
    return pad(inputs, isLast ? [none, ...this.#edges, none] : [none, none, ...this.#edges]);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), padding: this.padding, data_format: this.dataFormat };
  }
}
