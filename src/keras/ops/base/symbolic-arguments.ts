import { isPlainRecord } from '../../../core/config.ts';
import type { IsLeaf } from '../../../core/tree.ts';

/** An argument of a call: a tensor, JSON, or arrays and records of both. Tensors are symbols, values or references. */
export type Argument = unknown;

/** Arguments by name. */
export interface NamedArguments {
  readonly [name: string]: Argument;
}

/** The arguments of a call as configs record them: positional ones and keywords. */
export interface SymbolicArguments {
  readonly args: readonly Argument[];
  readonly kwargs: NamedArguments;
}

function mapArgument<T>(argument: Argument, isLeaf: IsLeaf<T>, replace: (item: T) => unknown): Argument {
  if (isLeaf(argument)) return replace(argument);
  if (Array.isArray(argument)) return argument.map((entry: unknown) => mapArgument(entry, isLeaf, replace));
  return isPlainRecord(argument) ? mapRecord(argument, isLeaf, replace) : argument;
}

/** The same record with each tensor replaced. */
export function mapRecord<T>(record: object, isLeaf: IsLeaf<T>, replace: (item: T) => unknown): NamedArguments {
  const entries = Object.entries(record).map(([name, entry]) => [name, mapArgument(entry, isLeaf, replace)] as const);
  return Object.fromEntries(entries);
}

/** The same arguments with each tensor replaced. */
export function mapArguments<T>(
  { args, kwargs }: SymbolicArguments,
  isLeaf: IsLeaf<T>,
  replace: (item: T) => unknown,
): SymbolicArguments {
  return {
    args: args.map((argument) => mapArgument(argument, isLeaf, replace)),
    kwargs: mapRecord(kwargs, isLeaf, replace),
  };
}

/** The tensors of an argument, depth first. */
export function tensorsOf<T>(argument: Argument, isLeaf: IsLeaf<T>): readonly T[] {
  const found: T[] = [];
  mapArgument(argument, isLeaf, (item) => found.push(item));
  return found;
}

/** The tensors of a call, those of positional arguments first. */
export function tensorsIn<T>({ args, kwargs }: SymbolicArguments, isLeaf: IsLeaf<T>): readonly T[] {
  return [...args, ...Object.values(kwargs)].flatMap((argument) => tensorsOf(argument, isLeaf));
}
