/**
 * # A character model with an LSTM
 *
 * An LSTM reads a text character by character and learns which one comes next; then it writes, drawing each character from the
 * probabilities that it predicts.
 *
 * @level intermediate
 * @needs nothing
 * @time 7 s
 */
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { Dense, Embedding, LSTM } from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';

const epochs = 40; // quick: 5
const length = 32;
const text = `the north wind and the sun disputed which was the stronger, when a traveler came along wrapped in a warm cloak.
they agreed that the one who first succeeded in making the traveler take his cloak off should be considered stronger than the other.
then the north wind blew as hard as he could, but the more he blew the more closely did the traveler fold his cloak around him;
and at last the north wind gave up the attempt. then the sun shined out warmly, and immediately the traveler took off his cloak.
and so the north wind was obliged to confess that the sun was the stronger of the two.
`;

// Characters as numbers, in windows of the text, each with the same window one character later.
const characters = [...new Set(text)].sort();
const ids = Array.from(text, (character) => characters.indexOf(character));
const starts = Array.from({ length: ids.length - length }, (_, i) => i);
const windows = (shift: number) =>
  tensor(Int32Array.from(starts.flatMap((start) => ids.slice(start + shift, start + shift + length))), [
    starts.length,
    length,
  ]);

setRandomSeed(8);
const model = new Sequential([
  Input({ shape: [length], dtype: 'int32' }),
  new Embedding(characters.length, 16),
  new LSTM(96, { returnSequences: true }),
  new Dense(characters.length, { activation: 'softmax' }),
]);
model.compile({ optimizer: new Adam(0.005), loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
const { history } = await model.fit(windows(0), windows(1), { epochs, batchSize: 64, verbose: 0 });
console.log(`${characters.length} characters, ${starts.length} windows, ${model.countParams()} parameters`);
console.log(
  `loss: ${history['loss']?.[0]?.toFixed(3)} in the first epoch, ${history['loss']?.at(-1)?.toFixed(3)} in the last`,
);

/** Draws an index from probabilities; a temperature below 1 prefers the likely ones. */
function draw(probabilities: readonly number[], temperature: number): number {
  const weights = probabilities.map((p) => p ** (1 / temperature));
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (rest -= weight) < 0);
  return index === -1 ? weights.length - 1 : index;
}
let state = 11;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;

let written = ids.slice(0, length);
for (let i = 0; i < 160; i++) {
  const probabilities = await model.predict(tensor(Int32Array.from(written.slice(-length)), [1, length]), {
    verbose: 0,
  });
  const last = probabilities.data.subarray((length - 1) * characters.length);
  written = [...written, draw(Array.from<number>(last), 0.5)];
}
console.log(`it writes: ${written.map((id) => characters[id]).join('')}`);
