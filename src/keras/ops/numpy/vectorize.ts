import { checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, broadcastShapes, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { checkFunction } from '../base/check-function.ts';
import { vectorizedMap } from '../core/mapping.ts';

/** Options of {@link vectorize}. */
export interface VectorizeOptions {
  /** The positions of arguments that are passed on as they are. @default null, none */
  excluded?: Iterable<number> | null;
  /** The axes that the function computes with, such as `(m,n),(n)->(m)`. @default null, scalars in and out */
  signature?: string | null;
}

const WHO = 'ops.vectorize';

/** The names of the axes of each argument and of each result. */
interface Signature {
  readonly inputs: readonly (readonly string[])[];
  /** Null for results of any shape. */
  readonly outputs: readonly (readonly string[])[] | null;
}

const SIGNATURE = /^(\((\w+(,\w+)*)?\),?)*(?<!,)->(\((\w+(,\w+)*)?\),?)+(?<!,)$/;

/**
 * A function that applies another one along all leading axes of its arguments, which broadcast.
 *
 * Without a signature, the function receives scalars; with one, arrays of the axes that it names, which are the last ones of the
 * arguments.
 *
 * Shapes: `(m,n),(n)->(m)` makes [..., m, n] and [..., n] into [..., m].
 *
 * @throws ValueError if the signature is malformed, or arguments do not fit it; TypeError if the argument is not a function.
 * @example
 * const clip = ops.vectorize((x, limit) => ops.minimum(x, limit));
 * await jit((x) => clip(x, 2))([1, 2, 3, 4]);   // [1, 2, 2, 2]
 * const product = ops.vectorize((a, b) => ops.dot(a, b), { signature: '(n),(n)->()' });
 * await jit((a, b) => product(a, b))([[1, 2], [3, 4]], [1, 1]);   // [3, 7]
 * @see https://keras.io/api/ops/numpy/#vectorize-function
 */
export function vectorize<Result extends Value | readonly Value[]>(
  pyfunc: (...args: readonly never[]) => Result,
  options: VectorizeOptions = {},
): (...args: readonly unknown[]) => Result {
  checkFunction(WHO, 'pyfunc', pyfunc);
  checkOptions(WHO, options, ['excluded', 'signature']);
  const { excluded = null, signature = null } = options;
  const skipped = new Set(excluded ?? []);
  for (const position of skipped) {
    if (Number.isInteger(position) && position >= 0) continue;
    throw new ValueError(`[${WHO}] excluded must be positions ≥ 0 of arguments. Received: ${show(position)}.`);
  }
  const axes = signature === null ? null : readSignature(signature);
  return (...args) => {
    const mapped = args.flatMap((_, i) => (skipped.has(i) ? [] : [i]));
    const values = mapped.map((i) => toValue(args[i] as Operand));
    const call = (given: readonly Value[]): Result => {
      const all = args.map((arg, i) => (skipped.has(i) ? arg : given[mapped.indexOf(i)]));
      return (pyfunc as (...all: readonly unknown[]) => Result)(...all);
    };
    return applied(call, values, axes ?? { inputs: values.map(() => []), outputs: null }) as Result;
  };
}

function readSignature(signature: unknown): Signature {
  const compact = typeof signature === 'string' ? signature.replaceAll(/\s/g, '') : '';
  const [from = '', to = ''] = compact.split('->');
  if (!SIGNATURE.test(compact)) {
    throw new ValueError(`[${WHO}] signature must have the form "(m,n),(n)->(m)". Received: ${show(signature)}.`);
  }
  const lists = (part: string): readonly (readonly string[])[] =>
    [...part.matchAll(/\(([^)]*)\)/g)].map(([, names = '']) => (names === '' ? [] : names.split(',')));
  return { inputs: lists(from), outputs: lists(to) };
}

