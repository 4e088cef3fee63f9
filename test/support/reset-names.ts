/**
 * Loaded before every test file: automatic names, such as dense_1, start again at the first one, whichever files ran before in
 * the process.
 */
import { beforeAll } from 'vitest';
import { resetNames } from '../../src/core/names.ts';

beforeAll(resetNames);
