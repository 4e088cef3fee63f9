/**
 * node scripts/count-tests.mjs REPORT STATUS: prints "PASSED FAILED", the counts in vitest's JSON report, and then a line for
 * each failure. A file that fails before its first test counts as one, and so does a run that failed (STATUS is not 0) with
 * no test to blame.
 */
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
  const tests = assertionResults.filter((result) => result.status === 'failed');
  const firstLine = (text) => (text ?? '').split('\n', 1)[0];
  if (tests.length > 0) return tests.map((test) => `${name}: ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
  return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
});
if (failures.length === 0 && status !== '0') failures.push(`npm test exited with ${status}, and no test failed`);
console.log(report.numPassedTests, failures.length);
for (const failure of failures) console.log(failure);
