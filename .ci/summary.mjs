/** The last line of a run, from vitest's JSON report. A file that could not be loaded counts as one failure. */
import { readFileSync } from 'node:fs'

let report
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
} catch {
  console.log('0 passed, 1 failed, 0 skipped')
  process.exit(1)
}
const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
const skipped = report.numPendingTests + report.numTodoTests
const failed = report.numFailedTests + unloaded
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed > 0 || report.numPassedTests === 0 ? 1 : 0)
