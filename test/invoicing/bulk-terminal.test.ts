import { mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { runCli } from '../../src/cli.ts'
import { fixedClock } from '../../src/context.ts'
import { openDatabase } from '../../src/db/open.ts'
import { createInvoicing } from './issued.ts'

// The terminal opens the database itself, so this is told once, on the embedded one in a folder of its own.
const data = mkdtempSync(join(tmpdir(), 'vieta-archive-'))
afterAll(() => rm(data, { recursive: true, force: true }))
const embedded = inject('database').kind === 'pglite'

async function vieta(...line: string[]): Promise<{ status: number; said: string; complained: string }> {
  const [said, complained]: [string[], string[]] = [[], []]
  const status = await runCli(line, {
    env: { VIETA_DATA: data },
    clock: fixedClock('2026-04-08'),
    say: (text) => said.push(text),
    complain: (text) => complained.push(text),
    read: async () => '',
  })
  return { status, said: said.join('\n'), complained: complained.join('\n') }
}

async function onDatabase(
  work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<unknown>,
): Promise<void> {
  const database = await openDatabase({ database_url: null, data })
  try {
    await work(database)
  } finally {
    await database.close()
  }
}

beforeAll(async () => {
  if (!embedded) return
  await onDatabase(async (database) => {
    const invoicing = await createInvoicing(database)
    await invoicing.stay(invoicing.home, 'REZ', 'R-7F3K', { from: '2026-02-10' })
    await invoicing.close('2026-02', '2026-03-05')
  })
}, 120_000)

test('bad arguments are answered in a sentence, and nothing is written', async () => {
  const out = join(data, 'never')
  for (const line of [[], ['--month', '2026-13', '--out', out], ['--month', '2026-02'], ['--out', out]]) {
    const { status, complained } = await vieta('documents', ...line)
    expect([status, complained]).toEqual([1, expect.stringMatching(/^Say which (month|folder)[^\n]*\.$/)])
  }
  expect(await vieta('documents', '--months', '2026-02')).toMatchObject({ status: 2 })
})

test.runIf(embedded)('the documents of a month are written, a month without any too, and again the same', async () => {
  const out = join(data, 'documents')
  for (const _ of [1, 2]) {
    expect(await vieta('documents', '--month', '2026-02', '--out', out)).toMatchObject({ status: 0, complained: '' })
    expect(readdirSync(out).sort()).toEqual(['DGV-2026-00001.pdf', 'DGV-2026-00001.xml'])
  }
  expect(await vieta('documents', '--month', '2026-01', '--out', out)).toMatchObject({
    ...{ status: 0, said: expect.stringContaining('0 documents') },
  })
})

test.runIf(embedded)('the archive seals what has no hashes, then is whole, then one byte is found', async () => {
  expect(await vieta('verify-archive')).toMatchObject({ status: 0, said: expect.stringContaining('had no hashes yet') })
  expect(await vieta('verify-archive')).toMatchObject({ status: 0, said: expect.stringContaining('0 changed') })
  await onDatabase(({ db }) =>
    sql`update document set record = replace(record::text, 'Rēzekne', 'Rēzeknē')::jsonb`.execute(db),
  )
  const found = await vieta('verify-archive')
  expect(found.status).toBe(1)
  expect(found.complained).toMatch(
    /^DGV-2026-00001: its head, parties or sums changed, the e-invoice comes out differently/,
  )
})
