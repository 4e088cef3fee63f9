import { Tensor, tensor } from '../../core/tensor.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import type { SlotStarts } from './step.ts';
import { type Slots, type Unit, flatGroups, flatUnit, singleUnit } from './units.ts';

/** The state that an optimizer keeps, as its class and options declare it. */
export interface StateDeclaration {
  readonly useEma: boolean;
  readonly gradientAccumulationSteps: number | null;
  /** Groups of slots in the order of Keras's files; the slots of one group alternate, variable by variable. */
  readonly slotOrder: readonly (readonly string[])[];
  /** The slots of a variable. */
  slots(variable: Variable): SlotStarts;
  /** Scalars that all variables share. */
  sharedSlots(): Readonly<Record<string, number>>;
  /**
   * Returns equal strings for variables that one step can move together, and null for one that moves by itself; null if every
   * variable does.
   */
  readonly kindOf: ((variable: Variable) => string | null) | null;
}

/** The variables of an optimizer, in the order of Keras's files. */
export class OptimizerState {
  readonly #name: string;
  readonly #variables: Variable[] = [];
  readonly #slots = new Map<Variable, Slots>();
  #groups: readonly Unit[] = [];
  #trainable: readonly Variable[] | null = null;
  #averages: ReadonlyMap<Variable, Variable> = new Map();
  #accumulators: ReadonlyMap<Variable, Variable> = new Map();
  #shared: Slots = new Map();

  /** @param name the name of the optimizer, with which the paths of the variables begin */
  constructor(name: string) {
    this.#name = name;
  }

  /** Every variable, in the order in which they were added. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** The variables that the optimizer moves; null before `build`. */
  get trainable(): readonly Variable[] | null {
    return this.#trainable;
  }

  /** The moving average of each variable; empty without averages. */
  get averages(): ReadonlyMap<Variable, Variable> {
    return this.#averages;
  }

  /** The sum of the gradients of each variable; empty without gradient accumulation. */
  get accumulators(): ReadonlyMap<Variable, Variable> {
    return this.#accumulators;
  }

  /** Scalars that all variables share. */
  get shared(): Slots {
    return this.#shared;
  }

  /** Adds a variable; its type is that of `like` if given. */
  add(name: string, initial: Tensor, like?: Variable): Variable {
    const options = { name, path: this.#pathOf(name), trainable: false };
    const added = new Variable(initial, like === undefined ? options : { ...options, dtype: like.dtype });
    this.#variables.push(added);
    return added;
  }

  /** Removes a variable that is no longer part of the state. */
  remove(variable: Variable): void {
    this.#variables.splice(this.#variables.indexOf(variable), 1);
  }

  #pathOf(name: string): string {
    return `${this.#name}/${name}`;
  }

  #addSlot(slot: string, variable: Variable, start: number | Tensor): Variable {
    const initial =
      typeof start === 'number' ? new Tensor(new Float64Array(variable.size).fill(start), variable.shape) : start;
    return this.add(`${variable.path.replaceAll('/', '_')}_${slot}`, initial, variable);
  }

  /** Creates the slots of these variables. */
  build(variables: readonly Variable[], declaration: StateDeclaration): void {
    const { slotOrder, useEma, gradientAccumulationSteps, kindOf } = declaration;
    const starts = variables.map((variable) => [variable, declaration.slots(variable)] as const);
    const shared = Object.entries(declaration.sharedSlots());
    const everywhere = (slot: string): ReadonlyMap<Variable, Variable> =>
      new Map(variables.map((variable) => [variable, this.#addSlot(slot, variable, 0)]));
    if (useEma) this.#averages = everywhere('average');
    if (gradientAccumulationSteps !== null) this.#accumulators = everywhere('gradient_accumulator');
    const added = new Map(variables.map((variable) => [variable, new Map<string, Variable>()] as const));
    const listed = slotOrder.flat();
    const others = starts.flatMap(([, slots]) => Object.keys(slots).filter((slot) => !listed.includes(slot)));
    for (const group of [...slotOrder, [...new Set(others)]]) {
      for (const [variable, slots] of starts) {
        for (const slot of group) {
          const start = slots[slot];
          if (start !== undefined) added.get(variable)?.set(slot, this.#addSlot(slot, variable, start));
        }
      }
    }
    for (const [variable, slots] of added) this.#slots.set(variable, slots);
    if (kindOf !== null) this.#groups = this.#makeGroups(variables, kindOf);
    this.#shared = new Map(shared.map(([name, start]) => [name, this.add(name, tensor(start), variables[0])]));
    this.#trainable = [...variables];
  }

  #makeGroups(variables: readonly Variable[], kindOf: (variable: Variable) => string | null): readonly Unit[] {
    const slotNames = (variable: Variable): string => [...this.#slotsOf(variable).keys()].join();
    const groups = flatGroups(variables, (variable) => {
      const kind = kindOf(variable);
      return kind === null ? null : `${kind} ${slotNames(variable)}`;
    });
    return groups.map((members) => {
      const slots = members.map((variable) => this.#slotsOf(variable));
      return flatUnit(members, slots, (slot) => this.#pathOf(slot));
    });
  }

  #slotsOf(variable: Variable): Slots {
    return this.#slots.get(variable) ?? new Map<string, Variable>();
  }

  /** The units that move these variables. A group moves together if all of its members are among them. */
  unitsOf(variables: ReadonlySet<Variable>): readonly Unit[] {
    const groups = this.#groups.filter(({ members }) => members.every((variable) => variables.has(variable)));
    const grouped = new Set(groups.flatMap(({ members }) => members));
    const single = [...variables].filter((variable) => !grouped.has(variable));
    return [...groups, ...single.map((variable) => singleUnit(variable, this.#slotsOf(variable)))];
  }
}
