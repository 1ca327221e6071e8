/**
 * A seller with two services and three cases, whose months are rated by the settlement core and issued as documents. The
 * facts stand here so that a test can see every figure that its answer depends on.
 */
import { type Month, monthsBetween } from '../../src/calendar.ts'
import { transact } from '../../src/context.ts'
import type { Database } from '../../src/db/connect.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { type Issued, issueDocuments } from '../../src/invoicing/commands.ts'
import { type Billed, closeSeller, type PlacementMonth } from '../../src/settlement/documents.ts'
import type { PlacementFacts, Terms } from '../../src/settlement/facts.ts'
import { rateMonth, startCarry } from '../../src/settlement/rate.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'
import { createWorld, type World } from '../support/world.ts'

export type Stay = PlacementFacts & { offer: string }

export interface Invoicing {
  world: World
  home: string
  care: string
  terms: Map<string, Terms>
  stays: Stay[]
  /** Adds a stay, and its row. */
  stay(
    offer: string,
    buyer: 'REZ' | 'LUD',
    token: string | null,
    facts: Partial<Stay> & { from: Stay['from'] },
  ): Promise<Stay>
  /** Rates the month and every closed one before it, and issues what comes of it on `today`. */
  close(month: Month, today: string): Promise<Issued[]>
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
  const stays: Stay[] = []
  const memory = new Map<string, Billed>()
  let first: Month | null = null
  return {
    world,
    ...offers,
    stays,
    stay: async (offer, buyer, token, facts) => {
      const buyer_id = world.organisation[buyer]
      const resident_id = token === null ? null : newId()
      if (token !== null) {
        await db
          .insertInto('resident')
          .values({ organisation_id: buyer_id, id: resident_id!, token, created_at: '2026-01-01T00:00:00Z' })
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
      stays.push(stay)
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
          created_at: '2026-01-01T00:00:00Z',
          changed_at: '2026-01-01T00:00:00Z',
        })
        .execute()
      return stay
    },
    close: async (month, today) => {
      world.clock.set(today)
      first ??= month
      const months = stays.flatMap((stay) => ratedMonths(stay, offers.terms.get(stay.offer)!, first!, month, memory))
      const closing = closeSeller(DGV, month, months)
      for (const billed of closing.billed) memory.set(`${billed.placement} ${billed.service_month}`, billed)
      const ctx = world.as('DGV', 'finance')
      return transact(ctx, (tx) => issueDocuments(tx, ctx, DGV, closing.documents, months))
    },
  }
}

function ratedMonths(
  stay: Stay,
  terms: Terms,
  first: Month,
  month: Month,
  memory: Map<string, Billed>,
): PlacementMonth[] {
  const tariff = tariffOf(terms)
  let carry = startCarry
  return monthsBetween(first, month)
    .map((service_month): PlacementMonth => {
      const rated = rateMonth(tariff, stay, service_month, carry, { explain: true })
      carry = rated.carry
      const billed = memory.get(`${stay.id} ${service_month}`) ?? null
      return { placement: stay.id, service_month, now: { buyer: stay.buyer, vat: terms.vat, rated }, billed }
    })
    .filter((each) => each.billed !== null || each.now!.rated.lines.length > 0 || each.service_month === month)
}
