import { type Json, isPlainRecord } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import { show } from '../../../core/errors.ts';
import { snakeCase } from '../../../core/names.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { writeArgument } from './argument-json.ts';
import { type KerasTensor, isKerasTensor } from './keras-tensor.ts';
import { Operation } from './operation.ts';
import { Option, type Result, type Specification, camelCase, configOptions } from './specification.ts';

// The parameters of any function.
type AnyFunction = (...args: never[]) => Result;

/** An argument that may be a symbolic tensor wherever it may be a value, in arrays and options too. */
type Symbolized<T> = [Value] extends [T]
  ? T | KerasTensor
  : T extends readonly (infer Entry)[]
    ? [Value] extends [Entry]
      ? readonly (Entry | KerasTensor)[]
      : T
    : T extends object
      ? { [Name in keyof T]: Symbolized<T[Name]> }
      : T;

type SymbolizedAll<A extends readonly unknown[]> = { [I in keyof A]: Symbolized<A[I]> };

/** A function of `ops`: it computes on values, and records an operation of a model on symbolic tensors. */
export type Symbolic<F extends AnyFunction> = F &
  ((
    ...args: SymbolizedAll<Parameters<F>>
  ) => ReturnType<F> extends readonly unknown[] ? readonly KerasTensor[] : KerasTensor) & {
    /** The Keras class of operations by which configs record a call. */
    readonly specification: Specification;
  };

/** A function of one operand, element by element. */
export type UnaryOp = Symbolic<(x: Operand) => Value>;

/** A function of two operands, which broadcast. */
export type BinaryOp = Symbolic<(x1: Operand, x2: Operand) => Value>;

/** Keras's module and class: `numpy.Tanh` is the class `Tanh` of `keras.src.ops.numpy`. */
type KerasName = `${'core' | 'image' | 'linalg' | 'math' | 'nn' | 'numpy' | 'activations'}.${string}`;

/** The arguments of Keras's constructor, in its order and in camelCase: the default of an option, or its description. */
type OptionTable = Readonly<Record<string, Json | Option>>;

/** A required argument of Keras's constructor: a positional argument of the function, after the tensors. */
export const REQUIRED: Option = new Option('required');

/** An argument of Keras's constructor that the function does not have: configs must hold this value. */
export const fixed = (value: Json): Option => new Option('fixed', value);

/** An option that does not change what is computed, but how: configs do not hold it. */
export const HINT: Option = new Option('hint');

/**
 * Declares a function of `ops`. On values the function runs; on symbolic tensors, anywhere in its arguments, an operation of
 * Keras's class is recorded.
 *
 * The arguments of the function are the required parameters, the required arguments of Keras's constructor, and one object
 * with the optional ones of both, where there are any. Unknown options throw.
 *
 * @param kerasName Keras's module and class, such as `numpy.Sum`
 * @param parameters the arguments of a call in Keras, tensors as a rule. The name of an optional one ends in `?`, or in `=`
 * where Keras passes it by keyword; `*` before the only one makes it a list whose entries are the arguments in Keras.
 * @param table the arguments of Keras's constructor
 * @param run what is computed on values; the name of a function expression is that of the function
 */
export function op<F extends AnyFunction>(kerasName: KerasName, parameters: readonly string[], run: F): Symbolic<F>;
export function op<F extends AnyFunction>(
  kerasName: KerasName,
  parameters: readonly string[],
  table: OptionTable,
  run: F,
): Symbolic<F>;
export function op(
  kerasName: KerasName,
  parameters: readonly string[],
  tableOrRun: OptionTable | AnyFunction,
  optionalRun?: AnyFunction,
): unknown {
  const [table, run] = typeof tableOrRun === 'function' ? [{}, tableOrRun] : [tableOrRun, optionalRun];
  if (run === undefined) throw new TypeError(`[op] ${kerasName} needs a function.`);
  const [room = '', className = ''] = kerasName.split('.');
  const name = run.name === '' ? className.charAt(0).toLowerCase() + className.slice(1) : run.name;
  const who = `${callerOf[room] ?? 'ops'}.${name}`;
  // On the first call: most functions of an imported library are never called.
  let declared: Declaration | null = null;
  const declaration = (): Declaration =>
    (declared ??= declare({ room, className, who, run: run as Specification['run'] }, parameters, table));
  const call = (...given: readonly unknown[]): unknown => {
    const { specification, needed, named } = declaration();
    for (const [i, argument] of needed.entries()) {
      if (given[i] === undefined) {
        throw new TypeError(
          `[${who}] ${argument} must be given. Received: ${given.length} ${given.length === 1 ? 'argument' : 'arguments'}.`,
        );
      }
    }
    checkRest(who, given.slice(needed.length), needed, named);
    return given.some(holdsSymbol) ? record(specification, given) : specification.run(...given);
  };
  Object.defineProperties(call, {
    name: { value: name },
    specification: { get: () => declaration().specification },
  });
  return call;
}

/** The caller in messages by Keras's module, where it is not `ops`. */
const callerOf: Readonly<Record<string, string>> = { activations: 'activations', image: 'ops.image' };

