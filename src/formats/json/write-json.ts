import type { Json } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';

/**
 * The arguments that are floats in Python. JavaScript has one number type, but Keras distinguishes 0 from 0.0: it rejects
 * `SGD(momentum=0)`.
 */
const FLOATS: ReadonlySet<string> = new Set([
  ...['alpha', 'beta', 'beta_1', 'beta_2', 'beta_2_decay', 'clip_threshold', 'clipnorm', 'clipvalue', 'decay_rate'],
  ...['delta', 'ema_momentum', 'end_learning_rate', 'epsilon', 'epsilon_1', 'epsilon_2', 'gain', 'gamma'],
  ...['global_clipnorm', 'initial_accumulator_value', 'initial_learning_rate', 'l1', 'l2'],
  ...['l1_regularization_strength', 'l2_regularization_strength', 'l2_shrinkage_regularization_strength'],
  ...['label_smoothing', 'learning_rate', 'learning_rate_power', 'loss_scale_factor', 'm_mul', 'max_norm', 'maxval'],
  ...['mean', 'min_norm', 'minval', 'momentum', 'negative_slope', 'offset', 'power', 'rate'],
  ...['renorm_momentum', 'rho', 'rmax', 'rmin', 'dmax', 'scale', 'stddev', 't_mul', 'threshold', 'warmup_target'],
  ...['weight_decay'],
]);

/** Options of {@link writeJson}. */
export interface JsonLayout {
  /** The number of spaces per level, with each entry on its own line, as in Python's `json.dumps`. @default one line */
  readonly indent?: number;
}

/** Writes JSON as Python does: floats with a decimal point, and NaN and Infinity as literals. @throws ValueError for a key `__proto__` */
export function writeJson(value: Json, { indent }: JsonLayout = {}): string {
  return write(value, '', indent === undefined ? null : ' '.repeat(indent), '\n');
}

/** @param step the indentation of a level; null for one line @param line the break and the indentation of the value */
function write(value: Json, key: string, step: string | null, line: string): string {
  if (typeof value === 'number') return writeNumber(value, FLOATS.has(key));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = step === null ? line : line + step;
  if (Array.isArray(value)) {
    return enclose(
      '[]',
      value.map((entry: Json) => write(entry, '', step, inner)),
    );
  }
  const entries = Object.entries(value as { readonly [key: string]: Json | undefined });
  if (Object.hasOwn(value, '__proto__')) {
    throw new ValueError(
      '[writeJson] JSON must not have a key "__proto__", which cannot be read. Received: one. Give the entry another name.',
    );
  }
  const written = entries.flatMap(([name, entry]) =>
    entry === undefined ? [] : [`${JSON.stringify(name)}: ${write(entry, name, step, inner)}`],
  );
  return enclose('{}', written);

  function enclose(brackets: string, parts: readonly string[]): string {
    const [open = '', close = ''] = brackets;
    if (step === null || parts.length === 0) return open + parts.join(', ') + close;
    return open + inner + parts.join(`,${inner}`) + line + close;
  }
}

function writeNumber(value: number, isFloat: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  const text = JSON.stringify(value);
  return isFloat && Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}
