import { LRUCache } from 'lru-cache';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import { type Tree, fillTree, flatten, mapTree } from '../../../core/tree.ts';
import { Trace, traceOf } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { jit } from '../../../compiler/program/jit.ts';
import { type StateOwner, checkState } from './check-state.ts';

/** A layer whose calls are compiled. */
interface CalledLayer extends StateOwner {
  applyIn(trace: Trace, inputs: Tree<Value>, training: boolean, mask: Value | null): Tree<Value>;
}

const isZero = (value: unknown): value is 0 => value === 0;

/** A layer's calls on arrays, compiled once for each mode and form of the inputs. */
export class EagerCalls {
  readonly #layer: CalledLayer;
  readonly #isTensor: (value: unknown) => value is Tensor;
  readonly #compiled = new LRUCache<string, (...inputs: readonly TensorLike[]) => Promise<Tensor>>({ max: 8 });

  constructor(layer: CalledLayer, isTensor: (value: unknown) => value is Tensor) {
    this.#layer = layer;
    this.#isTensor = isTensor;
  }

  run(inputs: Tree<Tensor>, training: boolean, mask: TensorLike | null): Promise<Tensor> {
    const form = mapTree(inputs, this.#isTensor, (): 0 => 0);
    const key = JSON.stringify([training, mask !== null, form]);
    const compiled = this.#compiled.get(key) ?? this.#compile(form, training, mask !== null);
    this.#compiled.set(key, compiled);
    return compiled(...flatten(inputs, this.#isTensor), ...(mask === null ? [] : [mask]));
  }

  /** The mask, if there is one, comes last. */
  #compile(form: Tree<0>, training: boolean, masked: boolean): (...inputs: readonly TensorLike[]) => Promise<Tensor> {
    return jit<readonly Value[], Value>((...values) => {
      const mask = masked ? (values.at(-1) ?? null) : null;
      const trace = traceOf(values) ?? new Trace();
      const outputs = this.#layer.applyIn(trace, fillTree(form, isZero, values), training, mask);
      checkState(this.#layer, flatten(outputs, isValue), trace.updates);
      return outputs as Value;
    });
  }
}
