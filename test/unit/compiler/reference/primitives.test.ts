import { describe, expect, test } from 'vitest';
import type { LeafName, PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes } from '../../../../src/compiler/ir/value.ts';
import { expectClose } from '../../../support/close.ts';
import { type PrimitiveCase, runPrimitive } from '../../../support/primitives/case.ts';
import { primitiveCases } from '../../../support/primitives/index.ts';

type Computed = Exclude<PrimitiveName, LeafName>;

for (const [name, cases] of Object.entries(primitiveCases)) {
  describe(`the reference computes ${name} as calculated by hand`, () => {
    for (const { about, attributes, inputs, outputs } of cases as readonly PrimitiveCase<
      PrimitiveAttributes[Computed]
    >[]) {
      test(about, () => {
        const results = runPrimitive(name as Computed, inputs, attributes);
        expect(results.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
          outputs.map(({ shape, dtype }) => ({ shape, dtype })),
        );
        for (const [i, result] of results.entries()) {
          expectClose(result.data, outputs[i]!.data, { rtol: 1e-14, atol: 1e-15 });
        }
      });
    }
  });
}
