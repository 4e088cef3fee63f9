import type { Config } from '../../core/config.ts';
import { type NamedClass, classNameOf } from './class-name.ts';
import {
  type ConstructorArguments,
  type Fields,
  type GivenOptions,
  argumentsOf,
  readFields,
  writeFields,
} from './fields.ts';
import { takeArguments } from './arguments.ts';
import { type ReadContext, defaultContext } from './read-context.ts';

/** A class that is described by a table of its options. */
export interface ConfigurableClass<T> {
  readonly fields: Fields;
  new (...args: never): T;
}

/** Checks the options of an object by the table of its class, and assigns each to the attribute of its name. */
export function assignOptions(
  object: object,
  constructor: NamedClass & { readonly fields: Fields },
  options: object,
  positional: GivenOptions = {},
): void {
  Object.assign(object, readFields(classNameOf(constructor), constructor.fields, options, positional));
}

/** The options of a class that has none. */
export type NoOptions = Readonly<Record<string, never>>;

/** The base of classes whose options are described by a table: losses, metrics, initializers and others. */
export abstract class Configurable {
  /** The class's name in configs and messages, where a minifier may have changed the name of the class itself. */
  static readonly className?: string;
  /** The options, in the order of the config. A subclass spreads the table of its base and adds its own. */
  static readonly fields: Fields = {};
  /** The options that can be given by position, in order. @default those without a default, then the other `fields` */
  static readonly positional?: readonly string[];

  /**
   * Checks the arguments, and assigns each to the attribute of its name.
   * @param args the options object and the positional arguments by name; or values in the order of `positional`, then an
   * options object
   */
  constructor(...args: readonly unknown[]) {
    assignOptions(this, new.target, ...takeArguments(new.target, args));
  }

  /** The name of the class in configs and messages. */
  protected get className(): string {
    return classNameOf(this.constructor);
  }

  /** The options under Keras's names, as JSON: enough to make an equal object with `fromConfig`. */
  getConfig(): Config {
    return writeFields(this.className, (this.constructor as typeof Configurable).fields, this);
  }

  /** Makes an object from its config. */
  static fromConfig<T>(this: ConfigurableClass<T>, config: Config, context: ReadContext = defaultContext): T {
    const args: ConstructorArguments = argumentsOf(this.fields, config, context);
    return new this(...(args as never));
  }
}
