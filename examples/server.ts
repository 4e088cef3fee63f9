/**
 * # A server that predicts
 *
 * An HTTP server loads a model once, and answers requests with predictions. Rows that arrive within
 * 10 ms of each other are predicted together: a batch takes hardly longer than a row.
 *
 * @level intermediate
 * @needs nothing
 * @time 2 s
 * @notebook no, it is a program that runs until it is stopped
 */
import { type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Input, Sequential, loadModel, setRandomSeed, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';

// A model for the example. In practice, the file comes from a training, here or in Python.
setRandomSeed(14);
const made = new Sequential([
  Input({ shape: [4] }),
  new Dense(16, { activation: 'relu' }),
  new Dense(3, { activation: 'softmax' }),
]);
await made.save('flowers.keras');

const model = await loadModel('flowers.keras');
const size = 4;

// The rows that wait for the next batch, each with the functions that settle its request.
interface Waiting {
  readonly row: number[];
  readonly answer: (probabilities: number[]) => void;
  readonly fail: (reason: unknown) => void;
}
let waiting: Waiting[] = [];
let batches = 0;

function predict(row: number[]): Promise<number[]> {
  return new Promise((answer, fail) => {
    // The first row waits 10 ms for others.
    if (waiting.push({ row, answer, fail }) === 1) setTimeout(() => void predictWaiting(), 10);
  });
}
async function predictWaiting(): Promise<void> {
  const batch = waiting;
  waiting = [];
  batches++;
  try {
    const predicted = (await model.predictOnBatch(tensor(batch.map(({ row }) => row)))).toArray() as number[][];
    predicted.forEach((probabilities, i) => batch[i]?.answer(probabilities));
  } catch (error) {
    for (const { fail } of batch) fail(error);
  }
}

const isRow = (body: unknown): body is number[] =>
  Array.isArray(body) &&
  body.length === size &&
  body.every((value) => typeof value === 'number' && Number.isFinite(value));

const server = createServer((request, response) => {
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST' || request.url !== '/predict') {
    reply(404, { error: 'POST /predict' });
    return;
  }
  json(request)
    .then(async (body) => {
      if (isRow(body)) reply(200, await predict(body));
      else reply(400, { error: `a list of ${size} numbers` });
    })
    .catch((error: unknown) => reply(error instanceof SyntaxError ? 400 : 500, { error: String(error) }));
});
await new Promise<void>((listening) => server.listen(Number(process.env['PORT'] ?? 0), listening));
const url = `http://localhost:${(server.address() as AddressInfo).port}/predict`;

// For the example, the server asks itself, and stops. A real one goes on listening.
async function ask(body: unknown): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}
const rows = Array.from({ length: 100 }, (_, i) => [5 + Math.sin(i), 3, 4 + Math.cos(i), 1]);
const answers = (await Promise.all(rows.map(ask))) as number[][];
console.log(`${answers.length} requests in ${batches} ${batches === 1 ? 'batch' : 'batches'}`);
console.log('the first:', answers[0]?.map((probability) => probability.toFixed(3)).join(', '));
console.log('a bad request:', await ask(['a']));
server.close();
