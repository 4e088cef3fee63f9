import { tensor } from '../../../core/tensor.ts';
import {
  DataType,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  int64Tensor,
  onnxTensor,
} from '../../onnx/index.ts';

/** The functions by which a rewrite appends nodes. Appended nodes are legalized in turn. */
export interface RewriteContext {
  readonly typeOf: (name: string) => number;
  /** The element type of a result of a node that has not been appended. */
  readonly resultType: (node: OnnxNode, index: number) => number;
  readonly constantOf: (name: string) => OnnxTensor | undefined;
  /** Adds a constant and returns its name. */
  readonly constant: (make: (name: string) => OnnxTensor) => string;
  /** Appends a node and returns the name of its result, which is new unless it is given. */
  readonly emit: (
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    output?: string,
  ) => string;
  readonly emitNode: (node: OnnxNode) => void;
}

/** Another form of an operator. */
export interface Rewrite {
  readonly opType: string;
  readonly applies: (node: OnnxNode, dtype: string, constants: ReadonlyMap<string, OnnxTensor>) => boolean;
  readonly apply: (node: OnnxNode, context: RewriteContext) => void;
}

/** An attribute of one integer. */
export const int = (value: number): OnnxAttribute => ({ type: 'int', value });
/** The attributes of a cast. */
export const castTo = (dataType: number): Readonly<Record<string, OnnxAttribute>> => ({ to: int(dataType) });

/** A constant of one number. */
export function scalar({ constant }: RewriteContext, value: number, dataType: number): string {
  const dtype = dataType === DataType.INT32 ? 'int32' : 'float32';
  return constant((name) => onnxTensor(name, tensor(value, [], dtype)));
}

/** A constant list of integers. */
export const integers = ({ constant }: RewriteContext, values: readonly number[]): string =>
  constant((name) => int64Tensor(name, values));

/** Whether a dtype has arithmetic on the engine. */
export const isNumber = (dtype: string): boolean => dtype === 'float32' || dtype === 'int32';

/** A rewrite of an operator with one result, for numbers of the dtypes whose arithmetic engines have. */
export const composed = (
  opType: string,
  applies: (dtype: string) => boolean,
  apply: (inputs: readonly [string, string], context: RewriteContext, node: OnnxNode, output: string) => void,
): Rewrite => ({
  opType,
  applies: (_, dtype) => applies(dtype),
  apply: (node, context) => {
    const [a = '', b = ''] = node.inputs;
    apply([a, b], context, node, node.outputs[0] ?? '');
  },
});
