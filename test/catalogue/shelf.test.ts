/** What is answered from the offers at hand is what the tables answer, and every change shows at once. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { confirmOffer, publishOffer, withdrawOffer } from '../../src/catalogue/commands.ts'
import { offerPlace } from '../../src/catalogue/paging.ts'
import * as shelf from '../../src/catalogue/search-store.ts'
import * as tables from '../../src/catalogue/store.ts'
import { searchWords } from '../../src/catalogue/words.ts'
import { type Context, transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { offered } from './support.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const today = '2026-03-31'
const sellers = [world.organisation.DGV, world.organisation.REZ, world.organisation.LUD]
const buyer = world.as('LUD', 'buyer')
const stranger: Context = { ...buyer, actor: { kind: 'public' } }

/** Always the same. */
function chance(seed: number) {
  let state = seed
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  return {
    below: (share: number) => next() < share,
    of: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!,
  }
}

const codes = async (table: 'service_kind' | 'target_group') =>
  (await db.selectFrom(table).select('code').orderBy('code').execute()).map((row) => row.code)
const kinds = await codes('service_kind')
const groups = await codes('target_group')
const towns = ['Ludza', 'Rēzekne', 'Daugavpils', 'Kārsava', 'Ciems bez vietas', null]
const titles = ['Ābele', 'Ķirsis', 'Zvaigzne', 'Ābeļzieds', 'Čiekurs', 'ābele', 'Aprūpe mājās', 'Dienas centrs']
const texts = ['Fizioterapeits un pirts', 'Diennakts atbalsts', 'Mūzika, dārzs', 'Уход на дому', '']

/** Offers of every sort in every state, with prices of two classes, places, and stays that fill some of them. */
async function fill(count: number): Promise<void> {
  const { below, of } = chance(7)
  const offers = Array.from({ length: count }, (_, index) => ({
    seller_id: sellers[index % 3]!,
    id: newId(),
    kind_code: of(kinds),
    title: `${of(titles)}${below(0.5) ? ` ${index % 9}` : ''}`,
    description: of(texts),
    status: of(['published', 'published', 'published', 'published', 'draft', 'withdrawn'] as const),
    locality: of(towns),
    delivery_mode: of(['on_site', 'on_site', 'outreach', 'mobile_team'] as const),
    target_groups: below(0.4) ? [of(groups)] : [],
    languages: below(0.4) ? ['lv', 'ru'] : ['lv'],
    accessibility: below(0.5) ? ['wheelchair', 'lift'] : [],
    unit: 'calendar_day' as const,
    created_at: '2025-01-01T00:00:00Z',
    changed_at: below(0.3) ? '2025-02-01T00:00:00Z' : '2026-02-01T00:00:00Z',
  }))
  await db.insertInto('offer').values(offers).execute()
  const priced = offers.filter(() => below(0.8))
  const price = (offer: (typeof offers)[number], price_class: string | null) => ({
    seller_id: offer.seller_id,
    id: newId(),
    offer_id: offer.id,
    valid_from: of(['2025-01-01', '2026-01-01', '2026-05-01']),
    price_class,
    unit_price: '10',
    recorded_at: '2025-01-01T00:00:00Z',
  })
  const prices = priced.flatMap((offer) =>
    below(0.3) ? [price(offer, 'own'), price(offer, 'other')] : [price(offer, null)],
  )
  await db.insertInto('price').values(prices).execute()
  const limited = offers.filter(() => below(0.6)).map((offer) => ({ offer, places: of([0, 1, 2]) }))
  await db
    .insertInto('capacity')
    .values(
      limited.map(({ offer: { seller_id, id }, places }) => ({
        seller_id,
        id: newId(),
        offer_id: id,
        valid_from: '2026-01-01',
        places,
        recorded_at: '2025-01-01T00:00:00Z',
      })),
    )
    .execute()
  await db
    .insertInto('placement')
    .values(
      limited
        .filter(({ places }) => places > 0 && below(0.5))
        .map(({ offer: { seller_id, id } }) => ({
          seller_id,
          id: newId(),
          offer_id: id,
          buyer_id: sellers[(sellers.indexOf(seller_id) + 1) % 3]!,
          valid_from: '2026-03-01',
          valid_to: of(['2026-04-15', null]),
          created_at: '2026-01-01T00:00:00Z',
          changed_at: '2026-01-01T00:00:00Z',
        })),
    )
    .execute()
}
await sql`update organisation set locality = 'Ludza' where code = 'LUD'`.execute(db)
await fill(240)

