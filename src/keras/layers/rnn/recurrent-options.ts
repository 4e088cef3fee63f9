import { ValueError, show } from '../../../core/errors.ts';
import { activation } from '../../activations/field.ts';
import type { ActivationIdentifier } from '../../activations/index.ts';
import type { ConstraintIdentifier } from '../../constraints/index.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import type { RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Field, type Fields, boolean, choice, field, under } from '../../saving/fields.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import { positive } from '../base/option-fields.ts';
import { weightFields } from '../base/weight-fields.ts';
import { seed } from '../regularization/noise-options.ts';
import { dropoutRate } from './sequence-dropout.ts';

/** Options of cells with a kernel for the input and one for the state, and of their layers. */
export interface RecurrentOptions extends LayerOptions {
  /** The activation of the output. @default 'tanh' */
  activation?: ActivationIdentifier | null | undefined;
  /** Whether a bias is added. @default true */
  useBias?: boolean | undefined;
  /** The initializer of the kernel. @default 'glorot_uniform' */
  kernelInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the recurrent kernel. @default 'orthogonal' */
  recurrentInitializer?: InitializerIdentifier | null | undefined;
  /** The initializer of the bias. @default 'zeros' */
  biasInitializer?: InitializerIdentifier | null | undefined;
  /** A penalty on the kernel. @default null */
  kernelRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the recurrent kernel. @default null */
  recurrentRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on the bias. @default null */
  biasRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on the kernel after each update. @default null */
  kernelConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on the recurrent kernel after each update. @default null */
  recurrentConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on the bias after each update. @default null */
  biasConstraint?: ConstraintIdentifier | null | undefined;
  /** The share of the input's elements that is dropped in training, the same in every step. @default 0 */
  dropout?: number | undefined;
  /** The share of the state's elements that is dropped in training, the same in every step. @default 0 */
  recurrentDropout?: number | undefined;
  /** A seed that makes the dropped elements reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** Options of cells with gates, and of their layers. */
export interface GatedOptions extends RecurrentOptions {
  /** The activation of the gates. @default 'sigmoid' */
  recurrentActivation?: ActivationIdentifier | null | undefined;
}

/** Options of layers that apply a cell to each step of a sequence. */
export interface SequenceOptions extends LayerOptions {
  /** Whether the outputs of all steps are returned, rather than the last one. @default false */
  returnSequences?: boolean | undefined;
  /** Whether the last states are returned after the output. @default false */
  returnState?: boolean | undefined;
  /** Whether the last step comes first; the outputs are then in this order too. @default false */
  goBackwards?: boolean | undefined;
  /** Whether the last states of a batch are the first ones of the next; the batch size must be known. @default false */
  stateful?: boolean | undefined;
  /** Whether the steps are written one after another, without a loop; the number of steps must be known. @default false */
  unroll?: boolean | undefined;
  /** Whether the output of a masked step is 0, rather than that of the step before. @default false */
  zeroOutputForMask?: boolean | undefined;
}

/** Options that do not change what is computed: Keras's choice of an implementation. */
export interface ImplementationOptions {
  /** Accepted for Keras's sake; there is one implementation. @default 2 */
  implementation?: 0 | 1 | 2 | undefined;
  /** Accepted for Keras's sake, unless it demands a GPU. @default 'auto' */
  useCudnn?: boolean | 'auto' | undefined;
}

/** The options of layers that apply a cell, in the order of Keras's configs. */
export const sequenceFields: Fields = {
  returnSequences: boolean(false),
  returnState: boolean(false),
  goBackwards: boolean(false),
  stateful: boolean(false),
  unroll: boolean(false),
  zeroOutputForMask: boolean(false),
};

const weights = { kernel: 'glorot_uniform', recurrent: 'orthogonal', bias: 'zeros' } as const;
const isInitializer = (option: string): boolean => option.endsWith('Initializer');

/** The initializers, further options, then the penalties and constraints. */
function recurrentWeights(between: Fields, writesPenalty: boolean): Fields {
  const entries = Object.entries(weightFields(weights, { writesPenalty }));
  return {
    ...Object.fromEntries(entries.filter(([option]) => isInitializer(option))),
    ...between,
    ...Object.fromEntries(entries.filter(([option]) => !isInitializer(option))),
  };
}

const rates: Fields = { dropout: dropoutRate, recurrentDropout: dropoutRate };

/** The differences of a class from the others in its fields. */
export interface RecurrentFields {
  /** Options of the size, which come first. @default units */
  readonly size?: Fields;
  /** Whether there are gates. */
  readonly isGated: boolean;
  /** Whether it is a layer, which writes the penalty on its output among those on its weights. */
  readonly isLayer: boolean;
  /** Options before the initializers, between them and the penalties, and after the rates of dropout. */
  readonly before?: Fields;
  readonly between?: Fields;
  readonly after?: Fields;
  /** Whether configs contain the seed. @default true */
  readonly writesSeed?: boolean;
}

/** The options of a cell or its layer, in the order of Keras's configs. */
export function recurrentFields(given: RecurrentFields): Fields {
  const { size = { units: positive() }, before = {}, between = {}, after = {}, writesSeed = true } = given;
  return {
    ...size,
    activation: activation('tanh'),
    ...(given.isGated ? { recurrentActivation: activation('sigmoid') } : {}),
    useBias: boolean(true),
    ...before,
    ...recurrentWeights(between, given.isLayer),
    ...rates,
    ...after,
    seed: writesSeed ? seed : under(null, seed),
  };
}

/** Keras's choice of an implementation, which configs do not contain. */
export const implementation: Field<number> = under(
  null,
  field<number>({
    byDefault: 2,
    read: (who, option, given) => {
      if (given === 0 || given === 1 || given === 2) return given;
      throw new TypeError(`[${who}] ${option} must be 0, 1 or 2. Received: ${option}=${show(given)}.`);
    },
  }),
);

/** Whether Keras uses a kernel for GPUs, which there is none of here. */
export const useCudnn: Field<boolean | string> = under(
  null,
  field<boolean | string>({
    byDefault: 'auto',
    read: (who, option, given) => {
      if (given === 'auto' || given === false) return given;
      if (given === true) {
        throw new ValueError(
          `[${who}] ${option} must be "auto" or false: there are no kernels of cuDNN. Received: ${option}=true.`,
        );
      }
      return choice(['auto']).read(who, option, given);
    },
  }),
);
