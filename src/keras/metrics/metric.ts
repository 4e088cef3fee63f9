import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import type { Config } from '../../core/config.ts';
import { type DType, allocate } from '../../core/dtype.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { classNameOf } from '../saving/class-name.ts';
import { Configurable, type ConfigurableClass } from '../saving/configurable.ts';
import { autoName, dtype } from '../saving/field-kinds.ts';
import { type Fields, type GivenOptions, argumentsOf, camelCase } from '../saving/fields.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';

/** Options of all metrics. */
export interface MetricOptions {
  /** The name in logs. @default the class's, in snake_case */
  name?: string | null;
  /** The type of the state. @default 'float32' */
  dtype?: DType | null;
}

/** The options of most metrics that can be given by position. */
const ORDER = ['name', 'dtype'] as const;

/** Whether larger values are better ('up') or smaller ones ('down'); null if unknown. */
export type Direction = 'up' | 'down' | null;

/**
 * The base of metrics: numbers that summarize many batches. The state is made of variables, which a program updates with
 * each batch. A custom metric creates them with `addVariable`, and implements `updateState` and `result`; a mean over
 * samples is shorter as a function, `metrics: [(yTrue, yPred) => …]`.
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
export abstract class Metric extends Configurable {
  static override readonly fields: Fields = { name: autoName(), dtype: dtype('float32') };
  static override readonly positional: readonly string[] = ORDER;

  /** The config keys that determine the size of the state, which is limited by the file that the config is read from. */
  static readonly sizeKeys: readonly string[] = [];

  /** The name in logs. */
  declare name: string;
  /** The type of the state. */
  declare readonly dtype: DType;
  /** Whether larger or smaller values are better, for callbacks that look for the best epoch. */
  readonly direction: Direction = null;
  readonly #variables: Variable[] = [];

  constructor(options?: MetricOptions, positional?: GivenOptions);
  constructor(...args: Arguments<MetricOptions, typeof ORDER>);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The variables of the state, initially zero. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** The variables of the state, which are not weights of a layer that has the metric in a field. */
  get trackedState(): readonly Variable[] {
    return this.variables;
  }

  /** Creates a variable of the state. */
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

  /** Updates the state with a batch. */
  abstract updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void;

  /** Returns the value of the metric from its state: a scalar, or one for each class or threshold. */
  abstract result(trace: Trace): Value;

  /** Sets the state to zero. */
  resetState(): void {
    for (const variable of this.#variables) {
      variable.assign(new Tensor(new Float64Array(variable.size), variable.shape));
    }
  }
  /** Makes a metric from its config. @throws ValueError if its state is larger than the context permits. */
  static override fromConfig<T>(
    this: ConfigurableClass<T> & { readonly sizeKeys?: readonly string[] },
    config: Config,
    context: ReadContext = defaultContext,
  ): T {
    for (const key of this.sizeKeys ?? []) {
      const size = config[key];
      if (typeof size === 'number') context.budget?.spend(classNameOf(this), camelCase(key), [size]);
    }
    return new this(...(argumentsOf(this.fields, config, context) as never));
  }
}
