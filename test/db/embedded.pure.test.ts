import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { systemClock } from '../../src/context.ts'
import { connectPglite } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { readProjectFile } from '../../src/files.ts'

test('a long query in the embedded database freezes neither the program nor what needs no database', async () => {
  const database = await connectPglite({})
  await migrate(database)
  const parts = { db: database.db, clock: systemClock(), secret: 'x', production: false, demo: false }
  const app = buildApp({ ...parts, loadAsset: readProjectFile })
  await app.request('/assets/vieta.css')
  let finished = false
  const heavy = sql`select count(*) from generate_series(1, 6000) a, generate_series(1, 6000) b where a * b % 7 = 3`
    .execute(database.db)
    .then(() => {
      finished = true
    })
  const begun = performance.now()
  let longestPause = 0
  let answered = 0
  for (let last = performance.now(); !finished && last - begun < 30_000; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const page = await app.request('/assets/vieta.css')
    if (page.status === 200) answered += 1
    const now = performance.now()
    longestPause = Math.max(longestPause, now - last)
    last = now
  }
  await heavy
  expect(answered).toBeGreaterThan(10)
  // Frozen, the program would stand as long as the query lasts.
  expect(longestPause).toBeLessThan((performance.now() - begun) / 3)
  await database.close()
})
