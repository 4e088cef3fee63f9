import type { Constraint } from '../../constraints/index.ts';
import { type DType, MOST_ELEMENTS } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, isKnown, showShape, sizeOf } from '../../../core/shape.ts';
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

/** The variables that layers made or have in fields. */
const ofLayers = new WeakSet<Variable>();

/** Whether a variable is a weight of any layer. */
export function isLayerWeight(variable: Variable): boolean {
  return ofLayers.has(variable);
}

/** A variable in a field of the layer, which the layer did not make with `addWeight`. */
interface Held {
  /** Whether training changes it unless the layer is frozen. */
  readonly trainable: boolean;
  /** Whether it belongs to no other layer, so that its path is that of the layer. */
  readonly isOwn: boolean;
}

function adopt(variable: Variable, path: string, isFrozen: boolean): Held {
  const held = { trainable: variable.trainable, isOwn: !ofLayers.has(variable) };
  if (held.isOwn) variable.path = `${path}/${variable.name}`;
  if (isFrozen) variable.trainable = false;
  ofLayers.add(variable);
  return held;
}

/** The weights of one layer, without those of nested layers, in the order of creation. */
export class WeightList {
  readonly #entries: Entry[] = [];
  /** All variables that the list has made, including those of builds that failed. */
  readonly #made = new WeakSet<Variable>();
  /** The variables in fields of the layer that the list did not make, in the order of the fields. */
  #held: ReadonlyMap<Variable, Held> = new Map();

  /** Creates a weight. @throws ValueError if a size is not known, TypeError for an unknown initializer. */
  make(options: WeightOptions, path: string, dtype: DType, who: string): Variable {
    const { name, shape, initializer = 'zeros', regularizer = null, constraint = null, trainable = true } = options;
    if (!isKnown(shape)) {
      throw new ValueError(
        `[${who}] every size of the weight ${name} must be known. Received: shape=${showShape(shape)}.`,
      );
    }
    if (sizeOf(shape) > MOST_ELEMENTS) {
      throw new ValueError(
        `[${who}] the weight ${name} must have at most ${MOST_ELEMENTS} elements. Received: shape=${showShape(shape)}.`,
      );
    }
    const type = options.dtype ?? dtype;
    const initial = getInitializer(initializer, who).initialValue(shape, type);
    const variable = new Variable(initial, { name, path: `${path}/${name}`, trainable, dtype: type });
    this.#entries.push({ variable, trainable, regularizer, constraint });
    this.#made.add(variable);
    ofLayers.add(variable);
    return variable;
  }

  /** Sets the variables that the fields of the layer hold now. The new ones get a path, and are frozen with the layer. */
  hold(inFields: readonly Variable[], path: string, isFrozen: boolean): void {
    const others = inFields.filter((variable) => !this.#made.has(variable));
    if (others.length === 0 && this.#held.size === 0) return;
    this.#held = new Map(
      others.map((variable) => [variable, this.#held.get(variable) ?? adopt(variable, path, isFrozen)]),
    );
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
    const held = [...this.#held].map(([variable, { trainable }]) => ({ variable, trainable }));
    const all = [...this.#entries, ...held];
    const trainable = all.filter((entry) => entry.trainable);
    const others = all.filter((entry) => !entry.trainable);
    return [...trainable, ...others].map(({ variable }) => variable);
  }

  /** Freezes or unfreezes the trainable weights. */
  setTrainable(value: boolean): void {
    for (const { variable, trainable } of this.#entries) if (trainable) variable.trainable = value;
    for (const [variable, { trainable }] of this.#held) if (trainable) variable.trainable = value;
  }

  /** Sets the prefix of the variables' paths. */
  setPath(path: string): void {
    for (const { variable } of this.#entries) variable.path = `${path}/${variable.name}`;
    for (const [variable, { isOwn }] of this.#held) if (isOwn) variable.path = `${path}/${variable.name}`;
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
