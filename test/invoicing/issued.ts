/**
 * A seller with two services and a few cases, whose months are closed as its finance officer closes them. The facts stand
 * here so that a test can see every figure that its answer depends on.
 */
import { tracePlacementChange } from '../../src/audit/trace.ts'
import type { Month } from '../../src/calendar.ts'
import { transact } from '../../src/context.ts'
import type { Database } from '../../src/db/connect.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { getDocument, type IssuedDocument } from '../../src/invoicing/store.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import type { PlacementFacts, Terms } from '../../src/settlement/facts.ts'
import { createWorld, type World } from '../support/world.ts'

export type Stay = PlacementFacts & { offer: string }

export interface Invoicing {
  world: World
  home: string
  care: string
  /** the terms of both, as they are recorded */
  terms: Map<string, Terms>
  /** Records a stay with its deliveries and absences. */
  stay(
    offer: string,
    buyer: 'REZ' | 'LUD',
    token: string | null,
    facts: Partial<Stay> & { from: Stay['from'] },
  ): Promise<Stay>
  /** Records that other dates or deliveries are right, from a date on, and leaves the trace that a close follows. */
  change(stay: Stay, facts: Pick<Partial<Stay>, 'from' | 'to' | 'deliveries'>, from_date: string): Promise<void>
  /** Closes the month on `today`. @returns its documents as they are read, by number */
  close(month: Month, today: string): Promise<IssuedDocument[]>
}

export async function createInvoicing(database: Database): Promise<Invoicing> {
  const world = await createWorld(database)
  const { db } = database
  const { DGV, REZ } = world.organisation
  await db
    .updateTable('organisation')
    .set({
      registration_number: '90000077325',
      vat_number: 'LV90000077325',
      address: 'Krišjāņa Valdemāra iela 1',
      locality: 'Daugavpils',
      postal_code: 'LV-5401',
      email: 'pasts@daugavpils.example',
      phone: '+371 65400000',
      iban: 'LV80BANK0000435195001',
      bank_name: 'Valsts kase',
      payment_days: 20,
    })
    .where('id', '=', DGV)
    .execute()
  await db
    .updateTable('organisation')
    .set({
      registration_number: '90000025465',
      address: 'Atbrīvošanas aleja 93',
      locality: 'Rēzekne',
      postal_code: 'LV-4601',
    })
    .where('id', '=', REZ)
    .execute()
  const kinds = [
    { code: 'grupu-dzivoklis', name_lv: 'Grupu māja (dzīvoklis)', name_en: 'Group home (apartment)' },
    { code: 'aprupe-majas', name_lv: 'Aprūpe mājās', name_en: 'Home care' },
  ]
  await db
    .insertInto('service_kind')
    .values(kinds)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const home = newId()
  const care = newId()
  const terms = new Map<string, Terms>([
    [
      home,
      {
        unit: 'calendar_day',
        absence: {
          hospital: [
            { from_day: 1, percent: '100' },
            { from_day: 4, percent: '50' },
          ],
        },
        surcharges: { single_room: { percent: '33' } },
        prices: [
          { id: newId(), from: '2026-01-01', to: '2026-03-15', class: null, unit_price: '22.49' },
          { id: newId(), from: '2026-03-16', to: null, class: null, unit_price: '23.35' },
        ],
      },
    ],
    [
      care,
      {
        unit: 'hour',
        no_show_percent: '50',
        minimum_per_month: '10',
        prices: [
          {
            id: newId(),
            from: '2026-01-01',
            to: null,
            class: null,
            unit_price: '12.00',
            tiers: [
              { up_to: '20', unit_price: '12.00' },
              { up_to: null, unit_price: '10.005' },
            ],
          },
        ],
      },
    ],
  ])
  const titles = new Map([
    [home, 'Grupu dzīvoklis „Šūpoles” Šķūņu ielā'],
    [care, 'Aprūpe mājās pilsētā'],
  ])
  for (const [id, of] of terms) {
    await db
      .insertInto('offer')
      .values({
        seller_id: DGV,
        id,
        kind_code: id === home ? 'grupu-dzivoklis' : 'aprupe-majas',
        title: titles.get(id)!,
        status: 'published',
        unit: of.unit,
        absence: json(of.absence ?? {}),
        surcharges: json(of.surcharges ?? {}),
        no_show_percent: of.no_show_percent ?? '0',
        minimum_per_month: of.minimum_per_month ?? null,
        created_at: '2026-01-01T00:00:00Z',
        changed_at: '2026-01-01T00:00:00Z',
      })
      .execute()
    await db
      .insertInto('price')
      .values(
        of.prices.map((price) => ({
          seller_id: DGV,
          id: price.id!,
          offer_id: id,
          valid_from: price.from,
          valid_to: price.to,
          unit_price: price.unit_price,
          tiers: price.tiers === undefined ? null : json(price.tiers),
          decision: 'Domes lēmums Nr. 131, 2025. gada 18. decembris',
          recorded_at: '2026-01-01T00:00:00Z',
        })),
      )
      .execute()
  }
  return withStays(world, { home, care, terms })
}

