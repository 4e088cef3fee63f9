import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as ek from '../../../src/index.ts';
import { tensorToStored } from '../../../src/formats/arrays/convert-stored.ts';
import { writeNpy } from '../../../src/formats/npy/npy.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';

/** Clears the screen, sets the window's title, colors, moves the cursor with a C1 code, and reverses the line. */
const hostile = (name: string): string => `${name}\u001b[2J\u001b]0;title\u0007\u001b[31m\u009b1A\u202e\r\nforged`;

/** The name as a line of output shows it. */
const shown = (name: string): string =>
  `${name}\\u001b[2J\\u001b]0;title\\u0007\\u001b[31m\\u009b1A\\u202e\\u000d\\nforged`;

async function hostileModel(path: string): Promise<string> {
  const x = ek.Input({ shape: [4], name: hostile('input') });
  const dense = new ek.layers.Dense(4, { name: hostile('dense') }).apply(x);
  const norm = new ek.layers.BatchNormalization({ name: hostile('norm') }).apply(dense);
  const left = new ek.layers.BatchNormalization({ name: hostile('left'), trainable: false }).apply(x);
  const sum = new ek.layers.Add({ name: hostile('sum') }).apply([norm, left]);
  const outputs = new ek.layers.Softmax({ name: hostile('out') }).apply(sum);
  const model = new ek.Model({ inputs: x, outputs, name: hostile('model') });
  model.compile({ loss: 'mse', metrics: [new ek.metrics.MeanAbsoluteError({ name: hostile('metric') })] });
  await model.save(path);
  return path;
}

function array(path: string): string {
  writeFileSync(path, writeNpy(tensorToStored(ek.tensor(new Float32Array(8), [2, 4]))));
  return path;
}

/** Control characters other than line feeds and the sequences of colors; the text of forged lines. */
const controls = /[\p{Cc}\u202e]/u;
const withoutOwn = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- the sequences of colors begin with a control character
  text.replaceAll(/\u001b\[(?:1|22|3[2-9]|90)m|\n/g, '');

test.each([false, true])('names in a file reach the output of every command escaped (terminal: %s)', async (isTTY) => {
  const at = temporaryFolder();
  const file = await hostileModel(at('m.keras'));
  const x = array(at('x.npy'));
  const classes = at('classes.txt');
  writeFileSync(classes, Array.from('abcd', (name) => hostile(name).replace('\r\n', '')).join('\n'));
  const commands: readonly (readonly string[])[] = [
    ['summary', file, '--show-trainable', '--line-length', '800'],
    ['inspect', file],
    ['inspect', file, '--strict'],
    ['predict', file, x, '--classes', classes],
    ['predict', file, x, '-o', at('y.npy')],
    ['evaluate', file, '--data', x, '--labels', x],
    ['convert', file, at('n.keras')],
    ['convert', file, at('n.onnx')],
    ['convert', file, at('folded.keras'), '--fold'],
  ];
  for (const command of commands) {
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await runCli([...command, ...more], { isTTY });
      const output = withoutOwn(stdout) + withoutOwn(stderr);
      expect(output, command.join(' ')).not.toMatch(controls);
      expect(`${stdout}${stderr}`, command.join(' ')).not.toMatch(/^forged/m);
      if (more.length > 0) expect(JSON.parse(stdout)).toBeTypeOf('object');
    }
  }
  const summary = (await runCli(commands[0]!, { isTTY })).stdout;
  for (const name of ['model', 'dense', 'norm', 'sum']) expect(summary).toContain(shown(name));
  expect((await runCli(commands[1]!, { isTTY })).stdout).toContain(shown('norm'));
  expect((await runCli(commands[5]!, { isTTY })).stdout).toContain(shown('metric'));
  expect((await runCli(commands[8]!, { isTTY })).stdout).toContain(shown('norm'));
});

test('errors about hostile names, and with hostile arguments, are one line without control characters', async () => {
  const at = temporaryFolder();
  const file = await hostileModel(at('m.keras'));
  const model = await ek.loadModel(file);
  writeFileSync(
    at('w.safetensors'),
    await new ek.Sequential([ek.Input({ shape: [2] }), new ek.layers.Dense(1)]).toBytes('safetensors'),
  );
  expect(model.layers).toHaveLength(6);
  const calls: readonly (readonly string[])[] = [
    ['summary', file, '--weights', at('w.safetensors')],
    ['summary', hostile('nowhere.keras')],
    ['predict', file, hostile('x.npy')],
    ['evaluate', file, '--data', array(at('x.npy')), '--labels', hostile('y')],
    ['convert', file, hostile('out')],
    [hostile('command')],
    ['summary', file, hostile('--option')],
  ];
  for (const call of calls) {
    const { code, stderr } = await runCli(call, { isTTY: true });
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/^evenkeel: [^\n]*\n$/);
    expect(stderr.slice(0, -1)).not.toMatch(controls);
  }
});