function applied(
  call: (given: readonly Value[]) => Value | readonly Value[],
  values: readonly Value[],
  { inputs, outputs }: Signature,
): Value | readonly Value[] {
  if (inputs.length !== values.length) {
    throw new ValueError(
      `[${WHO}] there must be one argument for each list of the signature. Received: ${values.length} arguments for ${inputs.length} lists.`,
    );
  }
  const sizes = new Map<string, number>();
  const leading = values.map(({ shape }, i) => leadingShape(shape, inputs[i] ?? [], sizes));
  const batch = leading.reduce<Shape>((joined, shape) => joinShapes(joined, shape), []);
  const check = (made: unknown): readonly Value[] => checkResults(made, outputs, sizes);
  if (batch.length === 0) {
    const made = call(values);
    check(made);
    return made;
  }
  const count = batch.reduce<number | null>((a, b) => (a === null || b === null ? null : a * b), 1);
  // Arguments without leading axes are the same for all calls.
  const isMapped = leading.map((shape) => shape.length > 0);
  const flat = values.flatMap((value, i) => {
    const own = value.shape.slice(value.rank - (inputs[i] ?? []).length);
    return isMapped[i] === true ? [build.reshape(build.broadcastTo(value, [...batch, ...own]), [count, ...own])] : [];
  });
  const calls: unknown[] = [];
  const made = vectorizedMap((slices: readonly Value[]) => {
    let next = 0;
    const result = call(values.map((value, i) => (isMapped[i] === true ? (slices[next++] ?? value) : value)));
    calls.push(result);
    return check(result);
  }, flat);
  const results = made.map((y) => build.reshape(y, [...batch, ...y.shape.slice(1)]));
  const [only] = results;
  return Array.isArray(calls[0]) || only === undefined ? results : only;
}

function joinShapes(a: Shape, b: Shape): Shape {
  const joined = broadcastShapes(a, b);
  if (joined !== null) return joined;
  throw new ValueError(
    `[${WHO}] the leading axes of the arguments must broadcast. Received: ${showShape(a)} and ${showShape(b)}.`,
  );
}

/** The axes before those that a signature names. */
function leadingShape(shape: Shape, names: readonly string[], sizes: Map<string, number>): Shape {
  const count = shape.length - names.length;
  if (count < 0) {
    throw new ValueError(
      `[${WHO}] an argument must have the axes that the signature names, (${names.join(',')}). Received: shape ${showShape(shape)}.`,
    );
  }
  checkSizes(shape.slice(count), names, sizes);
  return shape.slice(0, count);
}

function checkSizes(shape: Shape, names: readonly string[], sizes: Map<string, number>): void {
  for (const [i, name] of names.entries()) {
    const size = shape[i] ?? null;
    if (size === null) continue;
    const known = sizes.get(name) ?? size;
    if (known !== size) {
      throw new ValueError(`[${WHO}] axes of one name must have one size. Received: ${name} of ${known} and ${size}.`);
    }
    sizes.set(name, size);
  }
}

/** The results of a function as a list. */
function checkResults(made: unknown, outputs: Signature['outputs'], sizes: Map<string, number>): readonly Value[] {
  const list: readonly unknown[] = Array.isArray(made) ? made : [made];
  const results = list.filter(isValue);
  if (results.length < list.length || results.length === 0) {
    throw new TypeError(`[${WHO}] the function must return values, made with ops. Received: ${show(made)}.`);
  }
  if (outputs === null) return results;
  if (results.length !== outputs.length) {
    throw new ValueError(
      `[${WHO}] the function must return ${outputs.length} values, as its signature says. Received: ${results.length}.`,
    );
  }
  for (const [i, { shape }] of results.entries()) {
    const names = outputs[i] ?? [];
    if (shape.length !== names.length) {
      throw new ValueError(
        `[${WHO}] a result must have the axes that the signature names, (${names.join(',')}). Received: shape ${showShape(shape)}.`,
      );
    }
    checkSizes(shape, names, sizes);
  }
  return results;
}
