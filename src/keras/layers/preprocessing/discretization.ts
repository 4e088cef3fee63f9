import { ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../../core/tensor.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { numbers } from '../../saving/field-kinds.ts';
import type { ReadContext } from '../../saving/read-context.ts';
import { type Fields, boolean, integer, keptAs, nullable, number } from '../../saving/fields.ts';
import { checkInteger, checkOptions } from '../../../core/checks.ts';
import type { Config } from '../../../core/config.ts';
import type { InputShape } from '../base/input-shape.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { name, plainDType, unwritten } from '../base/layer-fields.ts';
import { type AdaptData, batchesOf } from './adapt-data.ts';
import { type CategoryMode, encodeInGraph, encodeOnHost, encodedShape } from './encode-categories.ts';
import { EMPTY_SUMMARY, type Summary, boundariesOf, mergeSummaries, summarize } from './quantile-summary.ts';
import { categoryMode, denseOnly } from './token-fields.ts';

/** Options of {@link Discretization}. */
export interface DiscretizationOptions extends LayerOptions {
  /** The numbers between bins, increasing. @default null, learned by `adapt` */
  binBoundaries?: readonly number[] | null | undefined;
  /** The number of bins that `adapt` learns. @default null, required without `binBoundaries` */
  numBins?: number | null | undefined;
  /** The error of the learned quantiles. @default 0.01 */
  epsilon?: number | undefined;
  /** The indices of the bins, or their encoding: a one at each, a one at each bin of a row, or counts. @default 'int' */
  outputMode?: CategoryMode | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
}

/**
 * Replaces numbers by the indices of intervals: that of x is the number of boundaries ≤ x.
 *
 * Shapes: any → the same, as int32; encoded, `[batch, numbers]` → `[batch, bins]`, or, for `one_hot`, `[batch, numbers, bins]`.
 * @throws ValueError if both or neither of `binBoundaries` and `numBins` are given, and for a call before `adapt`.
 * @example
 * await new Discretization({ binBoundaries: [0, 1, 2] }).apply([[-1.5, 1, 3.4, 0.5], [0, 3, 1.3, 0]]);
 * // [[0, 2, 3, 1], [1, 3, 2, 1]]
 * @see https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
 */
export class Discretization extends Layer {
  static override readonly className: string = 'Discretization';
  static override readonly positional = ['binBoundaries', 'numBins', 'epsilon', 'outputMode', 'sparse'] as const;
  static override readonly fields: Fields = {
    binBoundaries: keptAs('boundaries', nullable(numbers())),
    numBins: nullable(integer(undefined, 0)),
    epsilon: number(0.01, { above: 0 }),
    outputMode: categoryMode(['int', 'one_hot', 'multi_hot', 'count']),
    sparse: denseOnly(boolean(false)),
    name,
    dtype: plainDType,
    ...unwritten,
  };

  override built = true;
  /** The numbers between bins, given or learned; null before `adapt`. */
  declare boundaries: readonly number[] | null;
  /** The number of bins that `adapt` learns; null if the boundaries were given. */
  declare readonly numBins: number | null;
  /** The error of the learned quantiles. */
  declare readonly epsilon: number;
  /** The form of the result. */
  declare readonly outputMode: CategoryMode;
  /** False: there are no sparse tensors. */
  declare readonly sparse: false;

  constructor(...args: Arguments<DiscretizationOptions, typeof Discretization.positional>);
  constructor(options?: DiscretizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    if (this.boundaries !== null && this.numBins !== null) {
      throw new ValueError(
        `[${this.who}] only one of binBoundaries and numBins must be given. Received: both. Leave out numBins, or adapt the layer to data.`,
      );
    }
    if (this.boundaries === null && this.numBins === null) {
      throw new ValueError(
        `[${this.who}] binBoundaries or numBins must be given. Received: binBoundaries=null, numBins=null.`,
      );
    }
  }

  /** @throws ValueError if the boundaries are neither given nor learned */
  #knownBoundaries(): readonly number[] {
    if (this.boundaries !== null) return this.boundaries;
    throw new ValueError(`[${this.who}] the boundaries must be known. Give binBoundaries, or adapt the layer to data.`);
  }

  override call(inputs: Value): Value {
    const { outputMode } = this;
    const boundaries = this.#knownBoundaries();
    const edges = constant(new Tensor(Float64Array.from(boundaries), [boundaries.length]), 'float32');
    const isAbove = ops.lessEqual(edges, ops.expandDims(ops.cast(inputs, 'float32'), -1));
    const indices = ops.sum(ops.cast(isAbove, 'int32'), { axis: -1 });
    if (outputMode === 'int') return indices;
    return encodeInGraph(indices, outputMode, boundaries.length + 1, this.dtype);
  }

  /** Computes the result on the host, for layers of the host that follow. */
  encode(data: TensorLike): Tensor {
    const boundaries = this.#knownBoundaries();
    const { data: numbers, shape } = tensor(data);
    const edges = boundaries.map(Math.fround);
    const indices = Int32Array.from(numbers, (given) => {
      const number = Math.fround(given);
      return edges.reduce((count, edge) => count + Number(edge <= number), 0);
    });
    return encodeOnHost(indices, shape, this.outputMode, boundaries.length + 1, this.dtype);
  }

  /**
   * Computes boundaries between bins with about the same number of elements each, from quantiles with the error `epsilon`.
   *
   * @throws ValueError if the boundaries were given, or there is no data.
   * @example
   * const layer = new Discretization({ numBins: 2 });
   * await layer.adapt([1, 2, 3, 4]);
   * layer.boundaries;    // [2]
   */
  async adapt(data: AdaptData, options: { readonly steps?: number | null } = {}): Promise<void> {
    checkOptions(`${this.who} adapt`, options, ['steps']);
    if (this.numBins === null) {
      throw new ValueError(
        `[${this.who}] adapt cannot change the option binBoundaries. Give numBins instead to adapt.`,
      );
    }
    let summary: Summary = EMPTY_SUMMARY;
    let batches = 0;
    for await (const batch of batchesOf(data, this.who)) {
      if (batches++ >= (options.steps ?? Infinity)) break;
      summary = mergeSummaries(summarize(batch.data, this.epsilon), summary, this.epsilon);
    }
    if (summary.values.length === 0) throw new ValueError(`[${this.who}] adapt needs data. Received: none.`);
    this.boundaries = boundariesOf(summary, this.numBins);
    this.invalidateTraces();
  }

  /** A config of an adapted layer holds both its number of bins and the boundaries. */
  static override fromConfig(config: Config, context?: ReadContext): Layer {
    const { bin_boundaries: boundaries = null, num_bins: bins = null } = config;
    if (boundaries === null || bins === null) return super.fromConfig(config, context);
    const layer = super.fromConfig({ ...config, num_bins: null }, context);
    Object.assign(layer, { numBins: checkInteger(`${layer.who} fromConfig`, 'num_bins', bins, 0) });
    return layer;
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const depth = this.boundaries === null ? this.numBins : this.boundaries.length + 1;
    return encodedShape(this.checkedShape(inputShape as Shape), this.outputMode, depth);
  }
}
