import { loadRuntime } from '../../../src/runtime/index.ts';
import { runtimeSuite } from '../../support/runtime-suite.ts';

runtimeSuite(loadRuntime);
