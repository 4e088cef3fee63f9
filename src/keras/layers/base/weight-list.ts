import { checkBoolean, checkOptions, checkString } from '../../../core/checks.ts';
import { type DType, MOST_ELEMENTS, checkDType, isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, checkShape, isKnown, showShape, sizeOf } from '../../../core/shape.ts';
import { type Constraint, type ConstraintIdentifier, get as getConstraint } from '../../constraints/index.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { type InitializerIdentifier, get as getInitializer } from '../../initializers/index.ts';
import { type Regularizer, type RegularizerIdentifier, get as getRegularizer } from '../../regularizers/index.ts';

/** Options of a layer's `addWeight`. */
export interface WeightOptions {
  /** The name of the weight in the layer: `kernel`. @default null, `variable` with a number */
  readonly name?: string | null | undefined;
  /** The size of each axis, which must be known. @default [], a single number */
  readonly shape?: Shape | undefined;
  /** The initializer. @default null, 'glorot_uniform', and 'zeros' for integers and booleans */
  readonly initializer?: InitializerIdentifier | null | undefined;
  /** The penalty on the weight, added to the loss. @default null */
  readonly regularizer?: RegularizerIdentifier | null | undefined;
  /** The constraint, applied after each update. @default null */
  readonly constraint?: ConstraintIdentifier | null | undefined;
  /** Whether training changes the weight unless the layer is frozen. @default true */
  readonly trainable?: boolean | undefined;
  /** The type of the elements. @default null, the layer's */
  readonly dtype?: DType | null | undefined;
}

const OPTIONS = ['name', 'shape', 'initializer', 'regularizer', 'constraint', 'trainable', 'dtype'] as const;

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

  /** Creates a weight. @throws ValueError if a size is not known; TypeError for an unknown option or a wrong value. */
  make(options: WeightOptions, path: string, dtype: DType, who: string): Variable {
    checkOptions(who, options, OPTIONS);
    const name = checkString(who, 'name', options.name ?? this.#unusedName());
    const shape = checkShape(options.shape ?? [], who);
    const trainable = checkBoolean(who, 'trainable', options.trainable ?? true);
    const type = checkDType(options.dtype ?? dtype, who);
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
    const regularizer = getRegularizer(options.regularizer, who);
    const constraint = getConstraint(options.constraint, who);
    const initializer = getInitializer(options.initializer ?? (isFloat(type) ? 'glorot_uniform' : 'zeros'), who);
    const initial = initializer.initialValue(shape, type);
    const variable = new Variable(initial, { name, path: `${path}/${name}`, trainable, dtype: type });
    this.#entries.push({ variable, trainable, regularizer, constraint });
    this.#made.add(variable);
    ofLayers.add(variable);
    return variable;
  }

  /** `variable`, or with a number if there is one of this name. */
  #unusedName(): string {
    const names = new Set(this.#entries.map(({ variable }) => variable.name));
    const count = [...names].filter((name) => /^variable(_\d+)?$/.test(name)).length;
    return count === 0 ? 'variable' : `variable_${count}`;
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
