import type { Config } from '../../core/config.ts';
import { type DType, allocate, checkDType } from '../../core/dtype.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { checkString } from '../../core/checks.ts';
import type { ReadContext } from '../saving/read-context.ts';
import { optionsOf } from '../saving/registry.ts';
import { camelCase } from '../saving/fields.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { Variable } from '../../compiler/graph/variable.ts';
import type { Operand } from '../ops/operand.ts';

/** For every metric. */
export interface MetricOptions {
  /** What logs call it. @default the class's, in snake_case */
  name?: string | null;
  /** The type of its state. @default 'float32' */
  dtype?: DType | null;
}

/** Whether more is better, or less; null where nobody can say. */
export type Direction = 'up' | 'down' | null;

export const metricOptions: readonly string[] = ['name', 'dtype'];

/**
 * A number that sums up many batches. Its state is made of variables, which a program updates with each batch.
 * One's own extends this class, makes its variables with `addVariable`, and gives `updateState` and `result`.
 *
 * @example
 * class Largest extends Metric {
 *   largest = this.addVariable('largest');
 *   updateState(trace, yTrue, yPred) {
 *     trace.update(this.largest, ops.maximum(trace.read(this.largest), ops.max(yPred)));
 *   }
 *   result(trace) { return trace.read(this.largest); }
 * }
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Largest({ name: 'largest' })] });
 * const { largest } = await model.evaluate([[1], [7], [3]], [[1], [7], [3]], { batchSize: 1, verbose: 0 });
 * largest;   // 7
 * @see https://keras.io/api/metrics/
 */
export abstract class Metric {
  /** What logs call it. */
  name: string;
  /** The type of its state. */
  readonly dtype: DType;
  /** What callbacks that look for the best epoch go by. */
  readonly direction: Direction = null;
  readonly #variables: Variable[] = [];

  constructor(options: MetricOptions = {}, defaultName?: string) {
    const name = options.name ?? defaultName ?? uniqueName(snakeCase(new.target.name));
    this.name = checkString(new.target.name, 'name', name);
    this.dtype = checkDType(options.dtype ?? 'float32', this.name);
  }

  /** The state, all zeros at first. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** Makes a variable of the state. */
  protected addVariable(name: string, shape: KnownShape = []): Variable {
    const zeros = {
      shape,
      dtype: this.dtype,
      compute: () => new Tensor(allocate(this.dtype, sizeOf(shape)), shape, this.dtype),
    };
    const path = `${this.name.replaceAll('/', '>')}/${name}`;
    const variable = new Variable(zeros, { name, path, trainable: false, dtype: this.dtype });
    this.#variables.push(variable);
    return variable;
  }

  /** Takes in a batch: says what the state is from here on. */
  abstract updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void;

  /** The number that the state stands for: a scalar. */
  abstract result(trace: Trace): Value;

  /** Forgets every batch. */
  resetState(): void {
    for (const variable of this.#variables) {
      variable.assign(new Tensor(new Float64Array(variable.size), variable.shape));
    }
  }

  /** Keras's JSON: the arguments to make this metric again. */
  getConfig(): Config {
    return { name: this.name, dtype: this.dtype };
  }

  /** Makes a metric from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => Metric, config: Config, _context?: ReadContext): Metric {
    return new this(optionsOf(config) as never);
  }
}

/** Subtracts an option that determines the size of a metric's state from the budget of the file that it was read from. */
export function spendSize(who: string, config: Config, key: string, { budget }: ReadContext): void {
  const size = config[key];
  if (typeof size === 'number') budget?.spend(who, camelCase(key), [size]);
}
