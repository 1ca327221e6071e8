/** What is done every hour, by Node's timer and by the Cron Trigger of Workers alike. Doing it twice changes nothing. */
import type { Clock } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { clearExpired } from '../identity/sessions.ts'

/** At seven minutes past: never in the hour that summer time takes away, which a timer would skip, for it is due again. */
export const hourlyCron = '7 * * * *'

/** Does what is due by the clock's now. @throws what the database says; the next hour tries again */
export async function runHourly(db: Db, clock: Clock): Promise<void> {
  await clearExpired(db, clock.now())
}
