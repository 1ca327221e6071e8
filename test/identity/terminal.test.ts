import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { runCli } from '../../src/cli.ts'
import { fixedClock } from '../../src/context.ts'
import { openDatabase } from '../../src/db/open.ts'
import { verifyPassword } from '../../src/identity/password.ts'

// The terminal opens the database itself, so this is told once, on the embedded one in a folder of its own.
const data = await mkdtemp(join(tmpdir(), 'vieta-terminal-'))
afterAll(() => rm(data, { recursive: true, force: true }))
const embedded = inject('database').kind === 'pglite'

async function vieta(line: string[], input = ''): Promise<{ status: number; said: string; complained: string }> {
  const [said, complained]: [string[], string[]] = [[], []]
  const status = await runCli(line, {
    env: { VIETA_DATA: data },
    clock: fixedClock('2026-03-31'),
    say: (text) => said.push(text),
    complain: (text) => complained.push(text),
    read: async () => input,
  })
  return { status, said: said.join('\n'), complained: complained.join('\n') }
}
const region = ['add-organisation', '--kind', 'region', '--code', 'lpr', '--name', 'Latgales plānošanas reģions']
const anna = ['--email', 'Anna@lpr.gov.lv', '--name', 'Anna Bērziņa']

test('help tells every verb; what is no verb or no option is not understood', async () => {
  const { status, said } = await vieta([])
  expect([status, said]).toEqual([0, expect.stringMatching(/migrate.*seed.*add-organisation.*add-person.*openapi/s)])
  expect(await vieta(['reopen'])).toMatchObject({ status: 2, complained: expect.stringMatching('no verb “reopen”') })
  expect(await vieta(['toString'])).toMatchObject({ status: 2 })
  expect(await vieta(['migrate', '--force'])).toMatchObject({ status: 2, complained: expect.stringMatching('--force') })
  expect(await vieta(['add-person', ...anna])).toMatchObject({ status: 2 })
  expect(await vieta(['reset-password'])).toMatchObject({ status: 2 })
})

test.runIf(embedded)('an empty database is begun: region, administrator, municipality', async () => {
  expect(await vieta(['migrate'])).toMatchObject({ status: 0 })
  expect((await vieta(['list-organisations'])).said).toMatch('begin with add-organisation')
  expect(await vieta(region)).toMatchObject({ status: 0 })
  expect(await vieta(region)).toMatchObject({ status: 1, complained: expect.stringMatching(/--code: .*this code/) })
  const person = await vieta(['add-person', '--organisation', 'LPR', ...anna])
  expect(person).toMatchObject({ status: 0, said: expect.stringMatching(/shown this once: ([a-z2-9]{4}-){3}/) })
  const town = ['add-organisation', '--kind', 'municipality', '--code', 'REZ', '--name', 'Rēzekne']
  expect(await vieta(town)).toMatchObject({ status: 2, complained: expect.stringMatching('--region') })
  expect(await vieta([...town, '--region', 'XXX'])).toMatchObject({ status: 2 })
  expect(await vieta([...region, '--region', 'LPR'])).toMatchObject({ status: 2 })
  expect(await vieta([...town, '--region', 'lpr'])).toMatchObject({ status: 0 })
  expect((await vieta(['list-organisations'])).said.split('\n')).toEqual([
    'LPR\tregion\tLatgales plānošanas reģions',
    'REZ\tmunicipality\tRēzekne',
  ])
  const known = await vieta(['add-person', '--organisation', 'REZ', ...anna, '--roles', 'finance,lister'])
  expect(known.said).toMatch('the password stays as it is')
})

test.runIf(embedded)('what is wrong is named by its option, and nothing is saved', async () => {
  const wrong = ['add-organisation', '--kind', 'town', '--code', 'ā', '--name', '', '--payment-days', 'x']
  const { status, complained } = await vieta([...wrong, '--valid-from', '2026-02-30'])
  expect(status).toBe(1)
  for (const option of ['--kind', '--code', '--name', '--payment-days', '--valid-from', '--invoice-prefix']) {
    expect(complained).toMatch(`${option}: `)
  }
  const roles = await vieta([
    'add-person',
    '--organisation',
    'LPR',
    '--email',
    'x@y.lv',
    '--name',
    'x',
    '--roles',
    'buyer',
  ])
  expect(roles).toMatchObject({ status: 1, complained: expect.stringMatching('--roles: ') })
})

test.runIf(embedded)('a password comes from standard input where asked, and is never too short', async () => {
  const short = await vieta(['reset-password', '--email', 'anna@lpr.gov.lv', '--password-stdin'], 'short\n')
  expect(short).toMatchObject({ status: 1, complained: expect.stringMatching('At least 10 characters') })
  const nobody = await vieta(['reset-password', '--email', 'nobody@lpr.gov.lv'])
  expect(nobody.status).toBe(1)
  const set = await vieta(['reset-password', '--email', 'ANNA@lpr.gov.lv', '--password-stdin'], 'four random words\n')
  expect([set.status, set.said]).toEqual([0, 'The new password is set.'])
  const database = await openDatabase({ database_url: null, data })
  const kept = await database.db.selectFrom('person').select('password_hash').executeTakeFirstOrThrow()
  await database.close()
  expect(await verifyPassword('four random words', kept.password_hash)).toBe(true)
})
