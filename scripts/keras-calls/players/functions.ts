import { type Value, activations, jit, losses, metrics, ops } from 'evenkeel';
import type { Tensor } from 'evenkeel';
import { type Difference, compareSymbols, compareTree } from '../compare.ts';
import { Absent, type CallRecord, NoSuchArgument, type Recorded } from '../record-types.ts';
import { checkType, entriesOf, isRecord, isTensor, plain, textOf, toSymbols, toTensor } from '../values.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** The part of a function's specification that tells how it is called. */
interface CallSpecification {
  readonly parameters: readonly string[];
  readonly requiredParameters: number;
  readonly options: ReadonlyMap<string, { readonly kind: string; readonly default: unknown }>;
}

const rooms = { op: ops, loss_fn: losses, metric_fn: metrics, activation: activations } as const;

/** The names that are reserved in JavaScript, or have Keras's spelling in another room. */
const RENAMED: Readonly<Record<string, string>> = { var: 'variance' };

/** The positional arguments of functions without a specification; all others are options. */
const POSITIONAL: Readonly<Record<string, readonly string[]>> = {
  arange: ['start'],
  empty: ['shape'],
  eye: ['N'],
  full: ['shape', 'fill_value'],
  ones: ['shape'],
  zeros: ['shape'],
};

/** The operands of functions without a specification. */
const OPERANDS: ReadonlySet<string> = new Set(['fill_value', 'elems', 'elements', 'init', 'init_val', 'xs']);

/** Arguments that are shapes, though Keras's operations pass them with the tensors. */
const SHAPES: ReadonlySet<string> = new Set(['output_shape']);

/** Arguments whose neutral values functions without them may be given. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  data_format: ['channels_last', null],
  keepdims: [false],
  sparse: [false],
  synchronized: [false],
  mode: ['constant', null],
  dtype: [null],
};

export const camelCase = (name: string): string =>
  name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The function of a record, if evenkeel has it; a name with dots leads into a module, as image.resize does. */
export function findFunction({ kind, name }: CallRecord): AnyFunction | undefined {
  const room = rooms[kind.replace(/_symbolic$/, '') as keyof typeof rooms] as Readonly<Record<string, unknown>>;
  const found = name
    .split('.')
    .reduce<unknown>((owner, part) => (owner as typeof room | undefined)?.[RENAMED[part] ?? camelCase(part)], room);
  return typeof found === 'function' ? (found as AnyFunction) : undefined;
}

/** A call as evenkeel's functions take it: positional arguments, then options. */
interface Call {
  readonly positional: readonly (readonly [name: string, value: Recorded | undefined])[];
  readonly options: ReadonlyMap<string, Recorded>;
}

function arrange(fn: AnyFunction, { kind, name, args = {} }: CallRecord): Call {
  const left = new Map(Object.entries(args));
  if (!('specification' in fn)) {
    const names = POSITIONAL[name] ?? Object.keys(args).slice(0, kind === 'activation' ? 1 : 2);
    return { positional: names.map((key) => [key, drop(left, key)]), options: left };
  }
  const { parameters, requiredParameters, options } = fn.specification as CallSpecification;
  const required = [...options].filter(([, { kind }]) => kind === 'required').map(([key]) => key);
  const known = new Set([...parameters, ...options.keys()]);
  const positional = [...parameters.slice(0, requiredParameters), ...required].map(
    (key): readonly [string, Recorded | undefined] => {
      // By its name, else by its place: some of Keras's arguments have another name in the constructor of the operation.
      const found = left.has(key) ? key : [...left.keys()].find((each) => !known.has(each));
      return [key, found === undefined ? undefined : drop(left, found)];
    },
  );
  for (const [key, value] of left) {
    const isOption = known.has(key) && options.get(key)?.kind !== 'fixed';
    if (isOption) continue;
    if (value !== null && NEUTRAL[key]?.includes(value) !== true) throw new NoSuchArgument(`it takes no ${key}`);
    left.delete(key);
  }
  return { positional, options: left };
}

function drop(map: Map<string, Recorded>, key: string): Recorded | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}

/** Whether an argument holds arrays or symbolic tensors. */
const holdsTensors = (value: Recorded | undefined): boolean => /"\$[ak]"/.test(JSON.stringify(value ?? null));

/** Whether null differs from an option that is left out. */
function isMeantNull(fn: AnyFunction, key: string): boolean {
  if (/^ax[ie]s/.test(key)) return true;
  const option = 'specification' in fn ? (fn.specification as CallSpecification).options.get(key) : undefined;
  return option !== undefined && key !== 'dtype' && (option.default ?? null) !== null;
}