/** What a call is checked and recorded by. */
interface Declaration {
  readonly specification: Specification;
  /** The names of the required arguments. */
  readonly needed: readonly string[];
  /** The names of the options. */
  readonly named: readonly string[];
}

/** Whether a function is one that {@link op} declares: it accepts its own options alone. */
export function isOp(fn: object): fn is Symbolic<AnyFunction> {
  return 'specification' in fn;
}

/** Checks what follows the required arguments: at most one object of options. */
function checkRest(who: string, rest: readonly unknown[], needed: readonly string[], named: readonly string[]): void {
  const [options, ...more] = rest;
  const [first] = named;
  const isOptions = options === undefined || isPlainRecord(options);
  if (isOptions) checkOptions(who, options, named);
  else if (first !== undefined) {
    const fix = options === null ? '' : ` Name it: ${[...needed, `{ ${first}: ${show(options)} }`].join(', ')}.`;
    throw new TypeError(`[${who}] options must be an object. Received: ${show(options)}.${fix}`);
  }
  const extra = (isOptions ? more : rest).find((argument) => argument !== undefined);
  if (extra === undefined) return;
  const all = first === undefined ? needed : [...needed, 'options'];
  throw new TypeError(`[${who}] accepts (${all.join(', ')}). Received: a further argument ${show(extra)}.`);
}

function declare(
  { room, className, who, run }: Pick<Specification, 'className' | 'who' | 'run'> & { readonly room: string },
  parameters: readonly string[],
  table: OptionTable,
): Declaration {
  const options = Object.entries(table).map(([key, entry]): [string, Option] => [
    // Keras has capitals as names: N and M.
    key.length === 1 ? key : snakeCase(key),
    entry instanceof Option ? entry : new Option('optional', entry),
  ]);
  const specification: Specification = {
    module: room === 'activations' ? 'keras.src.activations.activations' : `keras.src.ops.${room}`,
    className,
    who,
    parameters: parameters.map((parameter) => snakeCase(parameter.replace(/^\*|[?=]$/g, ''))),
    isVariadic: parameters[0]?.startsWith('*') ?? false,
    requiredParameters: parameters.filter((parameter) => !/[?=]$/.test(parameter)).length,
    keywords: parameters
      .filter((parameter) => parameter.endsWith('='))
      .map((parameter) => snakeCase(parameter.slice(0, -1))),
    options: new Map(options),
    run,
  };
  const required = options.filter(([, { kind }]) => kind === 'required').map(([key]) => key);
  return {
    specification,
    needed: [...specification.parameters.slice(0, specification.requiredParameters), ...required].map(camelCase),
    named: optionNames(specification),
  };
}

/** The fields of the options of a function. */
function optionNames({ parameters, requiredParameters, options }: Specification): readonly string[] {
  const keys = [...options].filter(([, { kind }]) => kind === 'optional' || kind === 'hint').map(([key]) => key);
  return [...parameters.slice(requiredParameters), ...keys].map(camelCase);
}

function holdsSymbol(argument: unknown): boolean {
  if (isKerasTensor(argument)) return true;
  if (Array.isArray(argument)) return argument.some(holdsSymbol);
  return isPlainRecord(argument) && Object.values(argument).some(isKerasTensor);
}

/** Records a call as Keras would write it. */
function record(specification: Specification, given: readonly unknown[]): KerasTensor | readonly KerasTensor[] {
  const { who, parameters, requiredParameters, keywords, options, isVariadic } = specification;
  const rest = given.slice(requiredParameters);
  const required = [...options].filter(([, { kind }]) => kind === 'required').map(([key]) => key);
  const positional = new Map(required.map((key, i) => [key, rest[i]]));
  const named = (rest[required.length] ?? {}) as Readonly<Record<string, unknown>>;
  const config = configOptions(specification).map(([key, option]): [string, Json] => {
    const chosen = option.kind === 'required' ? positional.get(key) : named[camelCase(key)];
    // null is a value, such as all axes; only what is left out has the default.
    const value = chosen === undefined ? option.default : chosen;
    return [key, checkJson(who, camelCase(key), value)];
  });
  const all = parameters.map((name, i): [string, unknown] => {
    const argument = i < requiredParameters ? given[i] : (named[camelCase(name)] ?? null);
    return [name, writeArgument(who, argument)];
  });
  const args = all.filter(([name]) => !keywords.includes(name)).map(([, argument]) => argument);
  return new Operation(specification, Object.fromEntries(config)).symbolicCall({
    args: isVariadic ? args.flat() : args,
    kwargs: Object.fromEntries(all.filter(([name]) => keywords.includes(name))),
  });
}

/** An option that a config can hold. */
function checkJson(who: string, name: string, value: unknown): Json {
  if (isJson(value)) return value;
  throw new TypeError(
    `[${who}] ${name} must be a finite number, a string, a boolean, null, or an array of these, where symbolic tensors are given. Received: ${name}=${show(value)}.`,
  );
}

function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson);
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
