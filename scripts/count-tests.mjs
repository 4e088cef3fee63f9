/**
 * node scripts/count-tests.mjs REPORT STATUS: prints "PASSED FAILED", the counts in vitest's JSON report. A file that
 * fails before its first test counts as one, and so does a run that failed (STATUS is not 0) with no test to blame.
 */
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const brokenFiles = report.testResults.filter(
  (result) => result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
).length;
const failed = report.numFailedTests + brokenFiles;
console.log(report.numPassedTests, failed === 0 && status !== '0' ? 1 : failed);
