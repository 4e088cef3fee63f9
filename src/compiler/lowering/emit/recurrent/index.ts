import type { LowerContext } from '../context.ts';
import { isOnProcessor } from '../target.ts';
import { emitGru } from './gru.ts';
import { emitLstm } from './lstm.ts';
import { emitSimpleRnn } from './simple-rnn.ts';

/**
 * A scan as one of the engine's recurrent operators, or null where none computes it. A scan that gradients are taken of has further
 * outputs, so that it stays one.
 */
export function emitRecurrent(context: LowerContext<'scan'>): readonly string[] | null {
  if (!isOnProcessor(context.target)) return null;
  return emitLstm(context) ?? emitGru(context) ?? emitSimpleRnn(context);
}
