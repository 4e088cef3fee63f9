import type { Config, Json } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** One value, or several in an array. */
export type Result = Value | readonly Value[];

/** An argument of the constructor of a Keras class of operations. */
export class Option {
  /**
   * `required`: a positional argument of the function. `optional`: a field of its options. `fixed`: not an argument; a
   * config must hold the default. `hint`: a field of the options that configs do not hold.
   */
  readonly kind: 'required' | 'optional' | 'fixed' | 'hint';
  readonly default: Json;

  constructor(kind: Option['kind'], byDefault: Json = null) {
    this.kind = kind;
    this.default = byDefault;
  }
}

/** A Keras class of operations, and the function that computes it. */
export interface Specification {
  /** Keras's module of the class: `keras.src.ops.numpy`. */
  readonly module: string;
  readonly className: string;
  /** The function's name in error messages: `ops.tanh`. */
  readonly who: string;
  /** The arguments of a call, in Keras's order and spelling. */
  readonly parameters: readonly string[];
  /** Whether the only parameter is a list, whose entries are separate arguments of calls in Keras. */
  readonly isVariadic: boolean;
  /** The number of `parameters` that must be given, the first ones; the rest are fields of the function's options. */
  readonly requiredParameters: number;
  /** The parameters that Keras passes by keyword. */
  readonly keywords: readonly string[];
  /** The arguments of the constructor, in Keras's order and under Keras's keys. */
  readonly options: ReadonlyMap<string, Option>;
  /** Whether calls have keywords of any name, which the function receives as one object. @default false */
  readonly acceptsKeywords?: boolean;
  /** Whether the function calls others, which a config cannot hold. @default false */
  readonly holdsFunctions?: boolean;
  /** The function: required parameters, required options, then one object of options. It checks its arguments. */
  readonly run: (...args: readonly unknown[]) => Result;
}

/** The arguments of the constructor that configs hold, by their keys. */
export function configOptions({ options }: Specification): readonly (readonly [string, Option])[] {
  return [...options].filter(([, { kind }]) => kind !== 'hint');
}

/** The spelling in JavaScript of a name of Keras's: `x_min` → `xMin`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Calls the function of a specification with the arguments and the config of an operation.
 * @throws ValueError if the config holds an option that is not supported.
 */
export function runWith(who: string, specification: Specification, args: readonly unknown[], config: Config): Result {
  const { parameters, requiredParameters, options, run, acceptsKeywords = false } = specification;
  if (acceptsKeywords) return run(...args);
  const positional = args.slice(0, requiredParameters);
  const named: Record<string, unknown> = {};
  for (const [i, argument] of args.entries()) {
    if (i >= requiredParameters && argument !== undefined) named[camelCase(parameters[i] ?? '')] = argument;
  }
  for (const [key, option] of options) {
    const value = config[key] ?? null;
    if (option.kind === 'required') positional.push(value);
    if (option.kind === 'optional') named[camelCase(key)] = value;
    if (option.kind === 'fixed' && value !== null && value !== option.default) {
      throw new ValueError(
        `[${who}] ${key} must be ${show(option.default)}. Received: ${key}=${show(value)}. Use a Lambda layer.`,
      );
    }
  }
  return Object.keys(named).length === 0 ? run(...positional) : run(...positional, named);
}
