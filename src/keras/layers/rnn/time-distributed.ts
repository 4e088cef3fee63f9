import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import { castTo, scan, transpose } from '../../../compiler/builder/index.ts';
import { traceOf } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { flatten } from '../../../core/tree.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import type { CallContext } from '../base/call-context.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { nestedLayer } from '../base/nested-layer.ts';
import type { KerasCall } from '../base/traits.ts';
import * as activations from '../activations/index.ts';
import { classesIn } from '../base/serialization.ts';
import * as convolutional from '../convolutional/index.ts';
import * as core from '../core/index.ts';
import * as normalization from '../normalization/index.ts';
import * as pooling from '../pooling/index.ts';
import * as regularization from '../regularization/index.ts';
import * as reshaping from '../reshaping/index.ts';

/** Options of {@link TimeDistributed}. */
export type TimeDistributedOptions = LayerOptions;

/** The options that can be given by position. */
const ORDER = ['layer'] as const;

/**
 * Applies a layer to each step of a sequence. The weights are the same in every step; statistics of a batch are those of each
 * step, and its updates follow one another.
 *
 * Shapes: `[batch, steps, …]` → `[batch, steps, …]`, where the layer maps `[batch, …]` to `[batch, …]`.
 *
 * @throws ValueError if the input has fewer than three axes, or the mask does not begin with `[batch, steps]`.
 * @example
 * const layer = new TimeDistributed(new Dense(2));
 * layer.apply(Input({ shape: [10, 8] })).shape;    // [null, 10, 2]
 * @see https://keras.io/api/layers/recurrent_layers/time_distributed/
 */
export class TimeDistributed extends Layer {
  static override readonly className: string = 'TimeDistributed';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { mask: true };
  static override readonly fields: Fields = {
    layer: nestedLayer(classesIn(activations, convolutional, core, normalization, pooling, regularization, reshaping)),
  };

  override supportsMasking = true;
  /** The layer for each step. */
  declare readonly layer: Layer;

  constructor(...args: Arguments<TimeDistributedOptions & { layer: Layer }, typeof ORDER>);
  constructor(layer: Layer, options?: TimeDistributedOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.inputSpec = { minNdim: 3 };
  }

  override build([batch = null, , ...rest]: Shape): void {
    this.layer.ensureBuilt([batch, ...rest]);
  }

  override call(inputs: Value, { trace, training, mask }: CallContext): Value {
    this.#checkMask(inputs, mask);
    const sequences: [Value, ...Value[]] = [timeFirst(inputs)];
    if (mask !== null) sequences.push(timeFirst(castTo(mask, 'bool')));
    const { outputs } = scan(
      (_, [x = inputs, counts = null]) => {
        const output = this.layer.applyIn(traceOf([x]) ?? trace, x, training, counts);
        return { states: [], outputs: flatten(output, isValue).slice(0, 1) };
      },
      [],
      sequences,
    );
    return timeFirst(outputs[0] ?? inputs);
  }

  #checkMask({ shape }: Value, mask: Value | null): void {
    if (mask === null) return;
    const fits = [0, 1].every((axis) => {
      const [size, own] = [shape[axis], mask.shape[axis]];
      return own !== undefined && (size === null || own === null || size === own);
    });
    if (fits) return;
    throw new ValueError(
      `[${this.who}] the mask must begin with [batch, steps], the first two axes of the input. Received: a mask of shape ${showShape(mask.shape)} for an input of shape ${showShape(shape)}.`,
    );
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const [batch = null, steps = null, ...rest] = this.checkedShape(inputShape);
    const [rows = null, ...others] = this.layer.computeOutputShape([batch, ...rest]);
    return [rows, steps, ...others];
  }
}

/** `[batch, steps, …]` as `[steps, batch, …]`, or back. */
const timeFirst = (x: Value): Value => transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
