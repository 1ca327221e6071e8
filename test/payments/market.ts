/** Three municipalities with accounts, and documents between them as a close writes them. */
import { sql } from 'kysely'
import { type Context, transact } from '../../src/context.ts'
import type { Database } from '../../src/db/connect.ts'
import { newId } from '../../src/ids.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { postDocuments } from '../../src/ledger/commands.ts'
import { openItems } from '../../src/ledger/store.ts'
import { importStatement } from '../../src/payments/statement-commands.ts'
import { type Code, createWorld, type World } from '../support/world.ts'
import { camt, type Written } from './statements.ts'

export const iban: Record<'DGV' | 'REZ' | 'LUD', string> = {
  DGV: 'LV80BANK0000435195001',
  REZ: 'LV44BANK0000000000202',
  LUD: 'LV33BANK0000000000303',
}
/** An account of nobody here. */
export const strangerIban = 'LV55BANK0000000000101'

export interface Issued {
  id: string
  number: string
  seller_id: string
  buyer_id: string
}

export interface Market {
  world: World
  finance(code: Code): Context
  /** @param more `credits`: it is a credit note for this invoice */
  issue(seller: Code, buyer: Code, total: string, more?: { due_on?: string; credits?: Issued }): Promise<Issued>
  open(document: Issued, code?: Code): Promise<string>
  take(code: 'DGV' | 'REZ' | 'LUD', written: Omit<Written, 'iban'>): ReturnType<typeof importStatement>
  balance(code: Code, role: string): Promise<string>
  /** what is wrong in the books; nothing where all is well */
  wrong(): Promise<unknown[]>
}

export async function createMarket(database: Database, today = '2026-04-11'): Promise<Market> {
  const world = await createWorld(database, today)
  const { db } = database
  for (const code of ['DGV', 'REZ', 'LUD'] as const) {
    await db
      .updateTable('organisation')
      .set({
        iban: iban[code],
        registration_number: { DGV: '90000077325', REZ: '90000025465', LUD: '90000017453' }[code],
        address: 'Rīgas iela 1',
        locality: { DGV: 'Daugavpils', REZ: 'Rēzekne', LUD: 'Ludza' }[code],
        postal_code: 'LV-5401',
      })
      .where('id', '=', world.organisation[code])
      .execute()
  }
  let sequence = 0
  let statement = 0
  const finance = (code: Code) => world.as(code, 'finance')
  return {
    world,
    finance,
    async issue(seller, buyer, total, { due_on = '2026-04-30', credits } = {}) {
      sequence += 1
      const document = {
        seller_id: world.organisation[seller],
        id: newId(),
        buyer_id: world.organisation[buyer],
        type: credits === undefined ? ('invoice' as const) : ('credit_note' as const),
        number: `${seller}-2026-${String(sequence).padStart(5, '0')}`,
        year: 2026,
        sequence,
        close_month: '2026-03',
        issued_on: '2026-04-02',
        due_on,
        corrects_id: credits?.id ?? null,
        net: total,
        vat: '0.00',
        total,
        vat_summary: '[]',
        record: '{}',
        issued_at: '2026-04-02T00:00:00Z',
      }
      await db.insertInto('document').values(document).execute()
      // the other half of the posting: a document without lines is not balanced
      await db
        .insertInto('charge')
        .values({
          seller_id: document.seller_id,
          close_month: '2026-03',
          id: newId(),
          line_no: 1,
          document_id: document.id,
          buyer_id: document.buyer_id,
          placement_id: newId(),
          offer_id: newId(),
          service_month: '2026-03',
          kind: 'standard',
          buyer_amount: total,
          vat_category: 'E',
        })
        .execute()
      const ctx = world.system()
      await transact(ctx, (tx) => postDocuments(tx, ctx, [document.id]))
      return document
    },
    async open(document, code = 'DGV') {
      const rows = await transact(finance(code), (tx) => openItems(tx, { document_ids: [document.id] }))
      return rows[0]?.open ?? 'not seen'
    },
    async take(code, written) {
      statement += 1
      const bytes = camt({ id: `ST-${statement}`, iban: iban[code], ...written })
      return importStatement(finance(code), { name: 'izraksts.xml', bytes })
    },
    async balance(code, role) {
      const { rows } = await sql<{ sum: string }>`
        select coalesce(sum(amount), 0)::numeric(14, 2) as sum from ledger_entry
        where organisation_id = ${world.organisation[code]} and role = ${role}`.execute(db)
      return rows[0]!.sum
    },
    async wrong() {
      return (await checkLedger(world.system())).differences
    },
  }
}
