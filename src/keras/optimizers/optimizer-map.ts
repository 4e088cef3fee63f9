import { type Config, isRecord, isSerializedObject } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Arguments, isOptionsObject, takeArguments } from '../saving/arguments.ts';
import { classNameOf } from '../saving/class-name.ts';
import { type Fields, argumentsOf, field, nullIsDefault, readFields } from '../saving/fields.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { serializeWith } from '../saving/registry.ts';
import { fromVocabulary } from '../saving/vocabulary.ts';
import { Optimizer } from './optimizer.ts';
import { vocabulary } from './vocabulary.ts';

/** Arguments of {@link OptimizerMap}. */
export interface OptimizerMapOptions {
  /** The optimizer of variables that no key matches. */
  defaultOptimizer: Optimizer;
  /** The optimizers by the paths of variables, or by regular expressions that match whole paths. @default none */
  optimizerMap?: Readonly<Record<string, Optimizer>> | null;
}

/** The options that can be given by position. */
const ORDER = ['defaultOptimizer', 'optimizerMap'] as const;

/** The class of maps, as `fromConfig` makes them. */
interface OptimizerMapClass<T extends OptimizerMap> {
  readonly fields: Fields;
  new (...args: never[]): T;
}

/**
 * The optimizers of a {@link MultiOptimizer} by the paths of variables. A key is a path, `sequential/dense/kernel`, or a
 * regular expression that matches the whole path, `.*\/dense\/.*`; the exact path has priority.
 *
 * @throws TypeError if the default is not an optimizer; ValueError if a key is no regular expression, or is there already, or
 *   its optimizer is a MultiOptimizer or a LossScaleOptimizer.
 * @example
 * const map = new OptimizerMap(new SGD(), { 'encoder/.*': new Adam() });
 * map.set('decoder/.*', new RMSprop());
 * map.get('encoder/dense/kernel').name;    // 'adam'
 * map.get('head/kernel').name;             // 'sgd'
 * map.size;                                // 2
 * @see https://keras.io/api/optimizers/
 */
export class OptimizerMap implements Iterable<[key: string, optimizer: Optimizer]> {
  /** The name of the class in errors. */
  static readonly className: string = 'OptimizerMap';
  /** The arguments, in the order of Keras's config. */
  static readonly fields: Fields = {
    defaultOptimizer: field({
      read: (who, _option, given) => checkDefault(who, given),
      revive: (json, context) => readOptimizer(json, context),
    }),
    optimizerMap: nullIsDefault(
      field({
        byDefault: {},
        read: (who, _option, given) => checkEntries(who, given),
        revive: (json, context) =>
          isRecord(json)
            ? Object.fromEntries(Object.entries(json).map(([key, each]) => [key, readOptimizer(each, context)]))
            : json,
      }),
    ),
  };
  /** The arguments that can be given by position, in order. */
  static readonly positional: readonly string[] = ORDER;

  /** The optimizer of variables that no key matches. */
  readonly defaultOptimizer: Optimizer;
  readonly #who: string;
  readonly #optimizers: Map<string, Optimizer>;

  constructor(...args: Arguments<OptimizerMapOptions, typeof ORDER>);
  constructor(options: OptimizerMapOptions);
  constructor(...args: readonly unknown[]) {
    const who = classNameOf(new.target);
    const { defaultOptimizer, optimizerMap } = readFields(
      who,
      new.target.fields,
      ...takeArguments(new.target, withNamedMap(args)),
    );
    this.#who = who;
    this.defaultOptimizer = defaultOptimizer as Optimizer;
    this.#optimizers = new Map(optimizerMap as ReadonlyMap<string, Optimizer>);
  }

