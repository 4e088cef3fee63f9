import type { Constraint } from '../../constraints/index.ts';
import type { DType } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, isKnown, showShape } from '../../../core/shape.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { type InitializerIdentifier, get as getInitializer } from '../../initializers/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';

/** Options of a layer's `addWeight`. */
export interface WeightOptions {
  /** The name of the weight in the layer: `kernel`. */
  readonly name: string;
  /** The size of each axis, which must be known. */
  readonly shape: Shape;
  /** The initializer. @default 'zeros' */
  readonly initializer?: InitializerIdentifier;
  /** The penalty on the weight, added to the loss. @default null */
  readonly regularizer?: Regularizer | null;
  /** The constraint, applied after each update. @default null */
  readonly constraint?: Constraint | null;
  /** Whether training changes the weight unless the layer is frozen. @default true */
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

/** The weights of one layer, without those of nested layers, in the order of creation. */
export class WeightList {
  readonly #entries: Entry[] = [];

  /** Creates a weight. @throws ValueError if a size is not known, TypeError for an unknown initializer. */
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

  /** Removes the weights after the first `length`: those of a build that failed. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /** The variables in Keras's order: trainable, then non-trainable. Freezing does not change it. */
  get variables(): readonly Variable[] {
    const trainable = this.#entries.filter((entry) => entry.trainable);
    const others = this.#entries.filter((entry) => !entry.trainable);
    return [...trainable, ...others].map(({ variable }) => variable);
  }

  /** Freezes or unfreezes the trainable weights. */
  setTrainable(value: boolean): void {
    for (const { variable, trainable } of this.#entries) if (trainable) variable.trainable = value;
  }

  /** Sets the prefix of the variables' paths. */
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
