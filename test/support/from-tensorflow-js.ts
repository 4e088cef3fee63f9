import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/from-tensorflow-js.md', import.meta.url), 'utf8');

/** The rows of the table of calls in docs/from-tensorflow-js.md: the cells of TensorFlow.js and of evenkeel. */
export const calls: readonly (readonly [there: string, here: string])[] = page
  .slice(page.indexOf('## Calls'), page.indexOf('## What becomes shorter'))
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [, there = '', here = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return [there, here];
  });

/** The code in a cell. */
export const codeIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

const names = new Set(['Swish', 'step']);

/** A program with the calls of evenkeel in the table: each is a block, except for declarations that later ones use. */
export const typedCalls: string = [
  `import { Input, Layer, Model, Sequential, type Tensor, type Value, callbacks, constraints, data, engineInfo, initializers, jit } from 'evenkeel';`,
  `import { layers, loadModel, modelFromJson, ops, optimizers, random, registerKerasSerializable, regularizers } from 'evenkeel';`,
  `import { setEngine, setThreads, tensor, utils, valueAndGrad } from 'evenkeel';`,
  `declare const model: Sequential, inputs: ReturnType<typeof Input>, outputs: typeof inputs, x: Tensor, y: Tensor;`,
  `declare const a: Value, b: Value, dataset: [Tensor, Tensor][], rows: number[][], text: string, imageData: ImageData;`,
  `declare const optimizer: optimizers.Optimizer, f: (a: Value) => Value, makeRows: () => Generator<number[]>;`,
  ...calls
    .flatMap(([, here]) => codeIn(here))
    .map((code) => {
      const [, declared = ''] = /^(?:class|const) (\w+)/.exec(code) ?? [];
      return names.has(declared) ? `${code};` : `{ ${code}; }`;
    }),
  'export {};',
].join('\n');