  /**
   * Returns the optimizer of a variable: that of its path, that of the key that matches the path, or the default.
   * @param path the path of the variable
   * @throws ValueError if several keys match the path.
   */
  get(path: string): Optimizer {
    const exact = this.#optimizers.get(path);
    if (exact !== undefined) return exact;
    const matching = [...this.#optimizers].filter(([key]) => patternOf(key).test(path));
    if (matching.length > 1) {
      throw new ValueError(
        `[${this.#who}] a variable must have one optimizer. Received: the path ${JSON.stringify(path)}, which matches ${matching.map(([key]) => JSON.stringify(key)).join(' and ')}. Make the keys exclude each other, or add the path itself.`,
      );
    }
    return matching[0]?.[1] ?? this.defaultOptimizer;
  }

  /** Returns the optimizer of a variable. @throws ValueError if several keys match its path. */
  call(variable: Pick<Variable, 'path'>): Optimizer {
    return this.get(variable.path);
  }

  /**
   * Adds an optimizer. A MultiOptimizer reads the map when it is created and when it is built: add optimizers before.
   * @throws ValueError if the key is there already, or is no regular expression, or the optimizer delegates to others.
   */
  set(key: string, optimizer: Optimizer): this {
    const there = this.#optimizers.get(key);
    if (there !== undefined) {
      throw new ValueError(
        `[${this.#who}] keys must be unique. Received: ${JSON.stringify(key)}, whose optimizer is ${there.name}. Remove it first: map.delete(${JSON.stringify(key)}).`,
      );
    }
    const [checked] = checkEntry(this.#who, key, optimizer);
    this.#optimizers.set(checked, optimizer);
    return this;
  }

  /** Removes a key. Returns whether it was there. */
  delete(key: string): boolean {
    return this.#optimizers.delete(key);
  }

  /** Whether there is such a key; `get` also matches paths with the keys. */
  has(key: string): boolean {
    return this.#optimizers.has(key);
  }

  /** The number of keys. */
  get size(): number {
    return this.#optimizers.size;
  }

  /** The keys, in the order in which they were added. */
  keys(): IterableIterator<string> {
    return this.#optimizers.keys();
  }

  /** The optimizers of the keys, without the default. */
  values(): IterableIterator<Optimizer> {
    return this.#optimizers.values();
  }

  /** The keys and their optimizers. */
  entries(): IterableIterator<[string, Optimizer]> {
    return this.#optimizers.entries();
  }

  /** The keys and their optimizers, in order. */
  [Symbol.iterator](): IterableIterator<[string, Optimizer]> {
    return this.entries();
  }

  /** Keras's config. An optimizer that occurs several times is the same object of the JSON. */
  getConfig(): Config {
    const written = new Map<Optimizer, Config>();
    const write = (optimizer: Optimizer): Config => {
      const json = written.get(optimizer) ?? { ...serializeWith(vocabulary, optimizer) };
      written.set(optimizer, json);
      return json;
    };
    return {
      default_optimizer: write(this.defaultOptimizer),
      optimizer_map: Object.fromEntries([...this].map(([key, optimizer]) => [key, write(optimizer)])),
    };
  }

  /** Creates a map from a config. */
  static fromConfig<T extends OptimizerMap>(
    this: OptimizerMapClass<T>,
    config: Config,
    context: ReadContext = defaultContext,
  ): T {
    const [defaultOptimizer, options] = argumentsOf(this.fields, config, context);
    return new this({ defaultOptimizer, ...(options as object) } as never);
  }
}

/** The arguments of the constructor, with the second one in an options object if it is a map of optimizers. */
function withNamedMap(args: readonly unknown[]): readonly unknown[] {
  const [defaultOptimizer, map] = args;
  if (args.length !== 2 || !isOptionsObject(map)) return args;
  const isOptions = Object.keys(map).join() === 'optimizerMap' && !isOptimizer(map['optimizerMap']);
  return isOptions ? args : [defaultOptimizer, { optimizerMap: map }];
}

/** The regular expression that matches the whole path of a variable. */
const patternOf = (key: string): RegExp => new RegExp(`^(?:${key})$`);

/** Whether a value is an optimizer. */
export const isOptimizer = (value: unknown): value is Optimizer => value instanceof Optimizer;

function checkDefault(who: string, given: unknown): Optimizer {
  if (!isOptimizer(given)) {
    throw new TypeError(
      `[${who}] defaultOptimizer must be an Optimizer. Received: defaultOptimizer=${show(given)}. Create it with its class: new SGD().`,
    );
  }
  return checkUpdates(who, 'defaultOptimizer', given);
}

function checkEntries(who: string, given: unknown): ReadonlyMap<string, Optimizer> {
  if (!isOptionsObject(given)) {
    throw new TypeError(
      `[${who}] optimizerMap must be an object: optimizers by the paths of variables. Received: optimizerMap=${show(given)}.`,
    );
  }
  return new Map(Object.entries(given).map(([key, optimizer]) => checkEntry(who, key, optimizer)));
}

function checkEntry(who: string, key: unknown, optimizer: unknown): [string, Optimizer] {
  if (typeof key !== 'string' || !isPattern(key)) {
    throw new ValueError(
      `[${who}] a key must be the path of a variable, or a regular expression. Received: ${show(key)}. Escape the characters that regular expressions reserve.`,
    );
  }
  if (!isOptimizer(optimizer)) {
    throw new ValueError(
      `[${who}] the optimizer of a key must be an Optimizer. Received: ${show(optimizer)} for ${JSON.stringify(key)}.`,
    );
  }
  return [key, checkUpdates(who, JSON.stringify(key), optimizer)];
}

function isPattern(key: string): boolean {
  try {
    patternOf(key);
    return true;
  } catch {
    return false;
  }
}

/** @throws ValueError if other optimizers make the updates of one. */
function checkUpdates(who: string, place: string, optimizer: Optimizer): Optimizer {
  if (!optimizer.delegates) return optimizer;
  throw new ValueError(
    `[${who}] an optimizer in a map must update the weights itself. Received: a ${classNameOf(optimizer.constructor)} for ${place}.`,
  );
}

/** The optimizer of a config; one that occurs several times in a file is one object. */
function readOptimizer(json: unknown, context: ReadContext): unknown {
  if (!isSerializedObject(json)) return json;
  const make = (): Optimizer => fromVocabulary(vocabulary, json, 'OptimizerMap', context);
  return context.sharedObjects === undefined ? make() : context.sharedObjects.read(json, make);
}
