/** Starts the real program as a person would, in a process group of its own, and hears what it prints. */
import { type ChildProcess, spawn } from 'node:child_process'

export interface Program {
  /** everything printed so far */
  printed(): string
  /** waits until something is printed. @throws Error with all that was printed, where the program ends first or time is up */
  saying(pattern: RegExp, seconds?: number): Promise<RegExpExecArray>
  /** the exit code, or the signal's name. @throws Error when it still runs after that time */
  ended(seconds?: number): Promise<number | string>
  kill(signal: NodeJS.Signals): void
}

const running = new Set<ChildProcess>()

/** @param script a script of package.json, with what it should be given; the environment is added to our own */
export function runProgram(environment: Record<string, string>, ...command: string[]): Program {
  const child = spawn('npm', ['run', '-s', ...command], {
    env: { ...process.env, NODE_ENV: '', VITEST: '', DATABASE_URL: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let printed = ''
  let end: number | string | null = null
  const heard = new Set<() => void>()
  const hear = (text: string) => {
    printed += text
    for (const listener of heard) listener()
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  child.once('close', (code, signal) => {
    end = code ?? signal ?? 'unknown'
    running.delete(child)
    hear('')
  })
  const until = <T>(seconds: number, what: string, look: () => T | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        heard.delete(listener)
        clearTimeout(patience)
        settle()
      }
      const listener = () => {
        const found = look()
        if (found !== null) done(() => resolve(found))
        else if (end !== null) done(() => reject(new Error(`ended with ${end} before ${what}:\n${printed}`)))
      }
      const patience = setTimeout(
        () => done(() => reject(new Error(`${seconds} s passed before ${what}:\n${printed}`))),
        seconds * 1000,
      )
      heard.add(listener)
      listener()
    })
  return {
    printed: () => printed,
    saying: (pattern, seconds = 150) => until(seconds, `it said ${pattern}`, () => pattern.exec(printed)),
    ended: (seconds = 30) => until(seconds, 'its end', () => end),
    kill: (signal) => {
      if (end === null && child.pid !== undefined) process.kill(-child.pid, signal)
    },
  }
}

/** For `afterEach`: whatever a test left running. */
export async function killRest(): Promise<void> {
  for (const child of running) {
    const gone = new Promise((resolve) => child.once('close', resolve))
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await gone
  }
}
