/** Looking into a file on paper: what most of it says stands in compressed streams. */
import { constants, inflateSync } from 'node:zlib'

/** What stands in the compressed streams of a file, one after the other. */
export function inflated(bytes: Uint8Array): string {
  const file = Buffer.from(bytes)
  let text = ''
  for (let at = file.indexOf('stream\n'); at !== -1; at = file.indexOf('stream\n', at + 1)) {
    try {
      text += inflateSync(file.subarray(at + 7), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1')
    } catch {
      // an end of a stream, or one that is not compressed
    }
  }
  return text
}
