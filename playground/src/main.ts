import { recolorCharts } from './charts/chart.ts';
import { DrawingSection } from './drawing/drawing-section.ts';
import { FilesSection } from './files/files-section.ts';
import { CodeSection } from './page/code-section.ts';
import { element } from './page/dom.ts';
import { SettingsForm } from './page/settings-form.ts';
import { bindTheme } from './page/theme.ts';
import { TrainingSection } from './page/training-section.ts';
import { offerWebGpu } from './page/webgpu-option.ts';
import type { Settings } from './experiment/settings.ts';

const form = new SettingsForm((settings, before) => void change(settings, before));
const training = new TrainingSection(form.settings, {
  learned: () => drawing.refresh(),
  cleared: () => drawing.reset(),
});
const drawing = new DrawingSection(training.session);
const code = new CodeSection(form.settings);
new FilesSection(training.session);
element('reset', HTMLButtonElement).addEventListener('click', () => void training.session.startOver(form.settings));
bindTheme(recolorCharts);
void offerWebGpu();

/** The learning rate is changed in the present training; anything else needs new networks. */
async function change(settings: Settings, before: Settings): Promise<void> {
  code.show(settings);
  const { learningRate } = settings;
  const isRateAlone = JSON.stringify({ ...before, learningRate }) === JSON.stringify(settings);
  try {
    await (isRateAlone ? training.session.setLearningRate(settings) : training.session.startOver(settings));
  } catch (error) {
    training.showFailure(error);
  }
}
