import { type Config, isRecord, isSerializedObject } from './config.ts';
import { ValueError } from './errors.ts';
import { type DType, checkDType, isDType, isFloat } from './dtype.ts';

/** The names of policies in half precision. */
export type HalfPolicy = 'float16' | 'bfloat16' | 'mixed_float16' | 'mixed_bfloat16';

/** A value of the option `dtype`: the name of a type or policy, a policy, or Keras's config object of a policy. */
export type DTypeLike = DType | HalfPolicy | DTypePolicy | Config;

const HALF: readonly string[] = ['float16', 'bfloat16', 'mixed_float16', 'mixed_bfloat16'];

/** Integer types of inputs in files, which have no counterpart among the types of tensors. */
const INTEGERS: readonly string[] = ['int8', 'int16', 'int64', 'uint16', 'uint32', 'uint64'];

/**
 * The types of a layer's weights and computation, under Keras's names. Policies in half precision are kept in configs and
 * files. Layers of float16 compute in it on GPUs that have it; elsewhere the arithmetic is that of float32.
 *
 * @example
 * const layer = new layers.Dense(1, { dtype: 'mixed_float16' });
 * layer.dtypePolicy.computeDtype;     // 'float16'
 * layer.dtypePolicy.variableDtype;    // 'float32'
 * layer.dtype;                        // 'float32'
 * @see https://keras.io/api/mixed_precision/policy/
 */
export class DTypePolicy {
  /** The name: that of a type, `mixed_float16` or `mixed_bfloat16`. */
  readonly name: string;

  /** @throws ValueError for unknown types. */
  constructor(name: string, who = 'DTypePolicy') {
    const isKnown = HALF.includes(name) || INTEGERS.includes(name);
    this.name = isKnown ? name : checkDType(name, who);
    Object.freeze(this);
  }

  /** The type of the computation in Keras. */
  get computeDtype(): string {
    return this.name.replace(/^mixed_/, '');
  }

  /** The type of the weights in Keras, in which files contain them. */
  get variableDtype(): string {
    return this.name.startsWith('mixed_') ? 'float32' : this.name;
  }

  /** The type of half precision that the weights have in Keras; null for other types. */
  get halfType(): 'float16' | 'bfloat16' | null {
    return this.name === 'float16' || this.name === 'bfloat16' ? this.name : null;
  }

  /** Whether Keras computes in half precision. */
  get isHalf(): boolean {
    return HALF.includes(this.name);
  }

  /** The type of the weights and the computation here. */
  get dtype(): DType {
    if (isDType(this.name)) return this.name;
    return this.isHalf ? 'float32' : 'int32';
  }

  /** The policy as Keras's config. */
  getConfig(): Config {
    return { name: this.name };
  }
}

/** The policies that `loadModel` can choose. */
export const floatPolicies: readonly (HalfPolicy | 'float32' | 'float64')[] = [
  ...(['float32', 'float64'] as const),
  ...(['float16', 'bfloat16', 'mixed_float16', 'mixed_bfloat16'] as const),
];

let defaultPolicy = new DTypePolicy('float32');

/**
 * The policy of layers without the option `dtype`.
 *
 * @example
 * dtypePolicy().name;    // 'float32'
 * @see https://keras.io/api/mixed_precision/policy/
 */
export function dtypePolicy(): DTypePolicy {
  return defaultPolicy;
}

/**
 * Sets the policy of the layers that are created from then on without the option `dtype`; initially `float32`.
 *
 * In half precision (`mixed_float16`, `mixed_bfloat16`, `float16`, `bfloat16`), configs and files have the policy, and
 * `compile` scales the loss for `mixed_float16`, as in Keras. Layers of float16 compute in it on GPUs that have it; elsewhere the
 * arithmetic is that of float32.
 *
 * @throws ValueError if the policy is unknown, or not one of floating-point numbers.
 * @example
 * setDtypePolicy('mixed_float16');
 * const layer = new layers.Dense(1);
 * setDtypePolicy('float32');
 * layer.dtypePolicy.name;    // 'mixed_float16'
 * @see https://keras.io/api/mixed_precision/policy/
 */
export function setDtypePolicy(policy: DTypeLike): void {
  const given = readPolicy(policy, 'setDtypePolicy');
  if (!isFloat(given.dtype)) {
    throw new ValueError(
      `[setDtypePolicy] the policy must be one of floating-point numbers: ${floatPolicies.join(', ')}. Received: ${given.name}.`,
    );
  }
  defaultPolicy = given;
}

/** The policy of a value of the option `dtype`; the default policy for null. @throws ValueError for unknown types. */
export function readPolicy(value: unknown, who: string): DTypePolicy {
  if (value instanceof DTypePolicy) return value;
  if (value === null || value === undefined) return defaultPolicy;
  const name = policyName(value);
  return new DTypePolicy(typeof name === 'string' ? name : checkDType(name, who), who);
}

/**
 * The name of the policy in a config. That of a quantized policy is the name of the policy from which it was made: the
 * weights are read dequantized.
 */
function policyName(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(int8|int4|float8|gptq|awq)(\/[^_]*)?_from_/, '');
  if (!isSerializedObject(value)) return value;
  const { name = null, source_name: source = null, default_policy: inside = null } = value.config;
  if (isRecord(inside) || typeof inside === 'string') return policyName(inside);
  const known = typeof source === 'string' ? source : name;
  return value.class_name === 'DTypePolicyMap' ? 'float32' : policyName(known ?? 'float32');
}

/** Keras's config object of a policy. */
export function policyConfig(policy: DTypePolicy): Config {
  return { module: 'keras', class_name: 'DTypePolicy', config: policy.getConfig(), registered_name: null };
}

/** The names of the policies in half precision in the configs of a JSON tree. */
export function halfPoliciesIn(json: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const pending: unknown[] = [json];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const policy = isSerializedObject(next) ? policyIn(next.config) : null;
    if (policy?.isHalf === true) found.add(policy.name);
    pending.push(...Object.values<unknown>({ ...next }).filter((value) => typeof value === 'object' && value !== null));
  }
  return found;
}

/** A config in which the policy, if it is one of floating-point numbers, is replaced. */
export function withPolicy(config: Config, policy: DTypePolicy): Config {
  const before = policyIn(config);
  if (before === null || !isFloat(before.dtype)) return config;
  return { ...config, dtype: typeof config['dtype'] === 'string' ? policy.name : policyConfig(policy) };
}

function policyIn({ dtype = null }: Config): DTypePolicy | null {
  if (dtype === null) return null;
  const name = policyName(dtype);
  return typeof name === 'string' && (isDType(name) || HALF.includes(name)) ? new DTypePolicy(name) : null;
}
