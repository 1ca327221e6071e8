/** Offers and placements straight in their tables, for tests of what is recorded for them. */
import type { Insertable } from 'kysely'
import type { Offer, Placement } from '../../src/db/tables.ts'
import { newId } from '../../src/ids.ts'
import type { Code, World } from './world.ts'

/** A published offer of DGV by the attended day, unless said otherwise. @returns its id */
export async function offerIn(
  world: World,
  facts: Partial<Insertable<Offer>> & { seller?: Code } = {},
): Promise<string> {
  const { seller = 'DGV', ...columns } = facts
  const { db } = world.database
  await db
    .insertInto('service_kind')
    .values({ code: 'test-care', name_lv: 'Aprūpe', name_en: 'Care' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const id = newId()
  const at = world.system().clock.now().toISOString()
  await db
    .insertInto('offer')
    .values({
      seller_id: world.organisation[seller],
      id,
      kind_code: 'test-care',
      title: 'Dienas aprūpes centrs',
      status: 'published',
      unit: 'attended_day',
      created_at: at,
      changed_at: at,
      ...columns,
    })
    .execute()
  return id
}

/** A placement of a resident of REZ from 1 January 2026 on, unless said otherwise. With `name` the resident is a person. */
export async function placementIn(
  world: World,
  offer_id: string,
  facts: Partial<Insertable<Placement>> & { seller?: Code; buyer?: Code; name?: [string, string] } = {},
): Promise<string> {
  const { seller = 'DGV', buyer = 'REZ', name, ...columns } = facts
  const { db } = world.database
  const seller_id = world.organisation[seller]
  const buyer_id = world.organisation[buyer]
  const at = world.system().clock.now().toISOString()
  const id = newId()
  const resident_id = newId()
  const resident_token = `${buyer}-${resident_id.slice(-6).toUpperCase()}`
  await db
    .insertInto('resident')
    .values({ organisation_id: buyer_id, id: resident_id, token: resident_token, created_at: at })
    .execute()
  if (name !== undefined) {
    const [given_name, family_name] = name
    await db
      .insertInto('resident_person')
      .values({ organisation_id: buyer_id, resident_id, given_name, family_name })
      .execute()
  }
  const stay = { seller_id, offer_id, buyer_id, resident_id, resident_token }
  await db
    .insertInto('referral')
    .values({ ...stay, id, wanted_from: '2026-01-01', status: 'accepted', created_at: at, submitted_at: at })
    .execute()
  await db
    .insertInto('placement')
    .values({ ...stay, id, referral_id: id, valid_from: '2026-01-01', created_at: at, changed_at: at, ...columns })
    .execute()
  return id
}

/** Marks a month as closed by its seller, as the month close does. */
export async function closedMonthIn(world: World, month: string, seller: Code = 'DGV'): Promise<void> {
  await world.database.db
    .insertInto('month_close')
    .values({ seller_id: world.organisation[seller], month, closed_at: world.system().clock.now().toISOString() })
    .execute()
}
