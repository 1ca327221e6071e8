/** What is done every hour, by Node's timer and by the Cron Trigger of Workers alike. Doing it twice changes nothing. */
import type { Clock } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { clearExpired } from '../identity/sessions.ts'

/** At seven minutes past: never in the hour that summer time takes away, which a timer would skip, for it is due again. */
export const hourlyCron = '7 * * * *'

/** What a module does by the clock's now. */
export type Job = (db: Db, clock: Clock) => Promise<void>

/**
 * Does what is due, one job after the other; one that breaks holds up none of the others.
 * @throws AggregateError with what broke; the next hour tries again
 */
export async function runHourly(db: Db, clock: Clock, jobs: readonly Job[] = []): Promise<void> {
  const failures: unknown[] = []
  for (const job of [(of: Db) => clearExpired(of, clock.now()), ...jobs]) {
    try {
      await job(db, clock)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
}
