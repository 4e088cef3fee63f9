import { NotImplementedError, show } from '../../core/errors.ts';

/** What evenkeel/hub registers, by the names in files. */
export const HUB_NAMES: readonly string[] = [
  ...['AlibiBias', 'CachedMultiHeadAttention', 'FNetEncoder', 'MaskedLMHead', 'PositionEmbedding'],
  ...['ReversibleEmbedding', 'RMSNormalization', 'RotaryEmbedding', 'SinePositionEncoding'],
  ...['TokenAndPositionEmbedding', 'TransformerDecoder', 'TransformerEncoder', 'gelu_approximate'],
];

/** The layers of keras-hub that compute on ragged tensors and strings of TensorFlow, which no model contains. */
const PREPROCESSING: readonly string[] = [
  ...['MaskedLMMaskGenerator', 'MultiSegmentPacker', 'RandomDeletion', 'RandomSwap', 'StartEndPacker'],
];

/** The error for a name of keras-hub that is not registered; null for other names. */
export function unknownOfHub(who: string, kind: string, name: string): Error | null {
  const [, own] = /^keras_(?:hub|nlp)>(.+)$/.exec(name) ?? [];
  if (own === undefined) return null;
  if (HUB_NAMES.includes(own)) {
    return new TypeError(
      `[${who}] the ${kind} ${show(name)} is in evenkeel/hub, which has not been imported. Add import 'evenkeel/hub'.`,
    );
  }
  const reason = PREPROCESSING.includes(own)
    ? 'it computes on ragged tensors of TensorFlow, outside of models'
    : `evenkeel/hub has ${HUB_NAMES.join(', ')}`;
  return new NotImplementedError(
    `[${who}] the ${kind} ${show(name)} of keras-hub is not supported: ${reason}. A custom one can replace it: pass it in customObjects under this name.`,
  );
}
