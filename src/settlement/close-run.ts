/** How far a close has come, as others are told. No database. */
import { z } from '@hono/zod-openapi'

export const runSteps = ['waiting', 'reading', 'rating', 'writing', 'proving'] as const
export type RunStep = (typeof runSteps)[number]

export const CloseProgress = z
  .object({
    month: z.string(),
    state: z.enum(['none', 'running', 'interrupted', 'failed', 'closed']).openapi({
      description: 'interrupted: the program that closed was ended; nothing was written, and closing may begin again',
    }),
    step: z.enum(runSteps).nullable(),
    done: z.int(),
    of: z.int(),
    started_at: z.string().nullable(),
    failed: z.string().nullable().openapi({ description: 'the code of the refusal' }),
  })
  .openapi('CloseProgress')
export type CloseProgress = z.infer<typeof CloseProgress>

export type CloseRunRow = {
  started_at: string
  beat_at: string
  step: string
  done: number
  of: number
  finished_at: string | null
  failed: string | null
}

/** A program that closes says so this often; silent for longer, it is taken for ended. Milliseconds. */
export const beat = 5_000
export const silence = 60_000

/** @param closed whether the month is closed, which alone decides; the run only tells how far it is */
export function progressOf(month: string, run: CloseRunRow | null, closed: boolean, now: Date): CloseProgress {
  const none = { month, step: null, done: 0, of: runSteps.length, started_at: null, failed: null }
  if (closed) return { ...none, state: 'closed', done: runSteps.length }
  if (run === null) return { ...none, state: 'none' }
  const { step, done, of, started_at, failed } = run
  const told = { month, step: step as RunStep, done, of, started_at, failed }
  if (run.finished_at !== null) return { ...told, state: failed === null ? 'none' : 'failed' }
  return { ...told, state: now.getTime() - Date.parse(run.beat_at) > silence ? 'interrupted' : 'running' }
}
