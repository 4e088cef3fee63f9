/**
 * Loaded before every test file: automatic names, such as dense_1, start again at the first one, whichever files ran before in
 * the process. Once for the objects that a file makes while it is loaded, and once for its tests.
 */
import { beforeAll } from 'vitest';
import { resetNames } from '../../src/core/names.ts';

resetNames();
beforeAll(resetNames);
