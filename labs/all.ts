import { convergesFaster } from './converges-faster.ts';
import { covariateShift } from './covariate-shift.ts';
import { family } from './family.ts';
import { higherLearningRates } from './higher-learning-rates.ts';
import type { Lab } from './lab.ts';
import { paperFigure1 } from './paper-figure-1.ts';
import { placement } from './placement.ts';
import { regularizes } from './regularizes.ts';
import { smallBatches } from './small-batches.ts';
import { standardizes } from './standardizes.ts';
import { vanishingGradients } from './vanishing-gradients.ts';

/** The labs, in the order of the page. */
export const labs: readonly Lab[] = [
  paperFigure1,
  standardizes,
  convergesFaster,
  higherLearningRates,
  vanishingGradients,
  regularizes,
  covariateShift,
  smallBatches,
  family,
  placement,
];
