/**
 * npm run keras-names: writes the names that Keras's modules export, src/keras/saving/keras-names.ts, from the inventory of
 * Keras in test/golden/keras-inventory.json. A test compares them.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Section, readInventory } from './features/inventory.ts';

const MODULES: readonly (readonly [module: string, section: Section, kind: 'class' | 'function'])[] = [
  ['keras.activations', 'activations', 'function'],
  ['keras.constraints', 'constraints', 'class'],
  ['keras.initializers', 'initializers', 'class'],
  ['keras.layers', 'layers', 'class'],
  ['keras.losses', 'losses', 'class'],
  ['keras.metrics', 'metrics', 'class'],
  ['keras.optimizers', 'optimizers', 'class'],
  ['keras.optimizers.schedules', 'schedules', 'class'],
  ['keras.regularizers', 'regularizers', 'class'],
];

/** The text of the file. */
export function kerasNamesFile(): string {
  const inventory = readInventory();
  const lines = MODULES.map(([module, section, kind]) => {
    const names = inventory
      .filter((feature) => feature.section === section && feature.kind === kind)
      .flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    return `  '${module}':\n    '${names.join(' ')}',\n`;
  });
  return [
    '// Written by npm run keras-names. Do not edit.\n',
    "/** The names that Keras's modules export, separated by spaces. */",
    '// prettier-ignore',
    `export const kerasNames: Readonly<Record<string, string>> = {\n${lines.join('')}};\n`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/keras/saving/keras-names.ts', import.meta.url), kerasNamesFile());
}
