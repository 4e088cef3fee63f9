/** What files of keras-hub may name. */
export { AlibiBias } from './alibi-bias.ts';
export { CachedMultiHeadAttention } from './cached-multi-head-attention.ts';
export { FNetEncoder } from './f-net-encoder.ts';
export { geluApproximate } from './gelu-approximate.ts';
export { MaskedLMHead } from './masked-lm-head.ts';
export { PositionEmbedding } from './position-embedding.ts';
export { ReversibleEmbedding } from './reversible-embedding.ts';
export { RMSNormalization } from './rms-normalization.ts';
export { RotaryEmbedding } from './rotary-embedding.ts';
export { SinePositionEncoding } from './sine-position-encoding.ts';
export { TokenAndPositionEmbedding } from './token-and-position-embedding.ts';
export { TransformerDecoder } from './transformer-decoder.ts';
export { TransformerEncoder } from './transformer-encoder.ts';
