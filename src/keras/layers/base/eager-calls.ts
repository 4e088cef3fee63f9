import { LRUCache } from 'lru-cache';
import { InternalError } from '../../../core/errors.ts';
import { type Tensor, isTensor } from '../../../core/tensor.ts';
import { type Tree, flatten, mapTree } from '../../../core/tree.ts';
import { Trace, traceOf } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { jit } from '../../../compiler/program/jit.ts';
import { type NamedArguments, mapRecord, tensorsOf } from '../../ops/base/symbolic-arguments.ts';
import { type StateOwner, checkState } from './check-state.ts';

/** A layer whose calls are compiled. */
interface CalledLayer extends StateOwner {
  applyIn(
    trace: Trace,
    inputs: Tree<Value>,
    training: boolean,
    masks: readonly (Value | null)[],
    options: NamedArguments,
  ): Tree<Value>;
}

/** A call on arrays. */
export interface EagerCall {
  readonly inputs: Tree<Tensor>;
  readonly training: boolean;
  /** The masks of the inputs, in order; those that are left out are null. */
  readonly masks: readonly (Tensor | null)[];
  readonly options: NamedArguments;
}

/** The place of a tensor in the form of a call. */
class Hole {
  readonly isHole = true;
}

const HOLE = new Hole();
const isHole = (value: unknown): value is Hole => value instanceof Hole;

/** A call without its tensors: calls of one form are compiled once. */
interface Form {
  readonly inputs: Tree<Hole>;
  readonly training: boolean;
  readonly masks: readonly (Hole | null)[];
  readonly options: NamedArguments;
}

/** A layer's calls on arrays, compiled once for each mode and form of the inputs. */
export class EagerCalls {
  readonly #layer: CalledLayer;
  readonly #compiled = new LRUCache<string, (...tensors: readonly Tensor[]) => Promise<Tensor>>({ max: 8 });

  constructor(layer: CalledLayer) {
    this.#layer = layer;
  }

  run({ inputs, training, masks, options }: EagerCall): Promise<Tensor> {
    const form: Form = {
      training,
      inputs: mapTree(inputs, isTensor, () => HOLE),
      masks: masks.map((mask) => (mask === null ? null : HOLE)),
      options: mapRecord(options, isTensor, () => HOLE),
    };
    const key = JSON.stringify(form);
    const compiled = this.#compiled.get(key) ?? this.#compile(form);
    this.#compiled.set(key, compiled);
    return compiled(
      ...flatten(inputs, isTensor),
      ...masks.filter((mask) => mask !== null),
      ...tensorsOf(options, isTensor),
    );
  }

  /** The tensors come in the order of the inputs, the masks and the options. */
  #compile(form: Form): (...tensors: readonly Tensor[]) => Promise<Tensor> {
    return jit<readonly Value[], Value>((...values) => {
      const rest = values.values();
      const fill = (): Value => {
        const next = rest.next();
        if (next.done === true) throw new InternalError('a call has fewer tensors than its form.');
        return next.value;
      };
      const trace = traceOf(values) ?? new Trace();
      const inputs = mapTree(form.inputs, isHole, fill);
      const masks = form.masks.map((mask) => (mask === null ? null : fill()));
      const options = mapRecord(form.options, isHole, fill);
      const outputs = this.#layer.applyIn(trace, inputs, form.training, masks, options);
      checkState(this.#layer, flatten(outputs, isValue), trace.updates);
      return outputs as Value;
    });
  }
}
