import type { DType } from '../../core/dtype.ts';
import { Tensor, tensor } from '../../core/tensor.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../onnx/index.ts';
import { int64Tensor, onnxTensor } from '../onnx/index.ts';

/** Attributes as they are written in rules: an integer is an `int`, `{ float }` a `float`. */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

export interface EmitOptions {
  readonly attributes?: Attributes;
  /** @default ONNX's own operators */
  readonly domain?: string;
  /** How many outputs. @default 1 */
  readonly outputs?: number;
}

export const MICROSOFT = 'com.microsoft';
/** The blocked-channels operators that ONNX Runtime's own layout optimizer emits. */
export const BLOCKED = 'com.microsoft.nchwc';

/** Gathers the nodes and constants of an ONNX graph; values are names. */
export class Builder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #shared = new Map<string, string>();
  /** Which layer each node belongs to, for messages. */
  readonly scopes: Map<string, string> = new Map<string, string>();
  scope: string | null = null;
  /** What values that came out of the blocked layout were called in it. */
  readonly blocked: Map<string, string> = new Map<string, string>();
  #count = 0;

  /** A name that nothing else has. */
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
    this.nodes.push({ name, opType, domain: options.domain ?? '', inputs, outputs, attributes });
    if (this.scope !== null) this.scopes.set(name, this.scope);
    return outputs;
  }

  /** Appends a node of one output and returns its name. */
  emit(opType: string, inputs: readonly string[], options: EmitOptions = {}): string {
    const [output] = this.emitAll(opType, inputs, options);
    return output ?? '';
  }

  /** As {@link emit}, once for all who ask for the same operator on the same inputs. */
  emitOnce(opType: string, inputs: readonly string[], options: Omit<EmitOptions, 'outputs'> = {}): string {
    const key = `${options.domain ?? ''} ${opType} ${inputs.join(' ')} ${JSON.stringify(options.attributes ?? {})}`;
    return this.#once(key, () => this.emit(opType, inputs, options));
  }

  /** A constant; the elements are shared, not copied. */
  constant(value: Tensor, kind = 'constant'): string {
    const name = this.name(kind);
    this.initializers.push(onnxTensor(name, value));
    return name;
  }

  /** A constant number, one for all who ask for the same. */
  scalar(value: number, dtype: DType): string {
    return this.#once(`${dtype} ${Object.is(value, -0) ? '-0' : value}`, () =>
      this.constant(tensor(value, [], dtype), 'scalar'),
    );
  }

  /** Shapes, axes and indices, one constant for all who ask for the same. */
  integers(values: readonly number[]): string {
    return this.#once(`integers ${values.join(',')}`, () => {
      const name = this.name('integers');
      this.initializers.push(int64Tensor(name, values));
      return name;
    });
  }

  reshape(x: string, shape: readonly number[]): string {
    // allowzero: a size of 0 is an empty axis, not a copy of the input's.
    return this.emit('Reshape', [x, this.integers(shape)], { attributes: { allowzero: 1 } });
  }

  /** The nodes that the named values need; the others were prepared for nobody. */
  nodesFor(outputs: readonly string[]): readonly OnnxNode[] {
    const needed = new Set(outputs);
    const kept: OnnxNode[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      for (const name of node.inputs) needed.add(name);
      kept.push(node);
    }
    return kept.toReversed();
  }

  #once(key: string, make: () => string): string {
    const found = this.#shared.get(key);
    if (found !== undefined) return found;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }
}

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if ('float' in value) return { type: 'float', value: value.float };
  return { type: 'ints', value };
}
