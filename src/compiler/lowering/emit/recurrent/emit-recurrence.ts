import type { Value } from '../../../ir/value.ts';
import type { LowerContext } from '../context.ts';
import { emitTranspose } from '../transposition.ts';
import type { Projection } from './match.ts';

/** The weights of a recurrent operator, as the graph has them. */
export interface Recurrence {
  /** What all steps receive from the sequence, at once. */
  readonly projection: Projection;
  readonly recurrent: Value;
  readonly recurrentBias: Value | null;
  /** The places of the gates, in the order of the operator, among those of the weights. */
  readonly order: readonly number[];
}

/**
 * ONNX's recurrent operator for one direction, from weights in Keras's order. Returns the final states, and the outputs of all
 * steps for each further result of the scan.
 *
 *     kernel [inputs, gates · units] → W [1, gates · units, inputs]      bias [gates · units] → the half of B [1, 2 · gates · units]
 */
export function emitRecurrence(
  context: LowerContext<'scan'>,
  opType: 'LSTM' | 'GRU' | 'RNN',
  { projection, recurrent, recurrentBias, order }: Recurrence,
): readonly string[] | null {
  const { builder, inputs, operands, results, attributes, nameOf } = context;
  const { x, kernel, bias } = projection;
  const [units = 0, width = 0] = recurrent.knownShape;
  const isFloat = [x, kernel, recurrent].every(({ dtype }) => dtype === 'float32');
  if (x.rank !== 3 || !isFloat || width !== units * order.length || kernel.shape[1] !== width) return null;
  if (operands.slice(0, attributes.states).some(({ shape }) => shape.length !== 2 || shape[1] !== units)) return null;

  const ordered = (name: string, row: number): string => {
    if (order.every((place, i) => place === i)) return builder.reshape(name, [1, order.length * units, row]);
    const rows = builder.reshape(name, [order.length, units * row]);
    const gathered = builder.emit('Gather', [rows, builder.integers(order)], { attributes: { axis: 0 } });
    return builder.reshape(gathered, [1, order.length * units, row]);
  };
  const weights = [kernel, recurrent].map((value) => {
    const [rows = 1] = value.knownShape;
    return ordered(emitTranspose(context, nameOf(value), value.knownShape, [1, 0]), rows);
  });
  const halfOf = (value: Value | null): string =>
    value === null ? builder.filled(0, [1, width], 'float32') : builder.reshape(ordered(nameOf(value), 1), [1, width]);
  const hasBias = bias !== null || recurrentBias !== null;
  const biases = hasBias
    ? builder.emit('Concat', [halfOf(bias), halfOf(recurrentBias)], { attributes: { axis: 1 } })
    : '';
  const [direction, batch] = [builder.integers([0]), builder.integers([1])];
  const initial = inputs.slice(0, attributes.states).map((name) => builder.emit('Unsqueeze', [name, direction]));
  const [all = '', ...final] = builder.emitAll(opType, [nameOf(x), ...weights, biases, '', ...initial], {
    outputs: 1 + attributes.states,
    attributes: {
      hidden_size: units,
      direction: attributes.reverse ? 'reverse' : 'forward',
      ...(opType === 'GRU' && { linear_before_reset: 1 }),
    },
  });
  // [steps, 1, batch, units] → [steps, batch, units]
  return [
    ...final.map((name) => builder.emit('Squeeze', [name, direction])),
    ...results.slice(attributes.states).map(() => builder.emit('Squeeze', [all, batch])),
  ];
}
