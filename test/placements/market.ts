/** An offer, residents and placements to test with: what the catalogue and the social workers would have entered. */
import type { Insertable } from 'kysely'
import { json } from '../../src/db/json.ts'
import type { Offer, Price } from '../../src/db/tables.ts'
import { newId } from '../../src/ids.ts'
import { acceptReferral, draftReferral, registerResident, submitReferral } from '../../src/placements/commands.ts'
import { ReferralInput } from '../../src/placements/referral.ts'
import type { PlacementRow, ReferralRow } from '../../src/placements/store.ts'
import { Refusal } from '../../src/refusal.ts'
import type { Code, World } from '../support/world.ts'

export type Asked = Partial<ReferralInput> & { offer: string; buyer?: Code }

export function market(world: World) {
  const { db } = world.database
  const at = () => world.system().clock.now().toISOString()

  /** A published offer of Daugavpils with a price from 2025 on; `places` null leaves it without capacity rows. */
  async function offer(
    facts: Partial<Insertable<Offer>> = {},
    { places = null as number | null, price = {} as Partial<Insertable<Price>> | null } = {},
  ): Promise<string> {
    const id = newId()
    const seller_id = facts.seller_id ?? world.organisation.DGV
    await db
      .insertInto('service_kind')
      .values({ code: 'day-care', name_lv: 'Dienas aprūpes centrs', name_en: 'Day care centre' })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .insertInto('offer')
      .values({
        seller_id,
        id,
        kind_code: 'day-care',
        title: 'Dienas aprūpes centrs „Saulstari”',
        status: 'published',
        unit: 'calendar_day',
        surcharges: json({ single_room: { percent: '33' }, escort: { per_unit: '1.50' } }),
        created_at: at(),
        changed_at: at(),
        ...facts,
      })
      .execute()
    if (price !== null) {
      await db
        .insertInto('price')
        .values({
          seller_id,
          id: newId(),
          offer_id: id,
          valid_from: '2025-01-01',
          unit_price: '23.45',
          recorded_at: at(),
          ...price,
        })
        .execute()
    }
    if (places !== null) await capacity(id, places, '2025-01-01', null, seller_id)
    return id
  }

  async function capacity(
    offer_id: string,
    places: number,
    valid_from: string,
    valid_to: string | null = null,
    seller_id = world.organisation.DGV,
  ): Promise<void> {
    await db
      .insertInto('capacity')
      .values({ seller_id, id: newId(), offer_id, valid_from, valid_to, places, recorded_at: at() })
      .execute()
  }

  /** Somebody registered by the municipality's social worker, without a personal code. */
  async function resident(code: Code = 'REZ', given_name = 'Ilze', family_name = 'Bērziņa') {
    return registerResident(world.as(code, 'buyer'), { given_name, family_name, personal_code: null })
  }

  async function draft({ offer: offer_id, buyer = 'REZ', ...asked }: Asked): Promise<ReferralRow> {
    const resident_id = asked.resident_id === undefined ? (await resident(buyer)).id : asked.resident_id
    const input = ReferralInput.parse({ offer_id, wanted_from: '2026-01-10', ...asked, resident_id })
    return draftReferral(world.as(buyer, 'buyer'), input)
  }

  async function submitted(asked: Asked): Promise<ReferralRow> {
    return submitReferral(world.as(asked.buyer ?? 'REZ', 'buyer'), (await draft(asked)).id)
  }

  async function placed(asked: Asked, seller: Code = 'DGV'): Promise<PlacementRow> {
    return acceptReferral(world.as(seller, 'lister'), (await submitted(asked)).id)
  }

  async function delivery(placement: PlacementRow, delivered_on: string, withdrawn = false): Promise<void> {
    const { seller_id, buyer_id, id: placement_id } = placement
    const fact = { id: newId(), delivered_on, kind: 'delivered' as const, quantity: '1', recorded_at: at() }
    await db
      .insertInto('delivery')
      .values({ seller_id, buyer_id, placement_id, ...fact, withdrawn_at: withdrawn ? at() : null })
      .execute()
  }

  async function absence(placement: PlacementRow, valid_from: string, valid_to: string): Promise<void> {
    const { seller_id, buyer_id, id: placement_id } = placement
    await db
      .insertInto('absence')
      .values({
        seller_id,
        buyer_id,
        placement_id,
        id: newId(),
        kind: 'hospital',
        valid_from,
        valid_to,
        recorded_at: at(),
      })
      .execute()
  }

  async function closed(month: string): Promise<void> {
    await db.insertInto('month_close').values({ seller_id: world.organisation.DGV, month, closed_at: at() }).execute()
  }

  async function audit(subject_id: string) {
    return db.selectFrom('audit_event').selectAll().where('subject_id', '=', subject_id).orderBy('id').execute()
  }

  /** The months from which the placement must be rated again. */
  async function traces(placement_id: string): Promise<string[]> {
    const rows = await db
      .selectFrom('rating_due')
      .select('from_month')
      .where('placement_id', '=', placement_id)
      .execute()
    return rows.map((row) => row.from_month).sort()
  }

  return { offer, capacity, resident, draft, submitted, placed, delivery, absence, closed, audit, traces }
}

/** What a refusal says: its code and facts, or the paths of the wrong fields. */
export async function refusalOf(
  work: Promise<unknown> | (() => Promise<unknown>),
): Promise<{ code: string; facts: object; fields: string[] }> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof Refusal) {
      return { code: error.code, facts: error.facts, fields: error.fields.map((field) => field.path) }
    }
    throw error
  }
  return { code: 'nothing was refused', facts: {}, fields: [] }
}
