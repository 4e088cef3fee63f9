import type { Config, Json } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import type { Operand } from '../index.ts';

/** One of Keras's classes of operations, and the function that it stands for. */
export interface Specification {
  /** Where Keras has the class: `keras.src.ops.numpy`. */
  readonly module: string;
  readonly className: string;
  /** The arguments of its call, in Keras's order. */
  readonly parameters: readonly string[];
  /** How many of them, the last ones, may be left out. @default 0 */
  readonly optional?: number;
  /** The arguments of its constructor in Keras's order; those that must be given are undefined. */
  readonly options: Readonly<Record<string, Json | undefined>>;
  /** What it computes. The function checks what it is given. */
  readonly run: (args: Arguments, options: Options) => Tree<Value> | readonly Value[];
}

/** What a call was given; Keras's operations have one argument at least, and those that have fewer leave others out. */
export type Arguments = readonly [Operand, Operand, Operand, Operand, Operand];

/** The options of a constructor, read by their names. */
export class Options {
  readonly #who: string;
  readonly #config: Config;

  constructor(who: string, config: Config) {
    this.#who = who;
    this.#config = config;
  }

  /** An option as what the function takes, which checks it. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what the function takes
  get<T>(name: string): T {
    return this.#config[name] as T;
  }

  /** @throws ValueError if an option that has no counterpart here is not the default. */
  refuse(name: string, ...allowed: readonly Json[]): void {
    const value = this.#config[name] ?? null;
    if (value === null || allowed.includes(value)) return;
    throw new ValueError(
      `[${this.#who}] ${name} must be ${show(allowed[0] ?? null)}. Received: ${name}=${show(value)}. Use a Lambda layer.`,
    );
  }
}

/** Keras's modules of operations. */
export type Room = 'core' | 'math' | 'nn' | 'numpy';

export function moduleOf(room: Room): string {
  return `keras.src.ops.${room}`;
}
