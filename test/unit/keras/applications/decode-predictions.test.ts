import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { mostProbable, readClassIndex } from '../../../../src/keras/applications/decode-predictions.ts';
import * as applications from '../../../../src/keras/applications/index.ts';
import { takeOutput } from '../../../support/fail-on-console.ts';
import { useKerasHome } from '../../../support/keras-home.ts';

const folder = useKerasHome();
afterEach(() => vi.unstubAllGlobals());

const entries = Array.from({ length: 1000 }, (_, i) => [`n${i}`, `class_${i}`] as const);

/** A file of class names, as its address and hash. */
function served(content: string, fname: string): Parameters<typeof readClassIndex>[0] {
  const path = join(folder, `served-${fname}`);
  writeFileSync(path, content);
  return { fname, origin: pathToFileURL(path).href, fileHash: createHash('md5').update(content).digest('hex') };
}

describe('applications.decodePredictions', () => {
  test('the classes of the highest scores are returned in decreasing order', () => {
    const scores = entries.map((_, i) => (i === 7 ? 0.5 : i === 999 ? 0.3 : i === 0 ? 0.1 : 0));
    expect(mostProbable(scores, entries, 3)).toEqual([
      ['n7', 'class_7', 0.5],
      ['n999', 'class_999', 0.3],
      ['n0', 'class_0', 0.1],
    ]);
    expect(mostProbable(scores, entries, 2000).length).toBe(1000);
  });

  test('the names of the classes are read from a file that is downloaded once', async () => {
    const file = served(JSON.stringify(Object.fromEntries(entries.entries())), 'classes.json');
    expect(await readClassIndex(file)).toEqual(entries);
    expect(takeOutput().length).toBe(1);
    expect(await readClassIndex({ ...file, origin: 'https://unused.invalid/classes.json' })).toEqual(entries);
  });

  test('a file with other content than names is refused', async () => {
    for (const [i, content] of ['[]', '{"0": ["n0", "a"]}', 'null'].entries()) {
      await expect(readClassIndex(served(content, `bad${i}.json`))).rejects.toThrow(
        '[applications.decodePredictions] the file of class names must have the ids and names of 1000 classes.',
      );
    }
    await expect(readClassIndex(served('<html>', 'html.json'))).rejects.toThrow(ValueError);
    takeOutput();
  });

  test('decodePredictions checks the file of Keras, and tries again after a failure', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response('{}'));
    });
    const preds = [new Float32Array(1000)];
    for (let i = 1; i <= 2; i++) {
      await expect(applications.resnet.decodePredictions(preds)).rejects.toThrow(
        'the file must have the md5 hash c2c37ea517e94d9795004a39431a14cb. Received: 2 bytes with',
      );
      expect(asked.length).toBe(i);
    }
    expect(new Set(asked)).toEqual(
      new Set(['https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json']),
    );
    takeOutput();
  });

  test('decodePredictions refuses predictions of other classes, and other options', async () => {
    const { decodePredictions } = applications.imagenetUtils;
    await expect(decodePredictions([[1, 2]])).rejects.toThrow(
      "[applications.decodePredictions] preds must have the shape [images, 1000], of a network with ImageNet's classes. Received: shape [1, 2].",
    );
    await expect(decodePredictions([new Float32Array(1000)], { top: 0 })).rejects.toThrow('top must be an integer ≥ 1');
    await expect(decodePredictions([new Float32Array(1000)], { k: 1 } as never)).rejects.toThrow('unknown option "k"');
  });
});
