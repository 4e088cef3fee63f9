import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { slice } from '../../ops/movement.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type Edges, type EdgesLike, readEdges } from './edges.ts';

/** What the layers share that cut off the edges of one, two and three spatial axes. */
export abstract class BaseCropping extends Layer {
  /** How many elements go before and behind; over several axes, those of each. */
  readonly cropping: Edges | readonly Edges[];
  readonly #edges: readonly Edges[];

  constructor(rank: number, cropping: EdgesLike, options: LayerOptions, ownOptions: readonly string[]) {
    super(options, ownOptions);
    this.#edges = readEdges(this.who, 'cropping', cropping, rank);
    this.cropping = rank === 1 ? (this.#edges[0] ?? [0, 0]) : this.#edges;
    this.inputSpec = { rank: rank + 2 };
    this.built = true;
  }

  /** Where the channels are. */
  abstract get dataFormat(): DataFormat;

  override call(inputs: Value): Value {
    const { shape } = inputs;
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const starts = shape.map((_, axis) => this.#edges[axis - first]?.[0] ?? 0);
    const ends = shape.map((size, axis) => (size === null ? Infinity : size - (this.#edges[axis - first]?.[1] ?? 0)));
    if (this.#edges.some((_, i) => (ends[i + first] ?? 0) <= (starts[i + first] ?? 0))) {
      throw new ValueError(
        `[${this.who}] cropping must leave something of every spatial axis. Received: cropping=${JSON.stringify(this.cropping)}, input of shape ${showShape(shape)}.`,
      );
    }
    return slice(inputs, starts, ends);
  }
}
