import { ValueError, show } from '../../core/errors.ts';
import { unknownClass } from '../saving/unknown-class.ts';
import {
  type CustomObjects,
  type SerializedFunction,
  findCustom,
  functionName,
  serializeFunction,
} from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { wrongKind } from '../saving/vocabulary.ts';
import { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import * as activations from './activations.ts';
import { KERAS2_HARD_SIGMOID, keras2HardSigmoid } from './keras2-hard-sigmoid.ts';

/** A function of one value, applied to the output of a layer. */
export type Activation = (x: Operand) => Value;

/** An activation as an argument: its name, Keras's config object for it, or a function. */
export type ActivationIdentifier = string | SerializedFunction | Activation;

const functions: Readonly<Record<string, Activation>> = {
  celu: activations.celu,
  elu: activations.elu,
  exponential: activations.exponential,
  gelu: activations.gelu,
  glu: activations.glu,
  hard_shrink: activations.hardShrink,
  hard_sigmoid: activations.hardSigmoid,
  hard_silu: activations.hardSilu,
  hard_tanh: activations.hardTanh,
  leaky_relu: activations.leakyRelu,
  linear: activations.linear,
  log_sigmoid: activations.logSigmoid,
  log_softmax: activations.logSoftmax,
  mish: activations.mish,
  relu: activations.relu,
  relu6: activations.relu6,
  selu: activations.selu,
  sigmoid: activations.sigmoid,
  silu: activations.silu,
  soft_shrink: activations.softShrink,
  softmax: activations.softmax,
  softplus: activations.softplus,
  softsign: activations.softsign,
  sparse_plus: activations.sparsePlus,
  sparse_sigmoid: activations.sparseSigmoid,
  sparsemax: activations.sparsemax,
  squareplus: activations.squareplus,
  tanh: activations.tanh,
  tanh_shrink: activations.tanhShrink,
};

const aliases: Readonly<Record<string, string>> = { swish: 'silu', hard_swish: 'hard_silu' };

/**
 * Returns the activation for a name, a config object or a function; null is {@link activations.linear | linear}.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @example
 * await jit((x) => activations.get('relu')(x))([-1, 2]);   // [0, 2]
 * @see https://keras.io/api/layers/activations/
 */
export function get(
  identifier: ActivationIdentifier | null | undefined,
  who = 'activations.get',
  context: ReadContext = defaultContext,
): Activation {
  if (identifier === null || identifier === undefined) return activations.linear;
  if (typeof identifier === 'function') return identifier;
  const name = typeof identifier === 'string' ? identifier : functionName(identifier);
  if (name === null) {
    throw wrongKind('an activation must be a name, a config object or a function', identifier, who);
  }
  const custom = findCustom(context.customObjects, name);
  if (typeof custom === 'function') return callable(custom as Activation, name, who);
  const canonical = Object.hasOwn(aliases, name) ? aliases[name] : name;
  const found = canonical !== undefined && Object.hasOwn(functions, canonical) ? functions[canonical] : undefined;
  if (found !== undefined) return found;
  if (name === KERAS2_HARD_SIGMOID) return keras2HardSigmoid;
  const known = [...Object.keys(functions), ...Object.keys(aliases), ...Object.keys(context.customObjects)];
  throw unknownClass({ who, kind: 'activation', module: 'keras.activations', name }, known);
}

/** A custom function with a check of its result. */
function callable(custom: Activation, name: string, who: string): Activation {
  const checked = (x: Operand): Value => {
    const result: unknown = custom(x);
    if (result instanceof Value) return result;
    throw new ValueError(
      `[${who}] the activation ${JSON.stringify(name)} must return a symbolic value. Received: ${show(result)}. Write it with evenkeel/ops.`,
    );
  };
  Object.defineProperty(checked, 'name', { value: name });
  return checked;
}

/**
 * Returns the form of an activation in Keras's configs: its name, or an object for a custom function.
 *
 * @throws TypeError if the function has no name.
 * @example
 * activations.serialize(activations.get('swish'));   // 'silu'
 * @see https://keras.io/api/layers/activations/
 */
export function serialize(activation: Activation): string | SerializedFunction {
  const found = Object.entries(functions).find(([, builtin]) => builtin === activation);
  if (found !== undefined) return found[0];
  const who = 'activations.serialize';
  if (typeof activation !== 'function') throw wrongKind('an activation must be a function', activation, who);
  return serializeFunction(activation, who);
}

/**
 * Returns the activation for a name or a config object, the inverse of {@link serialize}.
 *
 * @throws TypeError if there is no such activation.
 * @example
 * activations.deserialize(activations.serialize(activations.relu)).name;   // 'relu'
 * @see https://keras.io/api/layers/activations/
 */
export function deserialize(config: string | SerializedFunction | null, customObjects: CustomObjects = {}): Activation {
  return get(config, 'activations.deserialize', { customObjects });
}
