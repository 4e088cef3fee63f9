export { AdditiveAttention, type AdditiveAttentionOptions } from './additive-attention.ts';
export { Attention, type AttentionOptions } from './attention.ts';
export { type AttentionMasks, type MultiHeadAttentionCall } from './base-multi-head-attention.ts';
export { GroupQueryAttention, type GroupQueryAttentionOptions } from './grouped-query-attention.ts';
export { MultiHeadAttention, type MultiHeadAttentionOptions } from './multi-head-attention.ts';
export { type ScoringOptions, type ScoringSettings } from './scoring-layer.ts';
