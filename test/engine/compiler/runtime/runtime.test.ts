import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { runtimeSuite } from '../../../support/runtime-suite.ts';

runtimeSuite(loadRuntime);
