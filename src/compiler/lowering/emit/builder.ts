import { type DType, allocate } from '../../../core/dtype.ts';
import { sizeOf } from '../../../core/shape.ts';
import { Tensor, tensor } from '../../../core/tensor.ts';
import type { Value } from '../../ir/value.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from '../../onnx/index.ts';
import { dataTypeOf, int64Tensor, onnxTensor } from '../../onnx/index.ts';
import type { Permutation } from './permutation.ts';

/**
 * Attributes as rules write them: a number is an ONNX `int`, `{ float }` an ONNX `float`, `{ floats }` a list of them,
 * `{ graph }` the body of a loop.
 */
export type Attributes = Readonly<
  Record<
    string,
    | number
    | string
    | readonly number[]
    | { readonly float: number }
    | { readonly floats: readonly number[] }
    | { readonly graph: OnnxGraph }
  >
>;

export interface EmitOptions {
  readonly attributes?: Attributes;
  /** The operator set. @default that of ONNX */
  readonly domain?: string;
  /** The number of outputs. @default 1 */
  readonly outputs?: number;
}

/** A value whose axes were exchanged, possibly in another shape than that of the result. */
export interface Transposed extends Permutation {
  /** The value before. */
  readonly source: string;
}

export const MICROSOFT = 'com.microsoft';
/** The blocked-channels operators that ONNX Runtime's own layout optimizer emits. */
export const BLOCKED = 'com.microsoft.nchwc';

/** Collects the inputs, nodes and constants of an ONNX graph. Values are represented by their names. */
export class Builder {
  readonly inputs: OnnxValueInfo[] = [];
  readonly initializers: OnnxTensor[] = [];
  /** The names of shared constants. */
  readonly #constants = new Map<string, string>();
  #nodes: OnnxNode[] = [];
  /** The names of the results of shared nodes. */
  #shared = new Map<string, string>();
  /** The layer of each node, for error messages. */
  readonly scopes: Map<string, string> = new Map<string, string>();
  /** The nodes that engines with half precision compute in it. */
  readonly halves: Set<string> = new Set<string>();
  /** The layer of the nodes that are appended. */
  scope: string | null = null;
  /** Whether the nodes that are appended are among {@link halves}. */
  isHalf = false;
  /** The names in the blocked layout of values that were converted from it. */
  readonly blocked: Map<string, string> = new Map<string, string>();
  /** The factors, of equal shapes, of products that only a sum uses; the product itself is dead code if that uses these. */
  readonly factors: Map<string, readonly [string, string]> = new Map<string, readonly [string, string]>();
  /** The values whose axes were exchanged, by the result. */
  readonly transposed: Map<string, Transposed> = new Map<string, Transposed>();
  /** The operands of reshapes, by the result. */
  readonly views: Map<string, string> = new Map<string, string>();
  #count = 0;

  /** The nodes appended so far; while a body is made, its own. */
  get nodes(): readonly OnnxNode[] {
    return this.#nodes;
  }

  /** Appends a node with all its details. */
  push(node: OnnxNode): void {
    this.#nodes.push(node);
  }

  /**
   * Returns the nodes that a function appends, which are then not nodes of this graph but of a body in it: they see the names
   * of this graph, which does not see theirs. Constants are added to this graph.
   */
  inBody(append: () => void): readonly OnnxNode[] {
    const [nodes, shared] = [this.#nodes, this.#shared];
    const body: OnnxNode[] = [];
    this.#nodes = body;
    this.#shared = new Map(shared);
    try {
      append();
    } finally {
      this.#nodes = nodes;
      this.#shared = shared;
    }
    return body;
  }

  /** Returns a unique name. */
  name(kind: string): string {
    return `${kind}_${this.#count++}`;
  }

  /** Appends a node and returns the names of its outputs. */
  emitAll(opType: string, inputs: readonly string[], options: EmitOptions = {}): readonly string[] {
    const name = this.name(opType);
    const count = options.outputs ?? 1;
    const outputs = count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}.${i}`);
    const attributes = Object.fromEntries(
      Object.entries(options.attributes ?? {}).map(([key, value]) => [key, attribute(value)]),
    );
    this.push({ name, opType, domain: options.domain ?? '', inputs, outputs, attributes });
    if (this.scope !== null) this.scopes.set(name, this.scope);
    if (this.isHalf) this.halves.add(name);
    return outputs;
  }

  /** Appends a node of one output and returns its name. */
  emit(opType: string, inputs: readonly string[], options: EmitOptions = {}): string {
    const [output] = this.emitAll(opType, inputs, options);
    return output ?? '';
  }

  /** As {@link emit}, but returns the existing node for an operator already applied to the same inputs. */
  emitOnce(opType: string, inputs: readonly string[], options: Omit<EmitOptions, 'outputs'> = {}): string {
    const key = `${options.domain ?? ''} ${opType} ${inputs.join(' ')} ${JSON.stringify(options.attributes ?? {})}`;
    return once(this.#shared, key, () => this.emit(opType, inputs, options));
  }

  /** Adds an input of the model, of the type of a value, and returns its name. */
  input(kind: string, { dtype, knownShape }: Pick<Value, 'dtype' | 'knownShape'>): string {
    const name = this.name(kind);
    this.inputs.push({ name, dataType: dataTypeOf(dtype), dims: knownShape });
    return name;
  }

  /** Adds a constant and returns its name; the elements are shared, not copied. */
  constant(value: Tensor, kind = 'constant'): string {
    const name = this.name(kind);
    this.initializers.push(onnxTensor(name, value));
    return name;
  }

  /** Returns the name of a constant number; equal numbers share one constant. */
  scalar(value: number, dtype: DType): string {
    return once(this.#constants, `${dtype} ${Object.is(value, -0) ? '-0' : value}`, () =>
      this.constant(tensor(value, [], dtype), 'scalar'),
    );
  }

  /** Returns the name of a constant of equal numbers; equal constants are shared. */
  filled(value: number, shape: readonly number[], dtype: DType): string {
    return once(this.#constants, `filled ${dtype} ${value} ${shape.join(',')}`, () =>
      this.constant(new Tensor(allocate(dtype, sizeOf(shape)).fill(value), shape), 'filled'),
    );
  }

  /** Returns the name of a constant list of integers (a shape, axes, indices); equal lists share one constant. */
  integers(values: readonly number[]): string {
    return once(this.#constants, `integers ${values.join(',')}`, () => {
      const name = this.name('integers');
      this.initializers.push(int64Tensor(name, values));
      return name;
    });
  }

  /** Appends a reshape and returns the name of its output. */
  reshape(x: string, shape: readonly number[]): string {
    // allowzero: a size of 0 is an empty axis, not a copy of the input's.
    const name = this.emit('Reshape', [x, this.integers(shape)], { attributes: { allowzero: 1 } });
    this.views.set(name, x);
    return name;
  }
}

function once(known: Map<string, string>, key: string, make: () => string): string {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if ('float' in value) return { type: 'float', value: value.float };
  if ('floats' in value) return { type: 'floats', value: value.floats };
  if ('graph' in value) return { type: 'graph', value: value.graph };
  return { type: 'ints', value };
}
