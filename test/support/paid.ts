/** What stands between Daugavpils and Rēzekne is paid in part: a list of payments that is at the bank, and statements of both. */
import { sql } from 'kysely'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { creditorReference } from '../../src/invoicing/creditor-reference.ts'
import { camt } from '../payments/statements.ts'
import type { Code, World } from './world.ts'

/** The month of `playMonth` is closed and some of its invoice is open. */
export async function playPayments(world: World): Promise<void> {
  const accounts = { DGV: 'LV80BANK0000435195001', REZ: 'LV44BANK0000000000202' } as const
  for (const code of ['DGV', 'REZ'] as const) {
    await world.database.db
      .updateTable('organisation')
      .set({ iban: accounts[code] })
      .where('id', '=', world.organisation[code])
      .execute()
  }
  const call = async (code: Code, role: Role, method: string, path: string, body?: unknown, type?: string) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const response = await world.request(code, role, method, `/api/v1${path}`, body, headers)
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
    return response.json() as Promise<any>
  }
  const today = world.clock.today()
  await call('DGV', 'finance', 'POST', '/bank-accounts', { iban: 'LV97HABA0012345678910' })
  await call('REZ', 'administrator', 'PUT', '/payment-settings', { approval_limit: '1000000.00' })
  const { id } = await call('REZ', 'finance', 'POST', '/payment-proposals', {
    due_on: '2026-12-31',
    execution_on: today,
  })
  await call('REZ', 'finance', 'POST', `/payment-proposals/${id}/approve`)
  await call('REZ', 'finance', 'POST', `/payment-proposals/${id}/hand-out`)
  const { documents } = await call('REZ', 'finance', 'GET', `/payment-proposals/${id}`)
  const reference = creditorReference(documents[0].number)
  const part = { amount: '1.00', reference, on: today }
  const statement = (iban: string, entries: object[]) =>
    new TextDecoder().decode(camt({ iban, id: `ST-${iban}`, entries: entries as never }))
  const took = [{ ...part, iban: accounts.REZ, name: 'Rēzekne' }]
  await call('DGV', 'finance', 'POST', '/bank-statements', statement(accounts.DGV, took), 'application/xml')
  const paid = [
    { ...part, side: 'DBIT', iban: accounts.DGV },
    { amount: '3.33', iban: 'LV55BANK0000000000101', text: 'secret movement', on: today },
  ]
  await call('REZ', 'finance', 'POST', '/bank-statements', statement(accounts.REZ, paid), 'application/xml')
}

/** Interest that Daugavpils asked Rēzekne for. @returns the claim's id */
export async function playInterest(world: World): Promise<string> {
  const id = newId()
  await sql`
    insert into interest_claim (seller_id, id, buyer_id, document_id, from_on, until_on, amount, parts, claimed_on, claimed_at)
    select seller_id, ${id}::uuid, buyer_id, id, due_on + 1, due_on + 10, 1, '[]', due_on + 11, (due_on + 11)::timestamptz from document
    where seller_id = ${world.organisation.DGV} and buyer_id = ${world.organisation.REZ} limit 1`.execute(
    world.database.db,
  )
  return id
}

/** A letter in which Daugavpils reminded Rēzekne. @returns the letter's id */
export async function playLetter(world: World): Promise<string> {
  const id = newId()
  const { DGV, REZ } = world.organisation
  const at = world.clock.now().toISOString()
  const party = { name: 'secret letter', registration_number: null, address: null }
  const paid = { iban: null, bank_name: null, bic: null, email: null, phone: null }
  const said = {
    number: 1,
    written_on: world.clock.today(),
    language: 'lv',
    documents: [],
    open: '1.00',
    interest: '0.00',
  }
  const record = { ...said, seller: { ...party, ...paid }, buyer: party, way: 'none', percent: null }
  await world.database.db
    .insertInto('reminder_letter')
    .values({ seller_id: DGV, id, buyer_id: REZ, number: 1, written_on: said.written_on, record, written_at: at })
    .execute()
  return id
}
