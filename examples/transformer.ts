/**
 * # A transformer
 *
 * A language model of characters: a pre-norm transformer with RMSNormalization learns a nursery rhyme, and continues it.
 *
 * @level intermediate
 * @needs nothing
 * @time 6 s
 */
import { type KerasTensor, Model, setRandomSeed, tensor } from 'evenkeel';
import { Add, Dense, Embedding, Input, MultiHeadAttention, RMSNormalization, TextVectorization } from 'evenkeel/layers';

const epochs = 30; // quick: 4

const text =
  'this is the house that jack built. this is the malt that lay in the house that jack built. ' +
  'this is the rat that ate the malt that lay in the house that jack built. ' +
  'this is the cat that killed the rat that ate the malt that lay in the house that jack built. ';
const [length, width, heads, blocks] = [24, 48, 4, 2];

setRandomSeed(7);
const characters = new TextVectorization({ standardize: null, split: 'character' });
await characters.adapt([text]);
const vocabulary = characters.getVocabulary();

/** A block normalizes what enters attention and the dense layers, and adds their results to what it has received. */
function block(x: KerasTensor): KerasTensor {
  const normal = new RMSNormalization().apply(x);
  const attended = new MultiHeadAttention(heads, width / heads).apply([normal, normal], { useCausalMask: true });
  const sum = new Add().apply([x, attended]);
  const hidden = new Dense(4 * width, { activation: 'gelu' }).apply(new RMSNormalization().apply(sum));
  return new Add().apply([sum, new Dense(width).apply(hidden)]);
}

const [tokens, positions] = [Input({ shape: [length], dtype: 'int32' }), Input({ shape: [length], dtype: 'int32' })];
let x = new Add().apply([
  new Embedding(vocabulary.length, width).apply(tokens),
  new Embedding(length, width).apply(positions),
]);
for (let i = 0; i < blocks; i++) x = block(x);
const logits = new Dense(vocabulary.length, { activation: 'softmax' }).apply(new RMSNormalization().apply(x));
const model = new Model({ inputs: [tokens, positions], outputs: logits });
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });

// Each window of the text, and the same one character later.
const ids = Array.from<number>((await characters.apply([text])).data);
const starts = Array.from({ length: ids.length - length }, (_, i) => i);
const windows = (shift: number): number[][] => starts.map((start) => ids.slice(start + shift, start + shift + length));
const places = Int32Array.from({ length }, (_, i) => i);
const placesOf = (rows: number): ReturnType<typeof tensor> =>
  tensor(
    Int32Array.from({ length: rows * length }, (_, i) => i % length),
    [rows, length],
  );
const asTokens = (rows: readonly (readonly number[])[]): ReturnType<typeof tensor> =>
  tensor(Int32Array.from(rows.flat()), [rows.length, length]);

const { history } = await model.fit([asTokens(windows(0)), placesOf(starts.length)], asTokens(windows(1)), {
  epochs,
  verbose: 0,
});
const [losses = [], accuracies = []] = [history['loss'], history['accuracy']];
console.log(`${vocabulary.length} tokens, ${starts.length} windows, ${model.countParams()} parameters`);
console.log(`loss: ${losses[0]?.toFixed(3) ?? ''} in the first epoch, ${losses.at(-1)?.toFixed(3) ?? ''} in the last`);
console.log(`accuracy of the next character: ${(100 * (accuracies.at(-1) ?? 0)).toFixed(1)} %`);

// The most probable character, one after the other.
let written = ids.slice(0, length);
for (let i = 0; i < 60; i++) {
  const probabilities = await model.predict([asTokens([written.slice(-length)]), tensor(places, [1, length])], {
    verbose: 0,
  });
  const last = probabilities.data.subarray((length - 1) * vocabulary.length);
  written = [...written, last.indexOf(Math.max(...last))];
}
console.log(`it writes: ${written.map((id) => vocabulary[id] ?? '').join('')}`);
