import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as ek from '../../../src/index.ts';
import { storedToTensor, tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { readNpy, writeNpy } from '../../../src/formats/npy/npy.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../support/golden.ts';
import { goldenModel, runCli, temporaryFolder } from '../../support/run-cli.ts';

interface FileCase {
  readonly file: string;
  readonly inputs: readonly GoldenArray[];
  readonly outputs: readonly GoldenArray[];
  readonly targets?: readonly GoldenArray[];
}

const { cases } = loadGolden<FileCase>('files');
const find = (file: string): FileCase => cases.find((each) => each.file === file)!;
const custom = fileURLToPath(new URL('../../support/custom-objects.mjs', import.meta.url));

const writeArray = (path: string, { data, shape }: Pick<GoldenArray, 'data' | 'shape'>): string => {
  writeFileSync(path, writeNpy(tensorToStored(ek.tensor(new Float32Array(data), shape))));
  return path;
};
const readArray = (path: string): ek.Tensor => storedToTensor(readNpy(readFileSync(path), 'npy'), undefined, 'npy');

/** A classifier of images of 4 × 4 pixels, in which the class is the brightest channel. */
async function saveClassifier(path: string): Promise<string> {
  const model = new ek.Sequential(
    [
      ek.Input({ shape: [4, 4, 3] }),
      new ek.layers.GlobalAveragePooling2D(),
      new ek.layers.Dense(3, { activation: 'softmax', kernelInitializer: 'identity' }),
    ],
    { name: 'brightest' },
  );
  model.compile({ loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  await model.save(path);
  return path;
}

/** An image of one colour, as an array. */
function saveColor(path: string, color: readonly [number, number, number]): string {
  writeArray(path, { shape: [1, 4, 4, 3], data: Float32Array.from({ length: 48 }, (_, i) => color[i % 3]!) });
  return path;
}

describe('evenkeel predict', () => {
  test('predict writes the predictions of Keras', async () => {
    const at = temporaryFolder();
    const { inputs, outputs } = find('adam.keras');
    const x = writeArray(at('x.npy'), inputs[0]!);
    const y = at('y.npy');
    const ran = await runCli(['predict', goldenModel('adam.keras'), x, '-o', y, '--batch-size', '3']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const made = readArray(y);
    expect(made.shape).toEqual(outputs[0]!.shape);
    expectClose(made.data, outputs[0]!.data, { rtol: 1e-5 });
    expect(ran.stdout).toContain(`${y}: [${made.shape.join(', ')}] float32\n`);
  });

  test('predict --json prints one document, with the values unless they are written to files', async () => {
    const at = temporaryFolder();
    const { inputs, outputs } = find('adam.h5');
    const { code, stdout, stderr } = await runCli([
      'predict',
      goldenModel('adam.h5'),
      writeArray(at('x.npy'), inputs[0]!),
      '--json',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout) as { rows: number; outputs: { shape: number[]; values: number[][] }[] };
    expect(document.rows).toBe(inputs[0]!.shape[0]);
    expect(document.outputs[0]!.shape).toEqual(outputs[0]!.shape);
    expectClose(document.outputs[0]!.values.flat(), outputs[0]!.data, { rtol: 1e-5 });
  });

  test('predict reads one file per input and writes one per output', async () => {
    const at = temporaryFolder();
    const several = cases.find(
      ({ file, inputs, outputs }) => /keras$/.test(file) && inputs.length + outputs.length > 2,
    )!;
    const model = goldenModel(several.file);
    const inputs = several.inputs.map((input, i) => writeArray(at(`x${i}.npy`), input));
    const outputs = several.outputs.map((_, i) => at(`y${i}.npy`));
    const ran = await runCli(['predict', model, ...inputs, ...outputs.flatMap((path) => ['-o', path])]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    for (const [i, path] of outputs.entries())
      expectClose(readArray(path).data, several.outputs[i]!.data, { rtol: 1e-5 });
    const wrong = await runCli(['predict', model, ...inputs, at('x0.npy'), at('x0.npy')]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^evenkeel: the arguments after the model must name .*\n$/);
    const tooMany = await runCli([
      'predict',
      model,
      ...inputs,
      ...Array(9)
        .fill(0)
        .flatMap((_, i) => ['-o', at(`z${i}`)]),
    ]);
    expect(tooMany.code).toBe(2);
    expect(tooMany.stderr).toMatch(
      /^evenkeel: --output must be given once for each output of the model, .* Received: 9\.\n$/,
    );
  });

  test('predict ranks the classes of a softmax, by name with --classes', async () => {
    const at = temporaryFolder();
    const model = await saveClassifier(at('m.keras'));
    const x = saveColor(at('x.npy'), [0, 255, 51]);
    writeFileSync(at('names.txt'), 'red\ngreen\nblue\n');
    const ranked = await runCli(['predict', model, x, '--scale', '1/51', '--classes', at('names.txt'), '--top', '2']);
    const [green, blue] = [Math.exp(5), Math.exp(1)].map((value) => value / (Math.exp(5) + Math.exp(1) + 1)) as [
      number,
      number,
    ];
    expect(ranked.stdout.split('\n')[0]).toBe(
      `row 0: green ${(100 * green).toFixed(2)} %, blue ${(100 * blue).toFixed(2)} %`,
    );
    const wrong = await runCli(['predict', goldenModel('adam.keras'), x, '--classes', at('none.txt')]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
  });

  test('predict decodes, scales and resizes images', async () => {
    const at = temporaryFolder();
    const model = await saveClassifier(at('m.keras'));
    const images = loadGolden<{ name: string; bytes: string; pixels: GoldenArray }>('images').cases;
    const paths = ['PNG, colour', 'PNG, grey', 'JPEG'].map((name, i) => {
      const { bytes } = images.find((each) => each.name === name)!;
      const path = at(`${i}.image`);
      writeFileSync(path, Buffer.from(bytes, 'base64'));
      return path;
    });
    const refused = await runCli(['predict', model, ...paths]);
    expect(refused).toEqual({
      code: 2,
      stdout: '',
      stderr: `evenkeel: [image ${paths[0]!}] the image must have the model's input size, 4 × 4. Received: 5 × 7. Use --resize.\n`,
    });
    const { code, stdout } = await runCli(['predict', model, ...paths, '--resize', '--scale', '1/255', '--json']);
    expect(code).toBe(0);
    const { top } = JSON.parse(stdout) as {
      top: { input: string; classes: { class: number; probability: number }[] }[];
    };
    expect(top.map(({ input }) => input)).toEqual(paths);
    // Grey has as much of each colour.
    expectClose(
      top[1]!.classes.map(({ probability }) => probability),
      [1 / 3, 1 / 3, 1 / 3],
      { rtol: 1e-5 },
    );
    expect(top[1]!.classes.map((each) => each.class)).toEqual([0, 1, 2]);
  });

  test('predict runs custom functions from the module of --custom', async () => {
    const at = temporaryFolder();
    const { inputs, outputs } = find('lambda.keras');
    const x = writeArray(at('x.npy'), inputs[0]!);
    const without = await runCli(['predict', goldenModel('lambda.keras'), x]);
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(
      /^[^\n]* On the command line: --custom FILE\.mjs, a module that exports customObjects\.\n$/,
    );
    const ran = await runCli(['predict', goldenModel('lambda.keras'), x, '--custom', custom, '-o', at('y.npy')]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expectClose(readArray(at('y.npy')).data, outputs[0]!.data, { rtol: 1e-5 });
    writeFileSync(at('empty.mjs'), 'export const other = 1;');
    const empty = await runCli(['predict', goldenModel('lambda.keras'), x, '--custom', at('empty.mjs')]);
    expect(empty.stderr).toBe(
      `evenkeel: the module of --custom must export customObjects, an object of classes and functions by name. Received: ${at('empty.mjs')}.\n`,
    );
  });

  test('predict refuses data that does not fit with one line', async () => {
    const at = temporaryFolder();
    const x = writeArray(at('x.npy'), { shape: [2, 99], data: new Float32Array(198) });
    const ran = await runCli(['predict', goldenModel('adam.keras'), x, '-o', at('y.npy')]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^evenkeel: \[[^\n]+\n$/);
    expect(() => readArray(at('y.npy'))).toThrow('ENOENT');
  });

  test('predict exits with 130 and writes nothing when interrupted', async () => {
    const at = temporaryFolder();
    const x = writeArray(at('x.npy'), find('adam.keras').inputs[0]!);
    const ran = await runCli(['predict', goldenModel('adam.keras'), x, '-o', at('y.npy')], {
      signal: AbortSignal.abort(),
    });
    expect(ran).toEqual({ code: 130, stdout: '', stderr: '' });
    expect(() => readArray(at('y.npy'))).toThrow('ENOENT');
  });
});

describe('progress', () => {
  test('progress is drawn on standard error if that is a terminal, and never on standard output', async () => {
    const at = temporaryFolder();
    const x = writeArray(at('x.npy'), find('adam.keras').inputs[0]!);
    const argv = ['predict', goldenModel('adam.keras'), x, '--batch-size', '1', '--json'];
    const ran = await runCli(argv, { isTTY: true });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('Predicting ');
    expect(() => JSON.parse(ran.stdout) as unknown).not.toThrow();
    const trained = await runCli(['demo', '--epochs', '2', '--examples', '128', '--json'], { isTTY: true });
    expect(trained.stderr).toContain(' 4/4, 0 s left');
    expect((await runCli(argv)).stderr).toBe('');
  });
});

describe('evenkeel evaluate', () => {
  test('evaluate uses the training configuration of the file, or the options of the call', async () => {
    const at = temporaryFolder();
    const model = await saveClassifier(at('m.keras'));
    const x = saveColor(at('x.npy'), [0, 5, 1]);
    writeFileSync(at('y.npy'), writeNpy(tensorToStored(ek.tensor([1], [1], 'int32'), 'int64')));
    const data = ['--data', x, '--labels', at('y.npy'), '--json'];
    const results = async (...more: string[]): Promise<Record<string, number>> => {
      const { code, stdout, stderr } = await runCli(['evaluate', model, ...data, ...more]);
      expect([code, stderr]).toEqual([0, '']);
      return (JSON.parse(stdout) as { results: Record<string, number> }).results;
    };
    const loss = -Math.log(Math.exp(5) / (Math.exp(5) + Math.exp(1) + 1));
    const compiled = await results();
    expectClose([compiled['loss']!, compiled['accuracy']!], [loss, 1], { rtol: 1e-4 });
    expect(Object.keys(await results('--metrics', 'sparse_categorical_crossentropy'))).toEqual([
      'loss',
      'sparse_categorical_crossentropy',
    ]);
    expect(Object.keys(await results('--loss', 'mse', '--metrics', 'mae'))).toEqual(['loss', 'mae']);
    const text = await runCli(['evaluate', model, ...data.slice(0, -1)]);
    expect(text.stdout).toMatch(/^Metric +Value\n─+ +─+\n.*\n.*\n1 row in \d+\.\d\d s\n$/);
    const unknown = await runCli(['evaluate', model, ...data, '--loss', 'nonsense']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/^evenkeel: \[[^\n]*nonsense[^\n]*\n$/);
  });

  test('evaluate requires a loss if the file has none', async () => {
    const at = temporaryFolder();
    const model = new ek.Sequential([ek.Input({ shape: [1] }), new ek.layers.Dense(1)]);
    await model.save(at('m.keras'));
    const x = writeArray(at('x.npy'), { shape: [1, 1], data: new Float32Array(1) });
    const ran = await runCli(['evaluate', at('m.keras'), '--data', x, '--labels', x]);
    expect(ran).toEqual({
      code: 2,
      stdout: '',
      stderr: 'evenkeel: a loss is required, because the file has none. Use, for example, --loss mse.\n',
    });
  });
});

describe('evenkeel convert', () => {
  test('convert --fold writes a model with equal predictions and no batch normalization', async () => {
    const at = temporaryFolder();
    const { inputs, outputs } = find('adam.keras');
    const ran = await runCli(['convert', goldenModel('adam.keras'), at('folded.keras'), '--fold', '--json']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const document = JSON.parse(ran.stdout) as { fold: { merged: unknown[]; largestError: number } };
    const folded = await ek.loadModel(at('folded.keras'));
    expect(document.fold.merged.length).toBeGreaterThan(0);
    expect(folded.layers.some((layer) => layer instanceof ek.layers.BatchNormalization)).toBe(false);
    const predicted = await folded.predict(ek.tensor(new Float32Array(inputs[0]!.data), inputs[0]!.shape), {
      verbose: 0,
    });
    expectClose(predicted.data, outputs[0]!.data, { rtol: 1e-4 });
  });
});

describe('evenkeel demo', () => {
  test('evenkeel demo: demo trains both networks and prints a conclusion', async () => {
    const argv = ['demo', '--epochs', '2', '--examples', '256', '--seed', '3'];
    const { code, stdout, stderr } = await runCli([...argv, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout) as Record<string, { epochs: { loss: number; testAccuracy: number }[] }>;
    expect(document['withNormalization']!.epochs).toHaveLength(2);
    expect(document['withoutNormalization']!.epochs).toHaveLength(2);
    const text = await runCli(argv);
    const [first] = document['withNormalization']!.epochs;
    expect(text.stdout).toContain(`    1  ${first!.loss.toFixed(4).padStart(9)}  `);
  });

  test('evenkeel demo: demo exits with 0 when its output is closed', async () => {
    const ran = await runCli(['demo'], { outputClosed: AbortSignal.abort() });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).not.toContain('Epoch');
  });
});