const nothing: tables.OfferSearch = {
  words: [],
  kind_code: null,
  target_group: null,
  seller_id: null,
  delivery_mode: null,
  language: null,
  accessibility: null,
  owner_type: null,
  near: null,
  within: null,
  priced: false,
  free: false,
  on: today,
  own: false,
}
const typed = [
  'ābele',
  'pirts',
  'fizeoterapeits',
  'dienas centrs',
  'уход',
  'demence',
  'rezekne',
  'mūzika dārzs',
  'xyzzyx',
  '3',
]

function someSearch({ below, of }: ReturnType<typeof chance>): tables.OfferSearch {
  const perhaps = <T>(share: number, list: readonly T[]): T | null => (below(share) ? of(list) : null)
  return {
    words: searchWords(perhaps(0.3, typed) ?? ''),
    kind_code: perhaps(0.1, kinds),
    target_group: perhaps(0.2, [...groups, 'nobody']),
    seller_id: perhaps(0.1, sellers),
    delivery_mode: perhaps(0.2, ['on_site', 'outreach']),
    language: perhaps(0.2, ['lv', 'ru', 'en']),
    accessibility: perhaps(0.2, ['lift', 'sauna']),
    owner_type: perhaps(0.1, ['municipal', 'ngo']),
    near: perhaps(0.7, ['Rēzekne', 'ludza', 'Daugavpils', 'Atlantīda']),
    within: perhaps(0.2, [15, 60, 100]),
    priced: below(0.2),
    free: below(0.3),
    on: of([today, today, '2026-05-05', '2025-06-30', '2024-01-01']),
    own: false,
  }
}

/** The whole list page by page, the counts, and the map: from the shelf or by the tables. */
async function answers(ctx: Context, by: typeof shelf | typeof tables, search: tables.OfferSearch, limit: number) {
  const reader = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  return transact(ctx, async (tx) => {
    const listed: tables.ListedOffer[] = []
    for (let after: string[] | null = null; ; ) {
      const rows = await by.searchOffers(tx, reader, search, { limit, after })
      listed.push(...rows.slice(0, limit))
      if (rows.length <= limit) break
      after = offerPlace(listed.at(-1)!).map(String)
      if (listed.length > 500) throw new Error('the list does not end')
    }
    const facets = await by.facetsOf(tx, reader, search)
    return { listed, facets, places: await by.placesOfOffers(tx, reader, search) }
  })
}

async function holdsTrue(search: tables.OfferSearch = nothing, ctx = buyer): Promise<tables.ListedOffer[]> {
  const found = await answers(ctx, shelf, search, 50)
  expect((await transact(ctx, shelf.lookNow)).kept).not.toBeNull()
  expect(found).toEqual(await answers(ctx, tables, search, 200))
  expect(new Set(found.listed.map(({ id }) => id)).size).toBe(found.listed.length)
  return found.listed
}

test('lists page by page, counts and the map are what the tables answer, whatever is asked and whoever asks', async () => {
  const random = chance(1)
  let listed = (await holdsTrue()).length
  expect(listed).toBeGreaterThan(100)
  await holdsTrue(nothing, stranger)
  for (let round = 0; round < 40; round++) {
    const ctx = random.of([buyer, world.as('REZ', 'buyer'), stranger])
    listed += (await holdsTrue(someSearch(random), ctx)).length
  }
  expect(listed).toBeGreaterThan(1_000)
})

test('a page goes on where the list was left, offer by offer, past what is stale and what is an institution', async () => {
  const search = { ...nothing, near: 'Rēzekne', kind_code: 'long-term-care-municipal' }
  for (const changed_at of ['2025-01-01', '2026-02-01'])
    for (const title of ['Pansionāts A', 'Pansionāts B']) {
      const { id } = await offered(world, 'REZ', { kind_code: search.kind_code, title }, { price: '20' })
      await db.updateTable('offer').set({ changed_at }).where('id', '=', id).execute()
    }
  const whole = await answers(buyer, tables, search, 200)
  expect(whole.listed.length).toBeGreaterThan(3)
  for (const by of [shelf, tables]) expect((await answers(buyer, by, search, 1)).listed).toEqual(whole.listed)
})

