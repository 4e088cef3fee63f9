import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gradientRules } from '../../../src/compiler/autodiff/rules/index.ts';
import { inferRules } from '../../../src/compiler/graph/infer/index.ts';
import { primitives } from '../../../src/compiler/ir/primitives.ts';
import { lowerRules } from '../../../src/compiler/lowering/rules/index.ts';
import { evaluateRules } from '../../../src/compiler/reference/rules/index.ts';

const tables = {
  'graph/infer': inferRules,
  'autodiff/rules': gradientRules,
  'reference/rules': evaluateRules,
  'lowering/rules': lowerRules,
};

const families = [...new Set(Object.values(primitives).map(({ family }) => family))];

// Each file's type, such as InferRules<'matmul'>, holds exactly the primitives of its family.
describe('the four tables of rules have the same form', () => {
  for (const [folder, table] of Object.entries(tables)) {
    test(`${folder} has one file per family`, () => {
      const files = readdirSync(new URL(`../../../src/compiler/${folder}/`, import.meta.url));
      expect(files.sort()).toEqual([...families.map((family) => `${family}.ts`), 'index.ts', 'rule.ts'].sort());
    });

    test(`${folder} has one rule per primitive`, () => {
      expect(Object.keys(table).sort()).toEqual(Object.keys(primitives).sort());
    });
  }
});
