import { unknownName } from '../../core/checks.ts';
import { NotImplementedError, show } from '../../core/errors.ts';
import { unknownOfHub } from './keras-hub.ts';
import { kerasNames } from './keras-names.ts';

/** Layers of Keras 2 and tf.keras that Keras 3 does not have. */
const OLD_LAYERS: readonly string[] = [
  ...['ConvLSTM2DCell', 'CuDNNGRU', 'CuDNNLSTM', 'DenseFeatures', 'LocallyConnected1D', 'LocallyConnected2D'],
  ...['SlicingOpLambda', 'TensorFlowOpLayer', 'TFOpLambda', 'ThresholdedReLU'],
];

/** A name that a config or a user gave for a class or a function. */
export interface GivenName {
  /** The caller, in messages. */
  readonly who: string;
  /** The noun: `layer`. */
  readonly kind: string;
  /** Keras's module: `keras.layers`. */
  readonly module: string;
  readonly name: string;
}

/** The error for a name that nothing has here: Keras may have it, or a similar one may be meant. */
export function unknownClass({ who, kind, module, name }: GivenName, known: readonly string[]): Error {
  const ofHub = unknownOfHub(who, kind, name);
  if (ofHub !== null) return ofHub;
  const ofKeras = (Object.hasOwn(kerasNames, module) ? (kerasNames[module] ?? '') : '').split(' ').includes(name);
  const isOld = module === 'keras.layers' && OLD_LAYERS.includes(name);
  if (!ofKeras && !isOld) return unknownName(who, kind, name, known);
  return new NotImplementedError(
    `[${who}] the ${kind} ${show(name)} of ${ofKeras ? 'Keras' : 'tf.keras'} is not supported yet. A custom one can replace it: pass it in customObjects under this name.`,
  );
}
