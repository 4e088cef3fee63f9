import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Input, Sequential, layers, loadModel } from '../../../src/index.ts';
import type { CompileOptions } from '../../../src/index.ts';
import { OwnLoss, OwnMetric, OwnOptimizer } from '../../support/own-parts.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';

const unknown: readonly (readonly [what: string, options: CompileOptions])[] = [
  ['loss', { loss: new OwnLoss() }],
  ['metric', { loss: 'mse', metrics: [new OwnMetric()] }],
  ['optimizer', { loss: 'mse', optimizer: new OwnOptimizer() }],
];

async function saved(path: string, options: CompileOptions): Promise<string> {
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { name: 'dense' })], { name: 'line' });
  model.compile(options);
  writeFileSync(path, await model.toBytes(path.endsWith('h5') ? 'h5' : 'keras'));
  return path;
}

describe.each(unknown)('a file with an unknown custom %s', (_, options) => {
  test.each(['keras', 'h5'])('is summarized without a warning (.%s)', async (ending) => {
    const file = await saved(temporaryFolder()(`m.${ending}`), options);
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await runCli(['summary', file, ...more]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('dense');
    }
  });

  test.each(['keras', 'h5', 'weights.h5'])(
    'is converted to .%s without the configuration, which one line says',
    async (ending) => {
      const at = temporaryFolder();
      const file = await saved(at('m.keras'), options);
      const { code, stdout, stderr } = await runCli(['convert', file, at(`to.${ending}`)]);
      expect([code, stdout]).toEqual([0, expect.stringContaining(`to.${ending}: `)]);
      expect(stderr).toMatch(
        /^evenkeel: \[loadModel .*m\.keras\] compile_config: .*unknown .*"Own\w+".* The file is written without the training configuration\. To keep it, pass custom classes and functions with --custom FILE\.mjs\.\n$/,
      );
      if (ending !== 'weights.h5') expect((await loadModel(at(`to.${ending}`))).compiled).toBe(false);
    },
  );

  test('is converted without a remark if the configuration is not needed', async () => {
    const at = temporaryFolder();
    const file = await saved(at('m.h5'), options);
    for (const to of [['to.onnx'], ['to.safetensors'], ['to.keras', '--no-optimizer'], ['to.keras', '--fold']]) {
      const [name = '', ...more] = to;
      expect(await runCli(['convert', file, at(name), ...more])).toMatchObject({ code: 0, stderr: '' });
    }
  });

  test('is evaluated with a loss of the call only, and refused otherwise for the reason', async () => {
    const at = temporaryFolder();
    const file = await saved(at('m.keras'), options);
    const { code, stdout, stderr } = await runCli(['evaluate', file, '--data', 'x.npy', '--labels', 'y.npy']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /unknown .*"Own\w+".* Pass custom classes and functions with --custom FILE\.mjs, or replace the loss and the metrics with --loss and --metrics\.\n$/,
    );
  });
});
