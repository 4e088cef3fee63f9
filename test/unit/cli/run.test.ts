import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Input, Sequential, layers, loadModel } from '../../../src/index.ts';
import { nsfwjsNetwork } from '../../support/nsfwjs-network.ts';
import { goldenModel, runCli, temporaryFolder } from '../../support/run-cli.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const COMMANDS = [
  ...[
    'new',
    'demo',
    'summary',
    'inspect',
    'diagnose',
    'recalibrate',
    'adapt',
    'freeze',
    'unfreeze',
    'replace-normalization',
  ],
  ...['predict', 'evaluate', 'convert'],
];
const model = goldenModel('adam.keras');
const ESCAPE = '\u001b[';

describe('the program', () => {
  test('--version prints the version of the package', async () => {
    for (const option of ['--version', '-V']) {
      expect(await runCli([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  test('--help lists the commands, and each has help with examples', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of COMMANDS) {
      expect(stdout).toContain(`\n  ${name} `);
      const help = await runCli([name, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: evenkeel ${name} `);
      expect(help.stdout).toContain(`\nExamples:\n  $ evenkeel ${name}`);
    }
  });

  test('docs/command-line.md contains the help of every command verbatim', async () => {
    const text = readFileSync(fileURLToPath(new URL('../../../docs/command-line.md', import.meta.url)), 'utf8');
    for (const argv of [[], ...COMMANDS.map((name) => [name])]) {
      const { stdout } = await runCli([...argv, '--help']);
      expect(text).toContain(`\`\`\`text\n${stdout.trimEnd()}\n\`\`\``);
    }
  });

  test.each<readonly [what: string, argv: string[], line: string]>([
    ['no command', [], 'a command is required. See evenkeel --help.'],
    ['a mistyped command', ['sumary'], "unknown command 'sumary' (Did you mean summary?)"],
    ['a mistyped option', ['convert', 'a', 'b', '--fodl'], "unknown option '--fodl' (Did you mean --fold?)"],
    ['too little', ['summary'], "missing required argument 'model'"],
    ['too much', ['summary', 'a', 'b'], "too many arguments for 'summary'. Expected 1 argument but got 2."],
    ['an option without its value', ['predict', 'a', 'b', '-o'], "option '-o, --output <y.npy>' argument missing"],
    ['what must be given', ['evaluate', 'a', '--data', 'b'], "required option '--labels <y.npy>' not specified"],
    [
      'a number that is none',
      ['predict', 'a', 'b', '--batch-size', '0'],
      "option '--batch-size <rows>' argument '0' is invalid. It must be an integer ≥ 1.",
    ],
    [
      'a fraction that is none',
      ['predict', 'a', 'b', '--scale', '1/0'],
      "option '--scale <number>' argument '1/0' is invalid. It must be a number, or a fraction such as 1/255.",
    ],
    [
      'a size that is none',
      ['predict', 'a', 'b', '--size', '12'],
      "option '--size <height>x<width>' argument '12' is invalid. It must be a height and a width: 224x224.",
    ],
    [
      'a rate that is none',
      ['demo', '--learning-rate=-1'],
      "option '--learning-rate <number>' argument '-1' is invalid. It must be greater than 0.",
    ],
    [
      'names that are none',
      ['evaluate', 'a', '--data', 'b', '--labels', 'c', '--metrics', 'mae,'],
      "option '--metrics <names>' argument 'mae,' is invalid. It must be a comma-separated list of names.",
    ],
    [
      'a choice that is none',
      ['predict', 'a', 'b', '--data-format', 'last'],
      "option '--data-format <format>' argument 'last' is invalid. Allowed choices are channels_last, channels_first.",
    ],
    [
      'another ending',
      ['convert', 'a', 'b.pb'],
      'the output file must end in one of .keras, .h5, .hdf5, .weights.h5, .safetensors, .onnx. Received: b.pb.',
    ],
    ['a tolerance for nothing', ['convert', 'a', 'b.keras', '--tolerance', '1'], '--tolerance requires --fold.'],
    [
      'a folder that is not there',
      ['convert', 'a', 'nowhere/b.keras'],
      'the folder of nowhere/b.keras must exist. Create it, or check its name.',
    ],
    [
      'two outputs in one file',
      ['predict', 'a', 'b', '-o', 'y.npy', '-o', 'y.npy'],
      'output files must have distinct names. Received: y.npy, y.npy.',
    ],
    [
      'a model that is not there',
      ['summary', 'nowhere.keras'],
      '[loadModel] the file at path must exist. Received: path="nowhere.keras". Check the spelling.',
    ],
    [
      'a module that is not there',
      ['summary', model, '--custom', 'nowhere.mjs'],
      expect.stringMatching(/^the module of --custom cannot be imported\. Received: nowhere\.mjs\. /) as never,
    ],
  ])('refuses %s with code 2 and one line', async (_, argv, line) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^evenkeel: [^\n]+\n$/);
    expect(stderr.slice('evenkeel: '.length, -1)).toEqual(line);
  });

  test('a bad file is refused with code 2 and one line', async () => {
    const at = temporaryFolder();
    writeFileSync(at('bad.keras'), 'nonsense');
    const { code, stdout, stderr } = await runCli(['inspect', at('bad.keras'), '--json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `evenkeel: [loadModel ${at('bad.keras')}] a model must be a .keras, .h5 or .hdf5 file. Received: 8 bytes of another format. Read weights alone with loadWeights.\n`,
    );
  });
});

describe('evenkeel summary', () => {
  test('summary prints the table of layers', async () => {
    const { code, stdout, stderr } = await runCli(['summary', model, '--line-length', '90', '--show-trainable']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Model: "/);
    expect(stdout).toContain('bn (BatchNormalization)');
    expect(stdout).toContain('Trainable');
    expect((await runCli(['summary', model, '--line-length', '3'])).code).toBe(2);
  });

  test('summary --json describes each layer', async () => {
    const { stdout } = await runCli(['summary', model, '--json']);
    const loaded = await loadModel(model);
    const document = JSON.parse(stdout) as { layers: unknown[]; parameters: Record<string, number> };
    expect(document.layers).toHaveLength(loaded.layers.length);
    expect(document.layers).toContainEqual({
      name: 'bn',
      class: 'BatchNormalization',
      outputShapes: [[null, 5]],
      parameters: 20,
      trainable: true,
    });
    expect(document.parameters['trainable']! + document.parameters['nonTrainable']!).toBe(loaded.countParams());
    expect(document.parameters['optimizer']).toBeGreaterThan(0);
  });
});

describe('evenkeel inspect', () => {
  const suspicious = async (path: string): Promise<string> => {
    const bn = new layers.BatchNormalization({ name: 'bn' });
    const made = new Sequential([Input({ shape: [3] }), bn], { name: 'odd' });
    bn.movingMean.assign([1, 2, 3]);
    bn.movingVariance.assign([1, 0, 0]);
    await made.save(path);
    return path;
  };

  test('inspect prints ranges, findings and a verdict', async () => {
    const at = temporaryFolder();
    const { code, stdout, stderr } = await runCli(['inspect', await suspicious(at('odd.keras'))]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `Layer  Class               Weight           Shape  Minimum    Mean  Maximum  Verdict
─────  ──────────────────  ───────────────  ─────  ───────  ──────  ───────  ──────────
bn     BatchNormalization  gamma            [3]          1       1        1  suspicious
                           beta             [3]          0       0        0
                           moving_mean      [3]          1       2        3
                           moving_variance  [3]          0  0.3333        1

suspicious bn: The variance is close to 0 (at most 0.000001) in 2 of 3 channels (1, 2).
    The input was constant there, as after a relu that is never active; any other value is multiplied by up to γ / √ε. If the channels should be active, examine the preceding layer; recalibrateBatchNormalization(model, data) recomputes the statistics without changing the weights.

Verdict: of one normalization layer, 1 suspicious.
`,
    );
    expect((await runCli(['inspect', model])).stdout).toContain('Verdict: the one normalization layer looks fine.');
    expect((await runCli(['inspect', goldenModel('sharing.keras')])).stdout).toBe(
      'sharing has no normalization layers.\n',
    );
  });

  test('inspect --strict prints the report, then fails if a layer is suspicious', async () => {
    const at = temporaryFolder();
    const { code, stdout, stderr } = await runCli(['inspect', await suspicious(at('odd.keras')), '--strict', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'odd', verdict: 'suspicious', layers: [{ layer: 'bn' }] });
    expect(stderr).toBe('evenkeel: 1 of 1 normalization layer of odd need attention.\n');
    expect((await runCli(['inspect', model, '--strict'])).code).toBe(0);
  });

  test('inspect says a finding once, with the list of the layers that have it', async () => {
    const at = temporaryFolder();
    await nsfwjsNetwork().model.save(at('m.keras'));
    const { stdout } = await runCli(['inspect', at('m.keras')]);
    expect(stdout.match(/The layer is frozen/g)).toHaveLength(1);
    expect(stdout).toMatch(/note bn_Conv1, expanded_conv_depthwise_BN, [^\n:]*: The layer is frozen/);
    expect(stdout.match(/The input was constant there/g)).toHaveLength(1);
    expect(stdout).toContain('Verdict: all 52 normalization layers look fine.');
  });

  test('colors are used on terminals only, and not with NO_COLOR or a dumb terminal', async () => {
    const colored = async (options: object): Promise<boolean> =>
      (await runCli(['inspect', model], options)).stdout.includes(ESCAPE);
    expect(await colored({ isTTY: true })).toBe(true);
    expect(await colored({ isTTY: false })).toBe(false);
    expect(await colored({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored({ isTTY: true, env: { TERM: 'dumb' } })).toBe(false);
    const plain = await runCli(['inspect', model]);
    const colors = await runCli(['inspect', model], { isTTY: true });
    // eslint-disable-next-line no-control-regex -- colors are control characters
    expect(colors.stdout.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.stdout);
  });
});

describe('evenkeel convert', () => {
  test.each(['keras', 'h5'])('convert writes a model that can be loaded again, as .%s', async (ending) => {
    const at = temporaryFolder();
    const to = at(`m.${ending}`);
    const { code, stdout, stderr } = await runCli(['convert', model, to, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ from: model, to, format: ending, bytes: readFileSync(to).length, fold: null });
    const [before, after] = [await loadModel(model), await loadModel(to)];
    expect(after.getWeights()).toEqual(before.getWeights());
    expect(after.optimizer.variables.map(({ value }) => value)).toEqual(
      before.optimizer.variables.map(({ value }) => value),
    );
    expect((await runCli(['convert', model, to, '--no-optimizer'])).code).toBe(0);
    expect((await loadModel(to)).compiled).toBe(false);
  });

  test.each(['weights.h5', 'safetensors'])(
    'writes weights that go into another model with --weights, as .%s',
    async (ending) => {
      const at = temporaryFolder();
      expect(await runCli(['convert', model, at(`w.${ending}`)])).toMatchObject({ code: 0, stderr: '' });
      const other = goldenModel('untrained.keras');
      expect((await runCli(['convert', other, at('m.keras'), '--weights', at(`w.${ending}`)])).code).toBe(0);
      expect((await loadModel(at('m.keras'))).getWeights()).toEqual((await loadModel(model)).getWeights());
      const alone = await runCli(['summary', at(`w.${ending}`)]);
      expect(alone.code).toBe(2);
      expect(alone.stderr).toMatch(/On the command line: the model that it belongs to, with --weights FILE\.\n$/);
    },
  );

  test('convert writes ONNX', async () => {
    const at = temporaryFolder();
    const { code, stdout } = await runCli(['convert', model, at('m.onnx')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^.*m\.onnx: [\d,.]+ (bytes|kB)\n$/);
    expect(readFileSync(at('m.onnx')).includes('BatchNormalization')).toBe(false);
  });

  test('convert fails with code 1 if the format cannot represent the model', async () => {
    const at = temporaryFolder();
    mkdirSync(at('m.keras'));
    const { code, stdout, stderr } = await runCli(['convert', model, at('m.keras')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `evenkeel: [convert] path must be a file. Received: path="${at('m.keras')}". It is a folder.\n`,
    );
  });

  test('convert exits with 130 and writes nothing when interrupted', async () => {
    const at = temporaryFolder();
    const ran = await runCli(['convert', model, at('m.keras')], { signal: AbortSignal.abort() });
    expect(ran).toEqual({ code: 130, stdout: '', stderr: '' });
    expect(() => readFileSync(at('m.keras'))).toThrow('ENOENT');
  });
});
