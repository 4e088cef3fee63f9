import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { checkInteger, checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { allocate } from '../../../core/dtype.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { Constraint } from '../../constraints/index.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import { add, matmul, multiply } from '../../ops/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import { type Fields, nullable, number, unwrittenIfNull } from '../../saving/fields.ts';
import type { SavedVariable } from '../../saving/keras-saveable.ts';
import type { CallContext } from './call-context.ts';
import { positive } from './option-fields.ts';
import type { WeightOptions } from './weight-list.ts';

/** Options of layers whose kernel can be adapted by matrices of low rank. */
export interface LowRankOptions {
  /** The rank of the adaptation with which the layer is built; see `enableLora`. @default null, none */
  loraRank?: number | null | undefined;
  /** The factor α of the adaptation. @default null, the rank */
  loraAlpha?: number | null | undefined;
}

/** Options of `enableLora`. */
export interface EnableLoraOptions {
  /** The factor α. @default null, the rank */
  loraAlpha?: number | null | undefined;
  /** The initializer of A. @default 'he_uniform' */
  aInitializer?: InitializerIdentifier | undefined;
  /** The initializer of B. @default 'zeros', so that the output does not change at first */
  bInitializer?: InitializerIdentifier | undefined;
}

/** The options of {@link LowRankOptions}, which Keras writes only where there is an adaptation. */
export const lowRankFields: Fields = {
  loraRank: unwrittenIfNull(nullable(positive())),
  loraAlpha: unwrittenIfNull(nullable(number())),
};

/** A layer with a weight that can be adapted. */
export interface Adapted {
  readonly who: string;
  /** The weight; null before the layer is built. */
  readonly weight: Variable | null;
  /** The name of the weight in options: `kernel`. */
  readonly name: string;
  readonly constraint: Constraint | null;
  readonly regularizer: Regularizer | null;
  /** The adaptation so far; null for none. */
  readonly current: LowRank | null;
  addWeight(options: WeightOptions): Variable;
}

/**
 * Low-rank adaptation (LoRA): the weight W is frozen, and W + α / r · A B takes its place, where only A `[…, r]` and B
 * `[r, …]` are trained.
 *
 * @see https://arxiv.org/abs/2106.09685
 */
export class LowRank {
  readonly weight: Variable;
  readonly a: Variable;
  readonly b: Variable;
  readonly alpha: number;

  private constructor(weight: Variable, a: Variable, b: Variable, alpha: number) {
    [this.weight, this.a, this.b, this.alpha] = [weight, a, b, alpha];
  }

  /**
   * Freezes the weight of a layer and makes A and B.
   * @throws ValueError if the layer is not built, its weight has a constraint, or it is adapted already.
   */
  static adapt(layer: Adapted, rank: number, options: EnableLoraOptions): LowRank {
    const { who, weight, name, constraint, regularizer, current } = layer;
    checkOptions(`${who} enableLora`, options, ['loraAlpha', 'aInitializer', 'bInitializer']);
    checkInteger(who, 'rank', rank, 1);
    const { loraAlpha = null, aInitializer = 'he_uniform', bInitializer = 'zeros' } = options;
    const alpha = loraAlpha === null ? rank : checkNumber(who, 'loraAlpha', loraAlpha);
    if (constraint !== null) {
      throw new ValueError(
        `[${who}] enableLora needs a layer without ${name}Constraint. Received: ${name}Constraint=${show(constraint.getConfig())}.`,
      );
    }
    if (weight === null) {
      throw new ValueError(`[${who}] enableLora needs a built layer: call it on an input or build([…]) first.`);
    }
    if (current !== null) throw new ValueError(`[${who}] enableLora must be called once. Received: a second call.`);
    const [shape, columns] = [weight.shape.slice(0, -1), weight.shape.at(-1) ?? 1];
    const prefix = `lora_${weight.name}`;
    const a = layer.addWeight({ name: `${prefix}_a`, shape: [...shape, rank], initializer: aInitializer, regularizer });
    const b = layer.addWeight({ name: `${prefix}_b`, shape: [rank, columns], initializer: bInitializer, regularizer });
    weight.trainable = false;
    return new LowRank(weight, a, b, alpha);
  }

  /** α / r */
  get scale(): number {
    return this.alpha / (this.b.shape[0] ?? 1);
  }

  /** The adapted weight in a call. */
  read(context: CallContext): Value {
    const product = matmul(context.read(this.a), context.read(this.b));
    return add(context.read(this.weight), multiply(product, this.scale));
  }

  /** The weights of the layer as files store them: W is merged with its adaptation. */
  stored(weights: readonly Variable[]): readonly SavedVariable[] {
    const others = weights.filter((variable) => variable !== this.a && variable !== this.b);
    return others.map((variable) => (variable === this.weight ? this.#merged : variable));
  }

  /** The adapted weight. A weight that is read takes the place of W, and A and B become 0, as in Keras. */
  get #merged(): SavedVariable {
    const { weight, a, b, scale } = this;
    const { name, path, shape, dtype } = weight;
    return {
      ...{ name, path, shape, dtype },
      get value() {
        return merge(weight.value, a.value, b.value, scale);
      },
      assign: (values) => {
        weight.assign(values);
        for (const factor of [a, b]) factor.assign(new Tensor(allocate(factor.dtype, factor.size), factor.shape));
      },
    };
  }
}

/** W + scale · A B, where the last axis of A is the first of B. */
function merge(weight: Tensor, a: Tensor, b: Tensor, scale: number): Tensor {
  const [rank, columns] = [a.shape.at(-1) ?? 0, b.shape.at(-1) ?? 0];
  const data = weight.data.slice();
  for (let i = 0; i < data.length; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (a.data[row * rank + k] ?? 0) * (b.data[k * columns + column] ?? 0);
    data[i] = (data[i] ?? 0) + scale * sum;
  }
  return new Tensor(data, weight.shape, weight.dtype);
}
