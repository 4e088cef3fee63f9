import type { Constraint } from '../../constraints/index.ts';
import type { DType } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { type InitializerIdentifier, get as getInitializer } from '../../initializers/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';

/** Options of a layer's `addWeight`. */
export interface WeightOptions {
  /** What it is called within the layer: `kernel`. */
  readonly name: string;
  /** The size of each axis, which must be known. */
  readonly shape: Shape;
  /** What gives it its first values. @default 'zeros' */
  readonly initializer?: InitializerIdentifier;
  /** A penalty on it, added to the loss. @default null */
  readonly regularizer?: Regularizer | null;
  /** What it must satisfy after each update. @default null */
  readonly constraint?: Constraint | null;
  /** Whether training changes it, while its layer is not frozen. @default true */
  readonly trainable?: boolean;
  /** The type of the elements. @default the layer's */
  readonly dtype?: DType;
}

interface Entry {
  readonly variable: Variable;
  readonly trainable: boolean;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** A layer's own weights, in the order in which they were made. */
export class WeightList {
  readonly #entries: Entry[] = [];

  /** @throws ValueError if a size is not known, TypeError if there is no such initializer. */
  make(options: WeightOptions, path: string, dtype: DType, who: string): Variable {
    const { name, shape, initializer = 'zeros', regularizer = null, constraint = null, trainable = true } = options;
    if (!isKnown(shape)) {
      throw new ValueError(
        `[${who}] every size of the weight ${name} must be known. Received: shape=${showShape(shape)}.`,
      );
    }
    const type = options.dtype ?? dtype;
    const initial = getInitializer(initializer, who).initialValue(shape, type);
    const variable = new Variable(initial, { name, path: `${path}/${name}`, trainable, dtype: type });
    this.#entries.push({ variable, trainable, regularizer, constraint });
    return variable;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Forgets the weights made since there were `length`: those of a build that failed. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /** Keras's order: trainable ones, then the others. Freezing does not change it. */
  get variables(): readonly Variable[] {
    const trainable = this.#entries.filter((entry) => entry.trainable);
    const others = this.#entries.filter((entry) => !entry.trainable);
    return [...trainable, ...others].map(({ variable }) => variable);
  }

  /** Freezes the weights that training changes, or lets it change them again. */
  setTrainable(value: boolean): void {
    for (const { variable, trainable } of this.#entries) if (trainable) variable.trainable = value;
  }

  /** Names the variables after what holds the layer. */
  setPath(path: string): void {
    for (const { variable } of this.#entries) variable.path = `${path}/${variable.name}`;
  }

  get regularizers(): ReadonlyMap<Variable, Regularizer> {
    const found = new Map<Variable, Regularizer>();
    for (const { variable, regularizer } of this.#entries) if (regularizer !== null) found.set(variable, regularizer);
    return found;
  }

  get constraints(): ReadonlyMap<Variable, Constraint> {
    const found = new Map<Variable, Constraint>();
    for (const { variable, constraint } of this.#entries) if (constraint !== null) found.set(variable, constraint);
    return found;
  }
}
