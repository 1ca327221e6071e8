/** What the catalogue's tests begin with: an offer as its seller's lister makes it. */
import { addPrice, createOffer, publishOffer, setCapacity } from '../../src/catalogue/commands.ts'
import { type OfferDraft, OfferInput } from '../../src/catalogue/offer.ts'
import { PriceInput } from '../../src/catalogue/price.ts'
import type { NamedOffer } from '../../src/catalogue/store.ts'
import { newId } from '../../src/ids.ts'
import type { Code, World } from '../support/world.ts'

/** @param made `price` for everybody from 2026-01-01, `places` from then on; published unless said otherwise */
export async function offered(
  world: World,
  seller: Code,
  offer: Partial<OfferDraft> = {},
  made: { price?: string; places?: number; draft?: boolean } = {},
): Promise<NamedOffer> {
  const ctx = world.as(seller, 'lister')
  const provider_id = offer.provider_id === undefined ? await registered(world, seller) : offer.provider_id
  const input = OfferInput.parse({
    kind_code: 'group-home',
    title: 'Grupu māja',
    unit: 'calendar_day',
    ...offer,
    provider_id,
  })
  const { id } = await createOffer(ctx, input)
  if (made.price !== undefined)
    await addPrice(ctx, id, PriceInput.parse({ valid_from: '2026-01-01', unit_price: made.price }))
  if (made.places !== undefined)
    await setCapacity(ctx, id, { valid_from: '2026-01-01', valid_to: null, places: made.places, made_up: false })
  return made.draft ? await createdOf(world, id) : publishOffer(ctx, id)
}

/** The seller's own social service, as the register of providers has it. */
export async function registered(world: World, seller: Code): Promise<string> {
  const municipality_id = world.organisation[seller]
  const row = {
    municipality_id,
    name: `Sociālais dienests ${seller}`,
    owner_type: 'municipal' as const,
    register_number: seller,
  }
  const there = await world.database.db
    .selectFrom('provider')
    .select('id')
    .where('municipality_id', '=', municipality_id)
    .where('name', '=', row.name)
    .executeTakeFirst()
  if (there !== undefined) return there.id
  const id = newId()
  await world.database.db
    .insertInto('provider')
    .values({ id, ...row, valid_from: '2021-07-01' })
    .execute()
  return id
}

async function createdOf(world: World, id: string): Promise<NamedOffer> {
  return (await world.database.db
    .selectFrom('offer')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()) as never
}

/** A placement as the placements module would leave it. @returns its id */
export async function placed(
  world: World,
  offer: { seller_id: string; id: string },
  buyer: Code,
  placement: {
    valid_from: string
    valid_to?: string | null
    places?: number
    surcharges?: string[]
    in_turn?: boolean
    target_group?: string | null
  },
): Promise<string> {
  const id = newId()
  await world.database.db
    .insertInto('placement')
    .values({
      seller_id: offer.seller_id,
      id,
      offer_id: offer.id,
      buyer_id: world.organisation[buyer],
      created_at: '2026-01-01T00:00:00Z',
      changed_at: '2026-01-01T00:00:00Z',
      ...placement,
    })
    .execute()
  return id
}

export async function closed(world: World, seller: Code, month: string): Promise<void> {
  await world.database.db
    .insertInto('month_close')
    .values({ seller_id: world.organisation[seller], month, closed_at: '2026-03-05T00:00:00Z' })
    .execute()
}

/** Sends a page's form as the browser does. */
export async function post(
  world: World,
  cookie: string,
  path: string,
  fields: Record<string, string> | [string, string][],
): Promise<Response> {
  return world.app.request(path, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
}
