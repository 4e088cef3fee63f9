import { engineSuite } from '../support/engine-suite.ts';

engineSuite([
  { reason: 'a power beyond int32 saturates in wasm, where native code wraps around', tests: ['power of int32'] },
]);
