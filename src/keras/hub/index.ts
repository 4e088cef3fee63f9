/**
 * The layers of keras-hub of which transformers are made. Importing this module registers them, so that `loadModel` opens
 * files that contain them.
 *
 * @module evenkeel/hub
 */
export * from './registered.ts';
export type { AlibiBiasOptions } from './alibi-bias.ts';
export type { BlockOptions, TransformerOptions } from './block-options.ts';
export type { CachedAttentionCall } from './cached-multi-head-attention.ts';
export type { FNetEncoderOptions } from './f-net-encoder.ts';
export type { MaskedLMHeadOptions } from './masked-lm-head.ts';
export type { PositionEmbeddingOptions } from './position-embedding.ts';
export type { PositionCall } from './position-layer.ts';
export type { RotaryEmbeddingOptions } from './rotary-embedding.ts';
export type { RopeType } from './rotary-frequencies.ts';
export type { SinePositionEncodingOptions } from './sine-position-encoding.ts';
export type { TokenAndPositionEmbeddingOptions } from './token-and-position-embedding.ts';
export type { TransformerDecoderCall, TransformerDecoderOptions } from './transformer-decoder.ts';
export type { TransformerEncoderCall, TransformerEncoderOptions } from './transformer-encoder.ts';
