import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, expect, inject, test } from 'vitest'
import { runCli } from '../../src/cli.ts'
import { readConfig } from '../../src/config.ts'
import { fixedClock } from '../../src/context.ts'
import { openDatabase } from '../../src/db/open.ts'
import { newId } from '../../src/ids.ts'

// The terminal opens the database itself, so this is told once, on the embedded one in a folder of its own.
const data = await mkdtemp(join(tmpdir(), 'vieta-check-'))
afterAll(() => rm(data, { recursive: true, force: true }))

async function check(): Promise<{ status: number; said: string; complained: string }> {
  const [said, complained]: [string[], string[]] = [[], []]
  const status = await runCli(['check'], {
    env: { VIETA_DATA: data },
    clock: fixedClock('2026-03-31'),
    say: (text) => said.push(text),
    complain: (text) => complained.push(text),
    read: async () => '',
  })
  return { status, said: said.join('\n'), complained: complained.join('\n') }
}

test.runIf(inject('database').kind === 'pglite')(
  'vieta check: exit status 0 where the books prove, 1 with each difference named',
  async () => {
    expect(await check()).toMatchObject({ status: 0, said: expect.stringMatching('no differences'), complained: '' })
    const database = await openDatabase(readConfig({ VIETA_DATA: data }))
    const [seller, transaction] = [newId(), newId()]
    await sql`insert into organisation (id, kind, code, name, valid_from, invoice_prefix)
    values (${seller}, 'municipality', 'DGV', 'Daugavpils', '2021-07-01', 'DGV')`.execute(database.db)
    await sql`alter table ledger_entry disable trigger user`.execute(database.db)
    await sql`insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, source, source_id, amount, recorded_at)
    values (${seller}, ${transaction}, 1, '2026-03-31', 'cost', ${seller}, 'test', ${transaction}, 12.34, now())`.execute(
      database.db,
    )
    await database.close()
    const found = await check()
    expect(found.status).toBe(1)
    expect(found.complained).toMatch(`unbalanced: Daugavpils / ${transaction}: 0.00 expected, 12.34 found`)
    expect(found.complained).toMatch('1 difference.')
  },
)
