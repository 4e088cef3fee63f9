/**
 * # Text classification with attention
 *
 * Is an opinion positive? "not bad" is, "not good" is not: what matters is which words stand together. A `TextVectorization` layer
 * turns texts into numbers, and multi-head attention relates each word to the others. Padding is masked.
 *
 * @level intermediate
 * @needs nothing
 * @time 5 s
 */
import { Input, Model, setRandomSeed, tensor } from 'evenkeel';
import {
  Add,
  Dense,
  Embedding,
  GlobalAveragePooling1D,
  LayerNormalization,
  MultiHeadAttention,
  TextVectorization,
} from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';

const epochs = 15; // quick: 2
const [length, width] = [12, 32];

// Opinions from a grammar: a subject, perhaps a negation, a word of praise or blame; sometimes two of them.
let state = 13;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
function opinion(): { readonly text: string; readonly isPositive: number } {
  const isGood = random() < 0.5;
  const isNegated = random() < 0.5;
  const word = pick(
    isGood ? ['good', 'great', 'funny', 'moving', 'brilliant'] : ['bad', 'dull', 'boring', 'weak', 'awful'],
  );
  const subject = pick(['the film', 'the plot', 'the acting', 'this book', 'the ending', 'the music']);
  const negation = isNegated
    ? pick(['is not', 'was never', 'is hardly', 'is far from'])
    : pick(['is', 'was', 'is really', 'was quite']);
  const rest = pick(['', '', ' at all', ' if you ask me', ' in my opinion', ' i think']);
  return { text: `${subject} ${negation} ${word}${rest}`, isPositive: Number(isGood !== isNegated) };
}
const opinions = Array.from({ length: 3000 }, opinion);
const texts = opinions.map(({ text }) => text);
const labels = opinions.map(({ isPositive }) => isPositive);

const vectorization = new TextVectorization({ outputSequenceLength: length });
await vectorization.adapt(texts.slice(0, 2400));
const vocabulary = vectorization.getVocabulary();
console.log(`${vocabulary.length} words, such as ${vocabulary.slice(2, 8).join(', ')}`);
const tokens = await vectorization.apply(texts);

setRandomSeed(10);
const inputs = Input({ shape: [length], dtype: 'int32' });
const embedded = new Embedding(vocabulary.length, width, { maskZero: true }).apply(inputs);
const attended = new MultiHeadAttention(4, width / 4).apply([embedded, embedded]);
const normal = new LayerNormalization().apply(new Add().apply([embedded, attended]));
const hidden = new Dense(width, { activation: 'relu' }).apply(normal);
const outputs = new Dense(1, { activation: 'sigmoid' }).apply(new GlobalAveragePooling1D().apply(hidden));
const model = new Model({ inputs, outputs });
model.compile({ optimizer: new Adam(0.003), loss: 'binary_crossentropy', metrics: ['accuracy'] });

// The first 2,400 opinions are learned; some of the sentences among the others are new.
const [train, test] = [tokens.data.slice(0, 2400 * length), tokens.data.slice(2400 * length)];
const rowsOf = (data: typeof train) => tensor(data, [data.length / length, length]);
const { history } = await model.fit(rowsOf(train), labels.slice(0, 2400), { epochs, batchSize: 64, verbose: 0 });
const { accuracy } = await model.evaluate(rowsOf(test), labels.slice(2400), { verbose: 0 });
console.log(
  `accuracy: ${history['accuracy']?.at(-1)?.toFixed(3)} in training, ${accuracy?.toFixed(3)} on new opinions`,
);

// Single opinions.
const questions = [
  'the film is great',
  'the film is not great',
  'the music was never boring',
  'this book is far from brilliant',
];
const answers = await model.predict(await vectorization.apply(questions), { verbose: 0 });
questions.forEach((question, i) => console.log(`${question}: ${((answers.data[i] ?? 0) * 100).toFixed(0)} % positive`));