/**
 * A call of a function on arrays or on symbolic tensors. Keras's tests of images set a global position of the channels, which
 * is not recorded: where a call leaves the position out, it may be either.
 */
export async function replayFunction(record: CallRecord): Promise<Difference | null> {
  const fn = findFunction(record);
  if (fn === undefined) throw new Absent(record.name);
  if (!record.name.startsWith('image.') || typeof record.args?.['data_format'] === 'string') return play(fn, record);
  const last = await settle(play(fn, record));
  if (isRight(last)) return null;
  const args = { ...record.args, data_format: 'channels_first' };
  const first = await settle(play(fn, { ...record, args }));
  return (isRight(first) ? first : last)();
}

/** The outcome of a call, as a function that returns the difference or throws the error. */
type Settled = () => Difference | null;

async function settle(played: Promise<Difference | null>): Promise<Settled> {
  try {
    const difference = await played;
    return () => difference;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function isRight(settled: Settled): boolean {
  try {
    return settled() === null;
  } catch {
    return false;
  }
}

async function play(fn: AnyFunction, record: CallRecord): Promise<Difference | null> {
  const isSymbolic = record.kind.endsWith('_symbolic');
  const { positional, options } = arrange(fn, record);
  const feeds: Tensor[] = [];
  const readers = positional.map(([name, value]) =>
    reader(name, value, isSymbolic, feeds, isOperand(record, fn, name)),
  );
  const named = [...options]
    .filter(([, value]) => value !== null)
    .concat([...options].filter(([key, value]) => value === null && isMeantNull(fn, key)))
    .map(
      ([key, value]) =>
        [
          camelCase(key),
          reader(key, value, isSymbolic, feeds, holdsTensors(value) && isOperand(record, fn, key)),
        ] as const,
    );
  const call = (values: readonly Value[]): unknown => {
    const args = readers.map((read) => read(values));
    while (args.length > 0 && args.at(-1) === undefined) args.pop();
    const bag = Object.fromEntries(named.map(([key, read]) => [key, read(values)]));
    return fn(...args, ...(named.length > 0 ? [bag] : []));
  };
  if (isSymbolic) return compareSymbols(call([]), record.output);
  const got: unknown = await jit<readonly Value[], unknown>((...values) => call(values))(...feeds);
  return compareTree(got, record.output, 'result');
}

/** Whether a positional argument is an operand, so that numbers and lists in it are tensors. */
function isOperand({ kind }: CallRecord, fn: AnyFunction, name: string): boolean {
  if (!('specification' in fn)) return kind !== 'op' || OPERANDS.has(name);
  return (fn.specification as CallSpecification).parameters.includes(name) && name !== 'key' && !SHAPES.has(name);
}

/** The function of ops for one of Python's module `operator`. */
function builtinFunction(value: Recorded): unknown {
  const object = isRecord(value) ? value['$o'] : undefined;
  if (!isRecord(object) || object['class_name'] !== 'builtin_function_or_method') return undefined;
  return (ops as Readonly<Record<string, unknown>>)[textOf(object['config'])];
}

type Reader = (values: readonly Value[]) => unknown;

/** A function that returns an argument, given the values that stand for the fed arrays. */
function reader(
  name: string,
  value: Recorded | undefined,
  isSymbolic: boolean,
  feeds: Tensor[],
  isTensorArgument: boolean,
): Reader {
  if (value === undefined) return () => undefined;
  const named = builtinFunction(value);
  if (named !== undefined) return () => named;
  if (name === 'dtype') {
    const given = typeof value === 'string' ? value : null;
    const dtype = given === null ? undefined : checkType(STANDARD[given] ?? given);
    return () => dtype;
  }
  if (!isTensorArgument) {
    const argument = plain(value);
    return () => argument;
  }
  const entries = entriesOf(value);
  if (entries !== null && (holdsTensors(value) || isSymbolic)) {
    const all = entries.map((entry) => reader(name, entry, isSymbolic, feeds, true));
    return (values) => all.map((read) => read(values));
  }
  if (isRecord(value) && '$k' in value) {
    const symbol = toSymbols(value);
    return () => symbol;
  }
  const made = toTensor(value, true);
  if (!isTensor(made) || isSymbolic) return () => made;
  const at = feeds.push(made) - 1;
  return (values) => values[at];
}

/** Keras's dtypes without 64-bit types, as on JAX. */
const STANDARD: Readonly<Record<string, string>> = {
  float: 'float32',
  int: 'int32',
  int64: 'int32',
  float64: 'float32',
};