function withStays(world: World, offers: Pick<Invoicing, 'home' | 'care' | 'terms'>): Invoicing {
  const { db } = world.database
  const { DGV } = world.organisation
  const recorded_at = '2026-01-01T00:00:00Z'
  return {
    world,
    ...offers,
    stay: async (offer, buyer, token, facts) => {
      const buyer_id = world.organisation[buyer]
      const resident_id = token === null ? null : newId()
      if (token !== null) {
        await db
          .insertInto('resident')
          .values({ organisation_id: buyer_id, id: resident_id!, token, created_at: recorded_at })
          .execute()
      }
      const stay: Stay = {
        id: newId(),
        seller: DGV,
        buyer: buyer_id,
        offer,
        to: null,
        deliveries: [],
        absences: [],
        ...facts,
      }
      await db
        .insertInto('placement')
        .values({
          seller_id: DGV,
          id: stay.id,
          offer_id: offer,
          buyer_id,
          resident_id,
          resident_token: token,
          places: stay.places ?? 1,
          valid_from: stay.from,
          valid_to: stay.to,
          surcharges: [...(stay.surcharges ?? [])],
          authorised_per_month: stay.authorised?.per_month ?? null,
          funding: json(stay.funding ?? []),
          created_at: recorded_at,
          changed_at: recorded_at,
        })
        .execute()
      await recordDays(world, stay)
      for (const { kind, from, to } of stay.absences) {
        const own = { seller_id: DGV, placement_id: stay.id, id: newId(), buyer_id }
        await db
          .insertInto('absence')
          .values({ ...own, kind, valid_from: from, valid_to: to, recorded_at })
          .execute()
      }
      return stay
    },
    change: async (stay, facts, from_date) => {
      const right = { ...stay, ...facts }
      await db
        .updateTable('placement')
        .set({ valid_from: right.from, valid_to: right.to })
        .where('id', '=', stay.id)
        .execute()
      await db
        .updateTable('delivery')
        .set({ withdrawn_at: world.clock.now().toISOString() })
        .where('placement_id', '=', stay.id)
        .execute()
      await recordDays(world, right)
      const ctx = world.as('DGV')
      await transact(ctx, (tx) => tracePlacementChange(tx, ctx, DGV, stay.id, from_date))
    },
    close: async (month, today) => {
      world.clock.set(today)
      const ctx = world.as('DGV', 'finance')
      const { documents } = await closeMonth(ctx, month)
      return transact(ctx, async (tx) => {
        const read: IssuedDocument[] = []
        for (const { id } of documents) read.push(await getDocument(tx, id!))
        return read.sort((a, b) => (a.record.number < b.record.number ? -1 : 1))
      })
    },
  }
}

async function recordDays(world: World, { id: placement_id, seller, buyer, deliveries }: Stay): Promise<void> {
  if (deliveries.length === 0) return
  await world.database.db
    .insertInto('delivery')
    .values(
      deliveries.map(({ date, kind, quantity }) => ({
        seller_id: seller,
        placement_id,
        id: newId(),
        buyer_id: buyer,
        delivered_on: date,
        kind,
        quantity,
        recorded_at: world.clock.now().toISOString(),
      })),
    )
    .execute()
}
