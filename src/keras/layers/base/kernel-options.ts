import {
  type Activation,
  type ActivationIdentifier,
  get as getActivation,
  serialize as serializeActivation,
} from '../../activations/index.ts';
import {
  type Constraint,
  type ConstraintIdentifier,
  get as getConstraint,
  serialize as serializeConstraint,
} from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { checkBoolean } from '../../../core/checks.ts';
import {
  type Initializer,
  type InitializerIdentifier,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import {
  type Regularizer,
  type RegularizerIdentifier,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { json, refuse } from './arguments.ts';
import type { LayerOptions } from './layer-options.ts';

/** The options of layers that multiply by a kernel and add a bias. */
export interface KernelOptions extends LayerOptions {
  /** What the output goes through. @default null, which is 'linear' */
  activation?: ActivationIdentifier | null | undefined;
  /** Whether a bias is added. @default true */
  useBias?: boolean | undefined;
  /** What gives the kernel its first values. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** What gives the bias its first values. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the kernel. @default null */
  kernelRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the bias. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** What the kernel must satisfy after each update. @default null */
  kernelConstraint?: ConstraintIdentifier | null | undefined;
  /** What the bias must satisfy after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
  /** Not supported: null alone is taken. @default null */
  loraRank?: null | undefined;
  /** Not supported: null alone is taken. @default null */
  loraAlpha?: null | undefined;
}

export const KERNEL_OPTIONS: readonly string[] = [
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
  'loraRank',
  'loraAlpha',
];

/** The same options, as the objects that they stand for. */
export interface KernelParts {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  readonly biasConstraint: Constraint | null;
}

export function readKernelOptions(options: KernelOptions, who: string): KernelParts {
  refuse(who, 'loraRank', options.loraRank, 'low-rank adaptation is not supported');
  refuse(who, 'loraAlpha', options.loraAlpha, 'low-rank adaptation is not supported');
  return {
    activation: getActivation(options.activation, who),
    useBias: checkBoolean(who, 'useBias', options.useBias ?? true),
    kernelInitializer: getInitializer(options.kernelInitializer ?? 'glorot_uniform', who),
    biasInitializer: getInitializer(options.biasInitializer ?? 'zeros', who),
    kernelRegularizer: getRegularizer(options.kernelRegularizer, who),
    biasRegularizer: getRegularizer(options.biasRegularizer, who),
    kernelConstraint: getConstraint(options.kernelConstraint, who),
    biasConstraint: getConstraint(options.biasConstraint, who),
  };
}

/** The parts under Keras's keys, in groups, because layers put keys of their own between. */
export function kernelConfig(
  parts: KernelParts,
): Record<'activations' | 'initializers' | 'regularizers' | 'constraints', Config> {
  return {
    activations: { activation: json(serializeActivation(parts.activation)), use_bias: parts.useBias },
    initializers: {
      kernel_initializer: json(serializeInitializer(parts.kernelInitializer)),
      bias_initializer: json(serializeInitializer(parts.biasInitializer)),
    },
    regularizers: {
      kernel_regularizer: json(serializeRegularizer(parts.kernelRegularizer)),
      bias_regularizer: json(serializeRegularizer(parts.biasRegularizer)),
    },
    constraints: {
      kernel_constraint: json(serializeConstraint(parts.kernelConstraint)),
      bias_constraint: json(serializeConstraint(parts.biasConstraint)),
    },
  };
}
