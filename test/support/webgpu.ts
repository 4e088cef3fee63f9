import { existsSync } from 'node:fs';
import { setEngine } from 'evenkeel';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { loadRuntime } from '../../src/compiler/runtime/index.ts';

/** The driver without a GPU that Debian's package of Chromium contains; it needs the package libvulkan1. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

const hasGpu = ['/dev/dri', '/dev/nvidia0'].some((path) => existsSync(path));
if (!hasGpu && existsSync(SWIFTSHADER)) process.env['VK_ICD_FILENAMES'] ??= SWIFTSHADER;

/** The reason for which the webgpu engine cannot be opened; null if it can. */
async function findObstacle(): Promise<string | null> {
  setEngine('webgpu');
  try {
    await loadRuntime();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    setEngine('auto');
  }
}

/** Runs tests on the webgpu engine, or reports them as skipped, and why. */
export async function describeWebGpu(title: string, tests: () => void): Promise<void> {
  const obstacle = await findObstacle();
  if (obstacle !== null) {
    test.skip(`${title}: not tested on this machine. ${obstacle}`, () => undefined);
    return;
  }
  describe(title, () => {
    beforeAll(() => {
      setEngine('webgpu');
    });
    afterAll(() => {
      setEngine('auto');
    });
    tests();
  });
}
