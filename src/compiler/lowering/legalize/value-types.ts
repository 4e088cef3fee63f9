import { DataType, type OnnxGraph, type OnnxNode } from '../../onnx/index.ts';

const { BOOL, INT64, UNDEFINED } = DataType;

/** The element types of results that are not that of the first operand. */
const RESULTS: Readonly<Record<string, readonly number[]>> = {
  Equal: [BOOL],
  Greater: [BOOL],
  GreaterOrEqual: [BOOL],
  Less: [BOOL],
  LessOrEqual: [BOOL],
  IsInf: [BOOL],
  IsNaN: [BOOL],
  Shape: [INT64],
  ArgMax: [INT64],
};

/** The element types of the values of a graph, added node by node. */
export class ValueTypes {
  readonly #types: Map<string, number>;

  constructor({ inputs, initializers }: Pick<OnnxGraph, 'inputs' | 'initializers'>) {
    this.#types = new Map([...inputs, ...initializers].map(({ name, dataType }) => [name, dataType]));
  }

  /** The element type of a value. */
  of(name: string): number {
    return this.#types.get(name) ?? UNDEFINED;
  }

  /** The element type on which the implementation of a node depends: that of its data. */
  ofData({ opType, inputs }: OnnxNode): number {
    return this.of((opType === 'Where' ? inputs[1] : inputs[0]) ?? '');
  }

  /** Records the element types of a node's results. */
  add(node: OnnxNode): void {
    for (const [i, name] of node.outputs.entries()) this.#types.set(name, this.ofResult(node, i));
  }

  /** Records the element type of a constant. */
  addConstant(name: string, dataType: number): void {
    this.#types.set(name, dataType);
  }

  /** The element type of a result of a node. */
  ofResult(node: OnnxNode, index: number): number {
    if (node.opType === 'Cast') return Number(node.attributes['to']?.value);
    if ((node.opType === 'MaxPool' || node.opType === 'TopK') && index === 1) return INT64;
    return RESULTS[node.opType]?.[index] ?? this.ofData(node);
  }
}
