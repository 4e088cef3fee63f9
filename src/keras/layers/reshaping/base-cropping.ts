import type { Value } from '../../../compiler/ir/value.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { slice } from '../../../compiler/builder/index.ts';
import type { DataFormat } from '../../ops/index.ts';
import { Layer } from '../base/layer.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { type Edges, type EdgesOption, edgesOf } from './edges.ts';

/** The base of layers that cut off the edges of one, two and three spatial axes. */
export abstract class BaseCropping extends Layer {
  override built = true;
  /** The numbers of elements cut off at the start and the end; for several axes, those of each. */
  declare readonly cropping: EdgesOption;
  readonly #edges: readonly Edges[];

  constructor(...args: ConstructorParameters<typeof Layer>) {
    super(...args);
    this.#edges = edgesOf(this.cropping);
    this.inputSpec = { ndim: this.#edges.length + 2 };
  }

  /** The position of the channels. */
  abstract readonly dataFormat: DataFormat;

  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  override call(inputs: Value): Value {
    const { shape } = inputs;
    const first = this.dataFormat === 'channels_last' ? 1 : 2;
    const starts = shape.map((_, axis) => this.#edges[axis - first]?.[0] ?? 0);
    const ends = shape.map((size, axis) => (size === null ? Infinity : size - (this.#edges[axis - first]?.[1] ?? 0)));
    if (this.#edges.some((_, i) => (ends[i + first] ?? 0) <= (starts[i + first] ?? 0))) {
      throw new ValueError(
        `[${this.who}] cropping must leave at least one element of every spatial axis. Received: cropping=${JSON.stringify(this.cropping)}, input of shape ${showShape(shape)}.`,
      );
    }
    return slice(inputs, starts, ends);
  }
}