test('what is published, changed, confirmed or withdrawn shows at once', async () => {
  const titlesNow = async (search = nothing) => (await holdsTrue(search)).map(({ title }) => title)
  const draft = await offered(world, 'DGV', { title: 'Pūpolu nams', locality: 'Ludza' }, { price: '5', draft: true })
  expect(await titlesNow()).not.toContain('Pūpolu nams')
  const lister = world.as('DGV', 'lister')
  await publishOffer(lister, draft.id)
  expect(await titlesNow()).toContain('Pūpolu nams')
  expect(await titlesNow({ ...nothing, words: searchWords('pūpoli') })).toEqual(['Pūpolu nams'])
  await sql`update offer set title = 'Kadiķu nams', languages = '{ltg}' where id = ${draft.id}`.execute(db)
  expect(await titlesNow({ ...nothing, words: searchWords('pūpoli') })).not.toContain('Kadiķu nams')
  expect(await titlesNow({ ...nothing, words: searchWords('kadiķis'), language: 'ltg' })).toEqual(['Kadiķu nams'])
  await sql`update offer set changed_at = '2025-01-01' where id = ${draft.id}`.execute(db)
  expect((await holdsTrue({ ...nothing, language: 'ltg' }))[0]).toMatchObject({ stale: true })
  await confirmOffer(lister, draft.id)
  expect((await holdsTrue({ ...nothing, language: 'ltg' }))[0]).toMatchObject({ stale: false })
  await withdrawOffer(lister, draft.id)
  expect(await titlesNow({ ...nothing, language: 'ltg' })).toEqual([])
})

test('so do names, seats, kinds and providers that offers stand on', async () => {
  const rezekne = { ...nothing, near: 'Rēzekne', within: 15 }
  const before = (await holdsTrue(rezekne)).length
  await sql`update organisation set locality = 'Rēzekne', name = 'Jaunā Kurzemes pašvaldība' where code = 'LUD'`.execute(
    db,
  )
  expect((await holdsTrue(rezekne)).length).toBeGreaterThan(before)
  const renamed = await holdsTrue({ ...nothing, words: searchWords('kurzeme') })
  expect(new Set(renamed.map(({ seller_id }) => seller_id))).toEqual(new Set([world.organisation.LUD]))
  await sql`update service_kind set institution = not institution, target_groups = '{homeless}', name_en = 'Kwyjibo'
    where code = ${kinds[0]!}`.execute(db)
  expect((await holdsTrue({ ...nothing, words: ['kwyjibo'] })).length).toBeGreaterThan(0)
  const { id } = await offered(world, 'REZ', { title: 'Biedrības nams' })
  await sql`update provider set owner_type = 'ngo' where id = (select provider_id from offer where id = ${id})`.execute(
    db,
  )
  expect((await holdsTrue({ ...nothing, owner_type: 'ngo' })).map(({ title }) => title)).toContain('Biedrības nams')
})

test('what is not committed shows to its own transaction, and to nobody once it is taken back', async () => {
  const reader = world.organisation.REZ
  const lines = (tx: Parameters<typeof shelf.facetsOf>[0]) => shelf.facetsOf(tx, reader, nothing)
  const before = await transact(buyer, lines)
  await expect(
    transact(world.system(), async (tx) => {
      await sql`update offer set status = 'withdrawn' where seller_id = ${reader}`.execute(tx)
      expect((await lines(tx)).seller_id.get(reader)).toBeUndefined()
      throw new Error('taken back')
    }),
  ).rejects.toThrow('taken back')
  expect(await transact(buyer, lines)).toEqual(before)
  await holdsTrue()
})

test('while one request fills the shelf, others are answered by the tables', async () => {
  await sql`update offer set changed_at = changed_at`.execute(db)
  const asked = Array.from({ length: 6 }, () => answers(buyer, shelf, nothing, 200))
  const expected = await answers(buyer, tables, nothing, 200)
  for (const answer of await Promise.all(asked)) expect(answer).toEqual(expected)
  await holdsTrue()
})

test('the version is nobody’s to change, and words are nobody’s to read', async () => {
  const attempt = (text: string) => transact(world.as('DGV', 'lister'), (tx) => sql.raw(text).execute(tx))
  for (const text of [
    'update catalogue_version set version = gen_random_uuid()',
    'delete from catalogue_version',
    'select * from catalogue_word',
    'select * from offer_text',
  ])
    await expect(attempt(text)).rejects.toThrow(/permission denied/)
})
