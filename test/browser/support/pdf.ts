/** What a PDF says, by pdftotext where the machine has it. */
import { spawnSync } from 'node:child_process'

export const hasPdfToText = spawnSync('pdftotext', ['-v']).error === undefined

export function textOfPdf(bytes: Uint8Array): string {
  return spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' }).stdout
}
