import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { fixedClock, transact } from '../../src/context.ts'
import { freshDatabase } from '../support/database.ts'

const database = await freshDatabase()

test('a transaction works as the application role, and gives it back at its end', async () => {
  const ctx = { db: database.db, clock: fixedClock('2026-03-01'), actor: { kind: 'public' as const } }
  const role = async (tx: typeof database.db) =>
    (await sql<{ name: string }>`select current_user::text as name`.execute(tx)).rows[0]
  expect(await transact(ctx, role)).toEqual({ name: 'vieta_app' })
  expect(await role(database.db)).not.toEqual({ name: 'vieta_app' })
})
