import { RandomStream } from '../../core/random.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { Body, type Node } from './value.ts';
import { Variable } from './variable.ts';

/** The form of each object that an attribute may hold; numbers, strings, booleans and lists have one form. */
export interface AttributeFormat {
  readonly variable: (variable: Variable) => string;
  readonly stream: (stream: RandomStream) => string;
  readonly tensor: (tensor: Tensor) => string;
  readonly body: (body: Body) => string;
  /** Between the elements of a list. */
  readonly separator: string;
}

/** The attributes of a node as `[name, value]` strings, in the order of their names' definition. */
export function formatAttributes(node: Node, format: AttributeFormat): readonly (readonly [string, string])[] {
  const write = (value: unknown): string => {
    if (value instanceof Variable) return format.variable(value);
    if (value instanceof RandomStream) return format.stream(value);
    if (value instanceof Tensor) return format.tensor(value);
    if (value instanceof Body) return format.body(value);
    if (Array.isArray(value)) return `[${value.map(write).join(format.separator)}]`;
    return String(value);
  };
  const entries = Object.entries(node.attributes as Readonly<Record<string, unknown>>);
  return entries.map(([name, value]) => [name, write(value)]);
}

/** The dtype, shape and elements of a tensor, exactly; a repeated number, which is common, is written once. */
export function exactTensor({ data, dtype, shape }: Tensor): string {
  const type = `${dtype}[${shape.join(',')}]`;
  const [first] = data;
  const size = sizeOf(shape);
  if (size > 1 && data.every((entry) => Object.is(entry, first))) return `${type}${exactNumber(first ?? 0)}×${size}`;
  return `${type}${Array.from(data, exactNumber).join(',')}`;
}

const exactNumber = (entry: number): string => (Object.is(entry, -0) ? '-0' : String(entry));
