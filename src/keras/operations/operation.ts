import type { Config, Json } from '../../core/config.ts';
import { isRecord, isSerializedObject } from '../../core/config.ts';
import { isDType, isTypedArray } from '../../core/dtype.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { snakeCase, uniqueName } from '../../core/names.ts';
import { Tensor, tensor } from '../../core/tensor.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import { labelScope } from '../../compiler/graph/graph.ts';
import { input } from '../../compiler/graph/leaves.ts';
import { Value } from '../../compiler/graph/value.ts';
import { type Argument, type CallForm, mapForm, tensorsIn } from '../ops/call-form.ts';
import { type KerasTensor, isKerasTensor } from '../ops/keras-tensor.ts';
import { Layer } from '../layers/base/layer.ts';
import { nameLayer } from '../layers/base/name-layer.ts';
import { type Arguments, Options, type Specification } from './specification.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;

/**
 * A function of `ops` in the place of a layer: what Keras writes to the config of a model for `x + 3`. It has no weights,
 * passes no mask on, and is not among the `layers` of a model.
 */
export class Operation extends Layer {
  static override readonly className: string = 'Operation';

  readonly specification: Specification;
  readonly #config: Config;
  readonly #options: Options;

  /** @throws ValueError if an option is missing or unknown. */
  constructor(specification: Specification, config: Config, name?: string) {
    super({ name: name ?? uniqueName(snakeCase(specification.className)), autocast: false });
    this.specification = specification;
    this.#config = readOptions(this.who, specification, config);
    this.#options = new Options(this.who, this.#config);
    this.built = true;
  }

  override get className(): string {
    return this.specification.className;
  }

  override get who(): string {
    // The constructor of layers asks before there is a specification.
    const { specification } = this as { readonly specification?: Specification };
    return specification === undefined ? `Operation ${this.name}` : `${specification.className} ${this.name}`;
  }

  /** Notes a call on symbolic tensors. */
  applyForm(given: CallForm): KerasTensor | readonly KerasTensor[] {
    const form = mapForm(given, isKerasTensor, (symbol): KerasTensor => symbol);
    const types = this.#compute(mapForm(form, isKerasTensor, ({ shape, dtype, name }) => input(name, shape, dtype)));
    return this.recordCall(tensorsIn(form, isKerasTensor), types, { form }) as KerasTensor | readonly KerasTensor[];
  }

  /** Computes the result of a call on values. */
  perform(form: CallForm): Tree<Value> {
    const outputs = this.#compute(form);
    labelScope(flatten(outputs, isValue), tensorsIn(form, isValue), this.name);
    return outputs;
  }

  #compute({ args, kwargs }: CallForm): Tree<Value> {
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
    return nameLayer(this.who, () => run(operands as unknown as Arguments, this.#options));
  }

  override call(inputs: Tree<Value>): Tree<Value> {
    return this.#compute({ args: flatten(inputs, isValue), kwargs: {} });
  }

  override getConfig(): Config {
    return { name: this.name, ...this.#config };
  }

  /** Keras's JSON. */
  serialize(): Config {
    const { module, className } = this.specification;
    return { module, class_name: className, config: this.getConfig(), registered_name: className };
  }

  static override fromConfig(): Layer {
    throw new NotImplementedError('[Operation] operations are read with the model that they belong to.');
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
