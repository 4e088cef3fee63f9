import type { Body } from '../../ir/value.ts';
import { DataType, type OnnxGraph } from '../../onnx/index.ts';
import { emitRecurrent } from '../emit/recurrent/index.ts';
import type { LowerRules } from './rule.ts';

export const controlRules: LowerRules<'control'> = {
  scan: (context) => {
    const { builder, inputs, operands, results, attributes, lowerBody } = context;
    const { body, states, sequences, reverse } = attributes;
    const scanned = states + sequences;
    // The engine refuses sequences without a slice.
    if (operands[states]?.shape[0] === 0) {
      const empty = results.slice(states).map(({ knownShape, dtype }) => builder.filled(0, knownShape, dtype));
      const [head = '', ...others] = [...inputs.slice(0, states), ...empty];
      return [head, ...others];
    }
    const [found, ...more] = emitRecurrent(context) ?? [];
    if (found !== undefined) return [found, ...more];
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

  cond: ({ builder, inputs: [predicate, ...captured], results, attributes, lowerBody }) => {
    // The bodies have no inputs in ONNX: they read captures by their names.
    const branch = (body: Body): { graph: OnnxGraph } => ({
      graph: lowerBody(body, new Map(body.inputs.map((value, i) => [value, captured[i] ?? '']))),
    });
    const [first = '', ...rest] = builder.emitAll('If', [predicate], {
      outputs: results.length,
      attributes: { then_branch: branch(attributes.whenTrue), else_branch: branch(attributes.whenFalse) },
    });
    return [first, ...rest];
  },

  whileLoop: ({ builder, inputs: [predicate, ...operands], results, attributes, lowerBody }) => {
    const { body, states, limit } = attributes;
    const captured = body.inputs.slice(states).map((value, i) => [value, operands[states + i] ?? ''] as const);
    const graph = lowerBody(body, new Map(captured));
    const counters = [
      { name: builder.name('iteration'), dataType: DataType.INT64, dims: [] },
      { name: builder.name('predicate'), dataType: DataType.BOOL, dims: [] },
    ];
    const [first = '', ...rest] = builder.emitAll(
      'Loop',
      [limit === null ? '' : builder.reshape(builder.integers([limit]), []), predicate, ...operands.slice(0, states)],
      {
        outputs: results.length,
        attributes: { body: { graph: { ...graph, inputs: [...counters, ...graph.inputs] } } },
      },
    );
    return [first, ...rest];
  },
};
