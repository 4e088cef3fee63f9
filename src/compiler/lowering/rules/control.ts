import type { LowerRules } from './rule.ts';

export const controlRules: LowerRules<'control'> = {
  scan: ({ builder, inputs, operands, results, attributes, lowerBody }) => {
    const { body, states, sequences, reverse } = attributes;
    const scanned = states + sequences;
    // The engine refuses sequences without a slice.
    if (operands[states]?.shape[0] === 0) {
      const empty = results.slice(states).map(({ knownShape, dtype }) => builder.filled(0, knownShape, dtype));
      const [head = '', ...others] = [...inputs.slice(0, states), ...empty];
      return [head, ...others];
    }
    // The body reads captures by their names: as states, they would be copied at every step.
    const captures = body.inputs.slice(scanned).map((value, i) => [value, inputs[scanned + i] ?? ''] as const);
    const [first = '', ...rest] = builder.emitAll('Scan', inputs.slice(0, scanned), {
      outputs: results.length,
      attributes: {
        body: { graph: lowerBody(body, new Map(captures)) },
        num_scan_inputs: sequences,
        ...(reverse && {
          scan_input_directions: operands.slice(states, scanned).map(() => 1),
          scan_output_directions: results.slice(states).map(() => 1),
        }),
      },
    });
    return [first, ...rest];
  },
};
