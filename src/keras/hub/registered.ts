import { AlibiBias } from './alibi-bias.ts';
import { CachedMultiHeadAttention } from './cached-multi-head-attention.ts';
import { FNetEncoder } from './f-net-encoder.ts';
import { geluApproximate } from './gelu-approximate.ts';
import { MaskedLMHead } from './masked-lm-head.ts';
import { PositionEmbedding } from './position-embedding.ts';
import { registerHubObject } from './register.ts';
import { ReversibleEmbedding } from './reversible-embedding.ts';
import { RMSNormalization } from './rms-normalization.ts';
import { RotaryEmbedding } from './rotary-embedding.ts';
import { SinePositionEncoding } from './sine-position-encoding.ts';
import { TokenAndPositionEmbedding } from './token-and-position-embedding.ts';
import { TransformerDecoder } from './transformer-decoder.ts';
import { TransformerEncoder } from './transformer-encoder.ts';

const classes = {
  AlibiBias,
  CachedMultiHeadAttention,
  FNetEncoder,
  MaskedLMHead,
  PositionEmbedding,
  ReversibleEmbedding,
  RMSNormalization,
  RotaryEmbedding,
  SinePositionEncoding,
  TokenAndPositionEmbedding,
  TransformerDecoder,
  TransformerEncoder,
};

for (const [name, layerClass] of Object.entries(classes)) registerHubObject(layerClass, name);
registerHubObject(geluApproximate, 'gelu_approximate');

export {
  AlibiBias,
  CachedMultiHeadAttention,
  FNetEncoder,
  geluApproximate,
  MaskedLMHead,
  PositionEmbedding,
  ReversibleEmbedding,
  RMSNormalization,
  RotaryEmbedding,
  SinePositionEncoding,
  TokenAndPositionEmbedding,
  TransformerDecoder,
  TransformerEncoder,
};
