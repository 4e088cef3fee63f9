export { Dense, type DenseOptions } from './dense.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { EinsumDense, type EinsumDenseOptions } from './einsum-dense.ts';
export { Identity, type IdentityOptions } from './identity.ts';
export { Input, InputLayer, type InputOptions } from './input-layer.ts';
export { Lambda, type LambdaOptions, type LambdaFunction, type LambdaContext } from './lambda.ts';
export { Masking, type MaskingOptions } from './masking.ts';
export {
  ReversibleEmbedding,
  type ReversibleEmbeddingCall,
  type ReversibleEmbeddingOptions,
} from './reversible-embedding.ts';
