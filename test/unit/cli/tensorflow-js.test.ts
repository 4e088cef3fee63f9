import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../support/close.ts';
import { predictByReference } from '../../support/predict-by-reference.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';
import { convertedCase, tensorsOf } from '../../support/tensorflow-js-cases.ts';

test('evenkeel convert writes a model of TensorFlow.js as .keras, with its training configuration', async () => {
  const at = temporaryFolder();
  const { files, prediction } = convertedCase('uint8');
  mkdirSync(at('js'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(`js/${name}`), bytes);
  expect(await runCli(['convert', at('js/model.json'), at('m.keras')])).toMatchObject({ code: 0, stderr: '' });
  const model = await loadModel(at('m.keras'));
  expect(model.optimizer.name).toBe('Adam');
  const [predicted] = predictByReference(model, tensorsOf(prediction!.inputs));
  expectClose(predicted!.data, prediction!.outputs[0]!.data, { rtol: 1e-5 });
  const summary = await runCli(['summary', at('js/model.json')]);
  expect(summary).toMatchObject({ code: 0, stderr: '' });
  expect(summary.stdout).toContain('Trainable params: 41 ');
  const weights = await runCli(['convert', at('m.keras'), at('w.h5'), '--weights', at('js/model.json')]);
  expect(weights).toMatchObject({ code: 0, stderr: '' });
});

test('evenkeel names what is wrong with a model of TensorFlow.js, and cannot write one', async () => {
  const at = temporaryFolder();
  const { files } = convertedCase('uint8');
  mkdirSync(at('js'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(`js/${name}`), bytes);
  writeFileSync(at('js/group1-shard2of2.bin'), '');
  const short = await runCli(['inspect', at('js/model.json')]);
  expect(short.code).not.toBe(0);
  expect(short.stderr).toContain('the files of a group of weights must contain 51 bytes.');
  const text = readFileSync(at('js/model.json'), 'utf8');
  writeFileSync(at('js/model.json'), text.replace('"layers-model"', '"graph-model"'));
  const graph = await runCli(['summary', at('js/model.json')]);
  expect(graph.stderr).toContain('Received: a graph model');
  const written = await runCli(['convert', at('js/model.json'), at('out/model.json')]);
  expect(written.stderr).toContain('the output file must end in one of .keras, .h5');
});
