import type { IsLeaf } from '../../core/tree.ts';

/**
 * An argument of a call: a tensor, JSON, or arrays and records of both. What tensors are, symbols or values, whoever takes
 * it apart knows.
 */
export type Argument = unknown;

/** How a call is written down in configs: what was given by place, and what by name. */
export interface CallForm {
  readonly args: readonly Argument[];
  readonly kwargs: { readonly [name: string]: Argument };
}

function mapArgument<T>(argument: Argument, isLeaf: IsLeaf<T>, replace: (item: T) => unknown): Argument {
  if (isLeaf(argument)) return replace(argument);
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((entry: unknown) => mapArgument(entry, isLeaf, replace));
  return mapRecord(argument, isLeaf, replace);
}

function mapRecord<T>(
  record: object,
  isLeaf: IsLeaf<T>,
  replace: (item: T) => unknown,
): { readonly [name: string]: Argument } {
  const entries = Object.entries(record).map(([name, entry]) => [name, mapArgument(entry, isLeaf, replace)] as const);
  return Object.fromEntries(entries);
}

/** The same call on other tensors. */
export function mapForm<T>({ args, kwargs }: CallForm, isLeaf: IsLeaf<T>, replace: (item: T) => unknown): CallForm {
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

/** The tensors of a call, those given by place first. */
export function tensorsIn<T>({ args, kwargs }: CallForm, isLeaf: IsLeaf<T>): readonly T[] {
  return [...args, ...Object.values(kwargs)].flatMap((argument) => tensorsOf(argument, isLeaf));
}
