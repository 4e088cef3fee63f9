import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { runtimeSuite } from '../../../support/runtime-suite.ts';

runtimeSuite(loadRuntime, [
  {
    reason: 'onnxruntime-web ignores targets and returns new tensors',
    tests: ['writes into the targets that it is given'],
  },
]);
