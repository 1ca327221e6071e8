/** One program at a time on an embedded data directory: PGlite has no lock of its own, and two would corrupt it. Node only. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Takes the directory for this process, or throws with a sentence that says who has it.
 * A lock left behind by a process that is no longer alive is taken over.
 * @returns gives the directory back
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'vieta.lock')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(file, 'wx')
      writeSync(handle, String(process.pid))
      closeSync(handle)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
      const holder = Number(readFileSync(file, 'utf8').trim() || '0')
      if (holder > 0 && holder !== process.pid && isAlive(holder)) {
        throw new Error(
          `The data directory ${directory} is in use by another Vieta (process ${holder}). ` +
            'Stop that one first, or start this one with another VIETA_DATA.',
        )
      }
      rmSync(file, { force: true })
    }
  }
  throw new Error(`The data directory ${directory} could not be locked; try again.`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
