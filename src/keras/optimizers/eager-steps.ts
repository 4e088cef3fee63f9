import { LRUCache } from 'lru-cache';
import { warn } from '../../core/print.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Revisioned } from '../../compiler/graph/dependencies.ts';
import { input } from '../../compiler/graph/leaves.ts';
import { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { Program } from '../../compiler/program/program.ts';
import { signatureOf } from '../../compiler/program/trace-function.ts';

/** The constraints of variables, which hold after a step. */
export type Constraints = ReadonlyMap<Variable, WeightConstraint>;

/** A constraint of a weight. */
export interface WeightConstraint {
  /** Returns the weight that the constraint admits. */
  call(w: Value): Value;
}

/** An optimizer's step within a trace; returns warnings. */
type ApplyIn = (
  trace: Trace,
  gradients: readonly (Value | null)[],
  variables: readonly Variable[],
  options: { readonly constraints: Constraints },
) => readonly string[];

/** An optimizer's steps on arrays, compiled once for each list of variables and each set of gradients among them. */
export class EagerSteps {
  readonly #applyIn: ApplyIn;
  readonly #owner: Revisioned;
  readonly #programs = new LRUCache<string, Program>({ max: 16 });
  readonly #ids = new WeakMap<object, number>();
  #idCount = 0;
  #running: Promise<unknown> = Promise.resolve();

  /** @param owner the optimizer, of whose settings a change makes compiled steps stale */
  constructor(applyIn: ApplyIn, owner: Revisioned) {
    this.#applyIn = applyIn;
    this.#owner = owner;
  }

  /** Makes one step. Steps that are started before earlier ones have ended wait for them. */
  async run(
    gradients: readonly (Tensor | null)[],
    variables: readonly Variable[],
    constraints: Constraints,
  ): Promise<void> {
    const given = gradients.filter((gradient) => gradient !== null);
    const ids = variables.map((variable, i) => {
      const constraint = constraints.get(variable);
      return `${this.#idOf(variable)}:${constraint === undefined ? '' : this.#idOf(constraint)}:${gradients[i] === null}`;
    });
    const key = `${this.#owner.revision} ${ids.join()} ${signatureOf(given)}`;
    const program = this.#programs.get(key) ?? this.#compile(gradients, variables, constraints);
    this.#programs.set(key, program);
    const result = this.#running.then(() => program.run(given));
    this.#running = result.catch(() => undefined);
    await result;
  }

  #compile(gradients: readonly (Tensor | null)[], variables: readonly Variable[], constraints: Constraints): Program {
    const trace = new Trace();
    const values = gradients.map((gradient, i) =>
      gradient === null ? null : input(`gradient_${i}`, gradient.shape, gradient.dtype),
    );
    for (const warning of this.#applyIn(trace, values, variables, { constraints })) warn(warning);
    return new Program({ inputs: values.filter((value) => value !== null), outputs: [], updates: trace.updates });
  }

  #idOf(object: object): number {
    const id = this.#ids.get(object) ?? this.#idCount++;
    this.#ids.set(object, id);
    return id;
  }
}
