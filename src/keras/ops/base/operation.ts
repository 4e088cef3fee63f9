import type { Config, Json } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { checkName, snakeCase, titleOf, uniqueName } from '../../../core/names.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { labelScope } from '../../../compiler/graph/graph.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Value, isValue } from '../../../compiler/ir/value.ts';
import { readArgument } from './argument-json.ts';
import { type Callable, type KerasTensor, type Node, isKerasTensor } from './keras-tensor.ts';
import { checkStrings, recordCall } from './node.ts';
import { reportErrorsAs } from './report-errors.ts';
import { type Specification, configOptions, runWith } from './specification.ts';
import { type SymbolicArguments, mapArguments, tensorsIn } from './symbolic-arguments.ts';

/**
 * A call of a function of `ops` in the graph of a model, such as `x + 3`: one of Keras's classes of operations with its
 * options. An operation has no weights, passes no mask on, and is not one of the `layers` of a model.
 */
export class Operation implements Callable {
  readonly name: string;
  readonly specification: Specification;
  readonly #config: Config;
  readonly #nodes: Node[] = [];

  /** @throws ValueError if an option is missing or unknown. */
  constructor(specification: Specification, config: Config, name?: string) {
    const { className } = specification;
    this.name = name === undefined ? uniqueName(snakeCase(className)) : checkName(name, className);
    this.specification = specification;
    this.#config = readOptions(this.who, specification, config);
  }

  get className(): string {
    return this.specification.className;
  }

  get who(): string {
    return titleOf(this.className, this.name);
  }

  get inboundNodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Records a call on symbolic tensors. */
  symbolicCall(given: SymbolicArguments): KerasTensor | readonly KerasTensor[] {
    const copied = mapArguments(given, isKerasTensor, (symbol): KerasTensor => symbol);
    checkStrings(this, tensorsIn(copied, isKerasTensor));
    const standIns = mapArguments(copied, isKerasTensor, ({ shape, dtype, name }) => input(name, shape, dtype));
    const inputs = tensorsIn(copied, isKerasTensor);
    const outputs = recordCall(this, this.#nodes, inputs, this.#compute(standIns), { arguments: copied });
    return outputs as KerasTensor | readonly KerasTensor[];
  }

  /** Computes the result of a call on values. */
  call(given: SymbolicArguments): Tree<Value> {
    const outputs = this.#compute(given);
    labelScope(flatten(outputs, isValue), tensorsIn(given, isValue), this.name);
    return outputs;
  }

  #compute({ args: given, kwargs }: SymbolicArguments): Tree<Value> {
    const { parameters, requiredParameters, isVariadic, acceptsKeywords = false } = this.specification;
    const args = isVariadic ? [given] : given;
    const list = parameters.join(', ');
    const others = Object.entries(kwargs).filter(([key]) => !parameters.includes(key));
    const unknown = acceptsKeywords ? undefined : others[0]?.[0];
    if (unknown !== undefined || args.length > parameters.length) {
      const came = unknown === undefined ? `${args.length} arguments` : `${unknown}=…`;
      throw new ValueError(`[${this.who}] the arguments of the call must be ${list}. Received: ${came}.`);
    }
    const all = parameters.map((name, i) => (i < args.length ? args[i] : kwargs[name]));
    const missing = parameters.find((_, i) => all[i] === undefined && i < requiredParameters);
    if (missing !== undefined) {
      throw new ValueError(`[${this.who}] the arguments of the call must be ${list}. Received: no ${missing}.`);
    }
    // An absent optional argument is undefined, as in calls of the function.
    const operands = all.map((argument, i): unknown => {
      return argument === null && i >= requiredParameters ? undefined : readArgument(argument);
    });
    if (acceptsKeywords) operands.push(Object.fromEntries(others));
    return reportErrorsAs(this.who, () => runWith(this.who, this.specification, operands, this.#config));
  }

  getConfig(): Config {
    return { name: this.name, ...this.#config };
  }

  /**
   * The operation as Keras's JSON.
   * @throws NotImplementedError if it calls functions, which a config cannot hold.
   */
  serialize(): Config {
    const { module, className, who, holdsFunctions = false } = this.specification;
    if (holdsFunctions) {
      throw new NotImplementedError(
        `[${this.who}] a config cannot hold the functions that ${who} calls. Received: a model with such a call. Call it in a custom layer.`,
      );
    }
    return { module, class_name: className, config: this.getConfig(), registered_name: className };
  }
}

/** The arguments of the constructor in Keras's order, with defaults for those that the config does not hold. */
function readOptions(who: string, specification: Specification, config: Config): Config {
  const entries = configOptions(specification);
  const keys = entries.map(([key]) => key);
  for (const key of Object.keys(config)) {
    if (key === 'name' || keys.includes(key)) continue;
    throw new ValueError(`[${who}] the options must be among ${show(keys)}. Received: ${key}=${show(config[key])}.`);
  }
  const values = entries.map(([key, option]): [string, Json] => {
    const given = config[key];
    if (given !== undefined) return [key, given];
    if (option.kind !== 'required') return [key, option.default];
    throw new ValueError(`[${who}] ${key} must be given. Received: a config without it.`);
  });
  return Object.fromEntries(values);
}
