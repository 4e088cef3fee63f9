/*
 * The operators that the engine's WebGPU provider implements, with their dtypes, found by running a model of each with fallback to
 * the CPU forbidden. `npm run webgpu:operators` prints the differences from the table of the lowering, and `-- --write`
 * writes it. Needs a WebGPU adapter; see docs/engines.md for one without a GPU.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { webgpuOperators } from '../src/compiler/lowering/legalize/webgpu-operators.ts';
import { differences, probeAll } from './webgpu-operators/probe.ts';

const TABLE = new URL('../src/compiler/lowering/legalize/webgpu-operators.ts', import.meta.url);

const table = await probeAll();
for (const line of differences(webgpuOperators, table)) process.stdout.write(`${line}\n`);
if (process.argv.includes('--write')) {
  const source = `import type { OperatorTable } from './operator-key.ts';

// Written by scripts/webgpu-operators.ts, for ONNX Runtime 1.30.0.

/** The operators that the engine's WebGPU provider runs and computes right, with the dtypes of their data. */
export const webgpuOperators: OperatorTable = ${JSON.stringify(table)};
`;
  const options = await prettier.resolveConfig(fileURLToPath(TABLE));
  await writeFile(TABLE, await prettier.format(source, { ...options, parser: 'typescript' }));
}
