/** What must hold before the program serves anybody. */
import type { Db } from '../db/connect.ts'

/**
 * The made-up people of the demonstration have passwords that anybody can read, so they must not exist where work is real.
 * @throws Error with a sentence for the person at the terminal
 */
export async function refuseDemoInProduction(db: Db): Promise<void> {
  const found = await db
    .selectFrom('person')
    .select((e) => e.fn.countAll<string>().as('people'))
    .where('demo', '=', true)
    .executeTakeFirstOrThrow()
  if (Number(found.people) > 0) {
    throw new Error(
      `NODE_ENV is production and the database holds ${found.people} people of the demonstration, whose passwords are known. ` +
        'Use another database for production.',
    )
  }
}
