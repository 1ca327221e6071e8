/** One program at a time on an embedded data directory: PGlite has no lock of its own, and two would corrupt it. Node only. */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Who has the directory. A process id alone is used again, soon in containers, so the moment it started goes with it. */
interface Holder {
  pid: number
  started: string | null
}

/** A process that was told to end, even by kill -9, is there for a moment longer while the system takes back its memory. */
const PATIENCE_MILLISECONDS = 3_000

/**
 * Takes the directory for this process, or throws with a sentence that says who has it.
 * A lock left behind by a process that is no longer alive is taken over; one that is just ending is waited for.
 * @returns gives the directory back
 */
export function lockDirectory(directory: string, patience = PATIENCE_MILLISECONDS): () => void {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'vieta.lock')
  if (!claim(file)) {
    waitForItsEnd(file, patience)
    refuseWhileHeld(directory, file)
    takeOver(directory, file)
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
  }
}

/** A link appears with its whole content or not at all, so nobody ever reads half a lock. */
function claim(file: string): boolean {
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder))
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function waitForItsEnd(file: string, patience: number): void {
  const until = Date.now() + patience
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  while (Date.now() < until) {
    const holder = readHolder(file)
    if (holder === null || holder.pid === process.pid || !isAlive(holder)) return
    Atomics.wait(sleeper, 0, 0, 50)
  }
}

function refuseWhileHeld(directory: string, file: string): void {
  const holder = readHolder(file)
  if (holder === null || !isAlive(holder)) return
  throw new Error(
    `the data directory ${resolve(directory)} is in use by another Vieta (process ${holder.pid}). ` +
      'Stop that one first, or start this one with another VIETA_DATA.',
  )
}

/** Only one of two that find the same dead lock may clear it: the other could clear the lock that the first has just made. */
function takeOver(directory: string, file: string): void {
  const guard = `${file}.takeover`
  try {
    if (Date.now() - statSync(guard).mtimeMs > 10_000) rmSync(guard, { recursive: true, force: true })
  } catch {
    // there is none, as there should be
  }
  try {
    mkdirSync(guard)
  } catch {
    throw new Error(`another Vieta is just starting on the data directory ${resolve(directory)}; try again.`)
  }
  try {
    refuseWhileHeld(directory, file)
    rmSync(file, { force: true })
    if (!claim(file)) refuseWhileHeld(directory, file)
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

function readHolder(file: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? { pid, started: started ?? null } : null
  } catch {
    return null
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  const started = startOf(holder.pid)
  if (started === 'dead') return false
  return started === null || holder.started === null || started === holder.started
}

/**
 * When a process started, in a form only good for comparing; null where the system does not say (it does on Linux).
 * `dead`: it has ended and nobody has asked for its exit code yet, which in a container may never happen.
 */
function startOf(pid: number): string | null {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    if (afterName[0] === 'Z' || afterName[0] === 'X') return 'dead'
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${afterName[19]}`
  } catch {
    return null
  }
}
