import { createRequire } from 'node:module';

/** The versions of what is measured on evenkeel's side. */
export function evenkeelVersions() {
  const { version, dependencies } = createRequire(import.meta.url)('evenkeel/package.json');
  const engine = process.env.EVENKEEL_ENGINE === undefined ? '' : ` (${process.env.EVENKEEL_ENGINE})`;
  return {
    evenkeel: version,
    'ONNX Runtime': `${dependencies['onnxruntime-common']}${engine}`,
    Node: process.versions.node,
  };
}
