import { type Config, type Json, isRecord, isSerializedObject } from '../../../core/config.ts';
import { isDType, isTypedArray } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkName, snakeCase, uniqueName } from '../../../core/names.ts';
import { Tensor, tensor } from '../../../core/tensor.ts';
import { type Tree, flatten } from '../../../core/tree.ts';
import { labelScope } from '../../../compiler/graph/graph.ts';
import { input } from '../../../compiler/graph/leaves.ts';
import { Value } from '../../../compiler/graph/value.ts';
import { type Callable, type KerasTensor, type Node, isKerasTensor } from './keras-tensor.ts';
import { recordCall } from './node.ts';
import { reportErrorsAs } from './report-errors.ts';
import { type Arguments, Options, type Specification } from './specification.ts';
import { type Argument, type SymbolicArguments, mapArguments, tensorsIn } from './symbolic-arguments.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;

/**
 * A call of a function of `ops` in the graph of a model, such as `x + 3`: one of Keras's classes of operations with its
 * options. An operation has no weights, passes no mask on, and is not one of the `layers` of a model.
 */
export class Operation implements Callable {
  readonly name: string;
  readonly specification: Specification;
  readonly #config: Config;
  readonly #options: Options;
  readonly #nodes: Node[] = [];

  /** @throws ValueError if an option is missing or unknown. */
  constructor(specification: Specification, config: Config, name?: string) {
    const { className } = specification;
    this.name = name === undefined ? uniqueName(snakeCase(className)) : checkName(name, className);
    this.specification = specification;
    this.#config = readOptions(this.who, specification, config);
    this.#options = new Options(this.who, this.#config);
  }

  get className(): string {
    return this.specification.className;
  }

  get who(): string {
    return `${this.className} ${this.name}`;
  }

  get inboundNodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Records a call on symbolic tensors. */
  symbolicCall(given: SymbolicArguments): KerasTensor | readonly KerasTensor[] {
    const copied = mapArguments(given, isKerasTensor, (symbol): KerasTensor => symbol);
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

  #compute({ args, kwargs }: SymbolicArguments): Tree<Value> {
    const { parameters, optional = 0, run } = this.specification;
    const unknown = Object.keys(kwargs).find((key) => !parameters.includes(key));
    if (unknown !== undefined || args.length > parameters.length) {
      const came = unknown === undefined ? `${args.length} arguments` : `${unknown}=…`;
      throw new ValueError(`[${this.who}] the call takes ${parameters.join(', ')}. Received: ${came}.`);
    }
    const all = parameters.map((name, i) => (i < args.length ? args[i] : kwargs[name]));
    const missing = parameters.find((_, i) => all[i] === undefined && i < parameters.length - optional);
    if (missing !== undefined) {
      throw new ValueError(`[${this.who}] the call takes ${parameters.join(', ')}. Received: no ${missing}.`);
    }
    // What is left out is undefined, as in calls of the functions themselves.
    const operands = all.map((argument) => (argument === null ? undefined : operandOf(argument)));
    return reportErrorsAs(this.who, () => run(operands as unknown as Arguments, this.#options));
  }

  getConfig(): Config {
    return { name: this.name, ...this.#config };
  }

  /** The operation as Keras's JSON. */
  serialize(): Config {
    const { module, className } = this.specification;
    return { module, class_name: className, config: this.getConfig(), registered_name: className };
  }
}

/** The options of a constructor in Keras's order, with the defaults of those that are not given. */
function readOptions(who: string, { options }: Specification, config: Config): Config {
  for (const key of Object.keys(config)) {
    if (key === 'name' || Object.hasOwn(options, key)) continue;
    throw new ValueError(
      `[${who}] the options are ${show(Object.keys(options))}. Received: ${key}=${show(config[key])}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(options).map(([key, byDefault]): [string, Json] => {
      const value = config[key] === undefined ? byDefault : config[key];
      if (value !== undefined) return [key, value];
      throw new ValueError(`[${who}] ${key} must be given. Received: a config without it.`);
    }),
  );
}

/** What a function takes for an argument: arrays that Keras wrote down become tensors. The function checks the rest. */
function operandOf(argument: Argument): unknown {
  if (argument instanceof Value) return argument;
  if (Array.isArray(argument)) return argument.map(operandOf);
  if (!isSerializedObject(argument) || !ARRAYS.includes(argument.class_name)) return argument;
  const { value, dtype } = argument.config;
  if (isDType(dtype)) return tensor(value as never, undefined, dtype);
  throw new ValueError(`[Operation] arrays must be of a type that exists here. Received: dtype=${show(dtype)}.`);
}

const ARRAYS = ['__numpy__', '__tensor__'];

/** An argument as it is written down: numbers as they are, arrays with their types. @throws TypeError if it is of another kind. */
export function writeArgument(who: string, given: unknown): Argument {
  if (isKerasTensor(given) || given === null || typeof given === 'number' || typeof given === 'boolean') return given;
  if (given instanceof Tensor || isTypedArray(given)) {
    const held = given instanceof Tensor ? given : tensor(given);
    const value = held.dtype === 'bool' ? truths(held.toArray()) : (held.toArray() as Json);
    return { class_name: '__numpy__', config: { value, dtype: held.dtype } };
  }
  if (Array.isArray(given)) return given.map((entry: unknown) => writeArgument(who, entry));
  if (typeof given === 'string' || (isRecord(given) && isSerializedObject(given))) return given;
  throw new TypeError(
    `[${who}] beside symbolic tensors there can be numbers and tensors. Received: ${show(given)}. What depends on weights belongs in a layer.`,
  );
}

function truths(value: Json): Json {
  return Array.isArray(value) ? (value as readonly Json[]).map(truths) : value === 1;
}
