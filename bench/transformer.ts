import { Input, Model } from 'evenkeel';
import { Add, Dense, GlobalAveragePooling1D, LayerNormalization, MultiHeadAttention } from 'evenkeel/layers';

/** An encoder block of the transformer (Vaswani et al., 2017) with 8 heads, for rows of [steps, units], and a classifier. */
export function transformer(row: readonly number[]): Model {
  const units = row.at(-1)!;
  const inputs = Input({ shape: row });
  const attended = new MultiHeadAttention(8, units / 8).apply([inputs, inputs]);
  const middle = new LayerNormalization().apply(new Add().apply([inputs, attended]));
  const wide = new Dense(4 * units, { activation: 'relu' }).apply(middle);
  const outputs = new LayerNormalization().apply(new Add().apply([middle, new Dense(units).apply(wide)]));
  const classes = new Dense(10, { activation: 'softmax' }).apply(new GlobalAveragePooling1D().apply(outputs));
  return new Model({ inputs, outputs: classes });
}
