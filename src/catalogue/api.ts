/** The catalogue for machines: service kinds, offers, price versions, capacity, vacancy. */
import { dayNumber, type PlainDate } from '../calendar.ts'
import { Consequences } from '../consequences.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { answerWrite, dryRunQuery } from '../http/dry-run.ts'
import { choice, date, id } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema } from '../http/paging.ts'
import { refuseFields } from '../refusal.ts'
import { Capacity, CapacityInput, DayVacancy } from './capacity.ts'
import {
  addPrice,
  changeCapacity,
  changeKind,
  changeOffer,
  confirmOffer,
  correctPrice,
  createKind,
  createOffer,
  publishOffer,
  removeCapacity,
  replacePrices,
  setCapacity,
  withdrawOffer,
  withdrawPrice,
} from './commands.ts'
import { importApi } from './import-pages.tsx'
import { Kind, KindChange, KindInput, TargetGroup } from './kind.ts'
import { accessibilities, careLanguages, deliveryModes, ListedOffer, Offer, OfferInput, ownerTypes } from './offer.ts'
import { offerPlace, readOfferCursor } from './paging.ts'
import { Price, PriceInput } from './price.ts'
import { facetsOf, homeNow, lookNow, searchOffers } from './search-store.ts'
import {
  capacitiesOf,
  getKind,
  getOffer,
  listKinds,
  listLocalities,
  listTargetGroups,
  type NamedOffer,
  offerRulesOf,
  pricesOf,
  vacancyOf,
} from './store.ts'
import { searchWords } from './words.ts'

export function catalogueApi(app: App): void {
  importApi(app)
  kindRoutes(app)
  offerRoutes(app)
  priceRoutes(app)
  capacityRoutes(app)
}

const path = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const codePath = z.object({ code: z.string().openapi({ param: { name: 'code', in: 'path' } }) })
const itemsOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) })
const offers = { tags: ['catalogue'] }

/** An offer as the API says it: VAT in one place, as in the input. */
export function offerRecord<T extends NamedOffer>(offer: T) {
  // `place` is only how the database finds the locality.
  const { vat_category, vat_rate, place, ...rest } = offer
  return { ...rest, ...offerRulesOf({ ...offer, vat_category, vat_rate }) }
}

function kindRoutes(app: App): void {
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/service-kinds',
    operationId: 'listKinds',
    ...offers,
    ...needs('catalogue.read'),
    responses: {
      200: answers(itemsOf(Kind), 'All service kinds by code, with what is offered of each'),
      ...problems(),
    },
  })
  const getRoute = createRoute({
    method: 'get',
    path: '/api/v1/service-kinds/{code}',
    operationId: 'getKind',
    ...offers,
    ...needs('catalogue.read'),
    request: { params: codePath },
    responses: { 200: answers(Kind, 'The service kind'), ...problems(404) },
  })
  const createKindRoute = createRoute({
    method: 'post',
    path: '/api/v1/service-kinds',
    operationId: 'createKind',
    ...offers,
    ...needs('kind.manage'),
    request: { body: takes(KindInput) },
    responses: { 201: answers(Kind, 'The new service kind'), ...problems(403, 409, 422) },
  })
  const changeRoute = createRoute({
    method: 'put',
    path: '/api/v1/service-kinds/{code}',
    operationId: 'changeKind',
    ...offers,
    ...needs('kind.manage'),
    request: { params: codePath, body: takes(KindChange) },
    responses: { 200: answers(Kind, 'The service kind as it is now'), ...problems(403, 404, 422) },
  })
  const groupsRoute = createRoute({
    method: 'get',
    path: '/api/v1/target-groups',
    operationId: 'listTargetGroups',
    ...offers,
    ...needs('catalogue.read'),
    responses: { 200: answers(itemsOf(TargetGroup), 'All target groups by code'), ...problems() },
  })
  app.openapi(listRoute, async (c) => c.json({ items: await transact(c.get('ctx'), listKinds) }, 200))
  app.openapi(getRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getKind(tx, c.req.valid('param').code)), 200),
  )
  app.openapi(createKindRoute, async (c) => c.json(await createKind(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(changeRoute, async (c) =>
    c.json(await changeKind(c.get('ctx'), c.req.valid('param').code, c.req.valid('json')), 200),
  )
  app.openapi(groupsRoute, async (c) => c.json({ items: await transact(c.get('ctx'), listTargetGroups) }, 200))
}

const yes = z.enum(['true', 'false'], { error: 'validation.choice' }).default('false')

/** What the list can be narrowed to; the page's filter has the same names. */
const offerQuery = z.object({
  ...pageQuery,
  q: z.string().max(200, 'validation.too_long|maximum=200').optional().openapi({
    description: 'Words in title, description, place, kind and seller; capitals, diacritics and endings do not matter',
  }),
  kind_code: z.string().max(60).optional(),
  target_group: z.string().max(60).optional(),
  seller_id: id().optional(),
  delivery_mode: choice(deliveryModes).optional(),
  language: choice(careLanguages).optional(),
  accessibility: choice(accessibilities).optional(),
  owner_type: choice(ownerTypes).optional(),
  near: z.string().max(100).optional().openapi({
    description:
      'The town or village where the resident lives: what is near stands first. Left out: the reader’s own; empty: none',
  }),
  within: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'validation.number')
    .optional()
    .openapi({ description: 'Only what is at most so many kilometres from there, or comes to the resident' }),
  priced: yes.openapi({ description: 'Only offers with a price for the reader on the date' }),
  free: yes.openapi({ description: 'Only offers with a free place on the date, or not limited by places' }),
  own: yes.openapi({ description: 'The organisation’s own offers, drafts and withdrawn ones too' }),
  on: date().optional().openapi({ description: 'The date that price and places are of; today where it is left out' }),
})

/** By filter and choice: how many offers there would be, as far as the other filters allow. */
const Facets = z.record(z.string(), z.record(z.string(), z.int())).openapi('OfferFacets')

function offerRoutes(app: App): void {
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers',
    operationId: 'searchOffers',
    ...offers,
    ...needs('catalogue.read'),
    request: { query: offerQuery },
    responses: {
      200: answers(
        pageSchema(ListedOffer).extend({ facets: Facets }),
        'Offers: first what can be ordered on the date, then what is full, then what has no price yet; within each alternatives ' +
          'before institutions, confirmed before stale, near before far. With the counts of each filter’s choices.',
      ),
      ...problems(422),
    },
  })
  const getRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}',
    operationId: 'getOffer',
    ...offers,
    ...needs('catalogue.read'),
    request: { params: path },
    responses: { 200: answers(Offer, 'The offer'), ...problems(404) },
  })
  const createOfferRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers',
    operationId: 'createOffer',
    ...offers,
    ...needs('offer.manage'),
    request: { body: takes(OfferInput) },
    responses: { 201: answers(Offer, 'The new offer, a draft'), ...problems(403, 422) },
  })
  const changeRoute = createRoute({
    method: 'put',
    path: '/api/v1/offers/{id}',
    operationId: 'changeOffer',
    ...offers,
    ...needs('offer.manage', { dry_run: true }),
    request: { query: dryRunQuery, params: path, body: takes(OfferInput) },
    responses: {
      200: answers(z.union([Offer, Consequences]), 'The offer as it is now'),
      ...problems(403, 404, 409, 422),
    },
  })
  const publishRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/publish',
    operationId: 'publishOffer',
    ...offers,
    ...needs('offer.manage'),
    request: { params: path },
    responses: { 200: answers(Offer, 'The offer, published'), ...problems(403, 404) },
  })
  const confirmRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/confirm',
    operationId: 'confirmOffer',
    ...offers,
    ...needs('offer.manage'),
    request: { params: path },
    responses: { 200: answers(Offer, 'The offer, confirmed to hold as it is'), ...problems(403, 404, 409) },
  })
  const localitiesRoute = createRoute({
    method: 'get',
    path: '/api/v1/localities',
    operationId: 'listLocalities',
    ...offers,
    ...needs('catalogue.read'),
    responses: {
      200: answers(
        itemsOf(z.object({ name: z.string(), latitude: z.string(), longitude: z.string() }).openapi('Locality')),
        'Towns and villages whose distances are known, by name',
      ),
      ...problems(),
    },
  })
  const withdrawRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/withdraw',
    operationId: 'withdrawOffer',
    ...offers,
    ...needs('offer.manage'),
    request: { params: path },
    responses: { 200: answers(Offer, 'The offer, withdrawn; its placements stay'), ...problems(403, 404, 409) },
  })
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const { limit, cursor, q, on, priced, free, own, ...given } = c.req.valid('query')
    const search = {
      words: searchWords(q ?? ''),
      kind_code: given.kind_code || null,
      target_group: given.target_group || null,
      seller_id: given.seller_id ?? null,
      delivery_mode: given.delivery_mode ?? null,
      language: given.language ?? null,
      accessibility: given.accessibility ?? null,
      owner_type: given.owner_type ?? null,
      within: given.within === undefined ? null : Number(given.within),
      priced: priced === 'true',
      free: free === 'true',
      own: own === 'true',
      on: on ?? ctx.clock.today(),
    }
    const after = readOfferCursor(cursor)
    const reader = organisationOf(ctx.actor)
    const answer = await transact(ctx, async (tx) => {
      const look = await lookNow(tx)
      const near = given.near ?? (await homeNow(tx, look, reader)) ?? ''
      const asked = { ...search, near: near === '' ? null : near }
      const rows = await searchOffers(tx, reader, asked, { limit, after }, look)
      return { rows, facets: await facetsOf(tx, reader, asked, look) }
    })
    const { items, next_cursor } = pageOf(answer.rows, limit, offerPlace)
    const facets = Object.fromEntries(
      Object.entries(answer.facets).map(([name, counts]) => [name, Object.fromEntries(counts)]),
    )
    return c.json({ items: items.map(({ readiness, ...offer }) => offerRecord(offer)), next_cursor, facets }, 200)
  })
  app.openapi(getRoute, async (c) => {
    const offer = await transact(c.get('ctx'), (tx) => getOffer(tx, c.req.valid('param').id))
    return c.json(offerRecord(offer), 200)
  })
  app.openapi(createOfferRoute, async (c) =>
    c.json(offerRecord(await createOffer(c.get('ctx'), c.req.valid('json'))), 201),
  )
  app.openapi(changeRoute, async (c) =>
    answerWrite(c, 200, async (ctx) =>
      offerRecord(await changeOffer(ctx, c.req.valid('param').id, c.req.valid('json'), c.get('places_freed'))),
    ),
  )
  app.openapi(publishRoute, async (c) =>
    c.json(offerRecord(await publishOffer(c.get('ctx'), c.req.valid('param').id)), 200),
  )
  app.openapi(confirmRoute, async (c) =>
    c.json(offerRecord(await confirmOffer(c.get('ctx'), c.req.valid('param').id)), 200),
  )
  app.openapi(localitiesRoute, async (c) => c.json({ items: await transact(c.get('ctx'), listLocalities) }, 200))
  app.openapi(withdrawRoute, async (c) =>
    c.json(offerRecord(await withdrawOffer(c.get('ctx'), c.req.valid('param').id)), 200),
  )
}

function priceRoutes(app: App): void {
  const prices = z.strictObject({ prices: z.array(PriceInput).max(500, 'validation.too_large|maximum=500') })
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/prices',
    operationId: 'listPrices',
    ...offers,
    ...needs('catalogue.read'),
    request: { params: path },
    responses: { 200: answers(itemsOf(Price), 'The price versions in force by their first date'), ...problems(404) },
  })
  const addRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/prices',
    operationId: 'addPrice',
    ...offers,
    ...needs('offer.manage', { dry_run: true }),
    request: { query: dryRunQuery, params: path, body: takes(PriceInput) },
    responses: {
      200: answers(Consequences, 'With dry_run: what it would lead to; nothing is saved'),
      201: answers(Price, 'The new price version'),
      ...problems(403, 404, 409, 422),
    },
  })
  const replaceRoute = createRoute({
    method: 'put',
    path: '/api/v1/offers/{id}/prices',
    operationId: 'replacePrices',
    ...offers,
    ...needs('offer.manage', { dry_run: true }),
    request: { query: dryRunQuery, params: path, body: takes(prices) },
    responses: {
      200: answers(z.union([itemsOf(Price), Consequences]), 'The whole list as it is now'),
      ...problems(403, 404, 409, 422),
    },
  })
  const correctRoute = createRoute({
    method: 'put',
    path: '/api/v1/prices/{id}',
    operationId: 'correctPrice',
    ...offers,
    ...needs('offer.manage', { dry_run: true }),
    request: { query: dryRunQuery, params: path, body: takes(PriceInput) },
    responses: {
      200: answers(z.union([Price, Consequences]), 'The corrected version, under a new id; the old one is withdrawn'),
      ...problems(403, 404, 409, 422),
    },
  })
  const withdrawRoute = createRoute({
    method: 'post',
    path: '/api/v1/prices/{id}/withdraw',
    operationId: 'withdrawPrice',
    ...offers,
    ...needs('offer.manage', { dry_run: true }),
    request: { query: dryRunQuery, params: path },
    responses: { 200: answers(z.union([Price, Consequences]), 'The version, withdrawn'), ...problems(403, 404, 409) },
  })
  app.openapi(listRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) => {
      const offer = await getOffer(tx, c.req.valid('param').id)
      return pricesOf(tx, offer.seller_id, [offer.id])
    })
    return c.json({ items }, 200)
  })
  app.openapi(addRoute, async (c) =>
    answerWrite(c, 201, (ctx) => addPrice(ctx, c.req.valid('param').id, c.req.valid('json'))),
  )
  app.openapi(replaceRoute, async (c) => {
    const { prices } = c.req.valid('json')
    return answerWrite(c, 200, async (ctx) => ({ items: await replacePrices(ctx, c.req.valid('param').id, prices) }))
  })
  app.openapi(correctRoute, async (c) =>
    answerWrite(c, 200, (ctx) => correctPrice(ctx, c.req.valid('param').id, c.req.valid('json'))),
  )
  app.openapi(withdrawRoute, async (c) => answerWrite(c, 200, (ctx) => withdrawPrice(ctx, c.req.valid('param').id)))
}

const longestVacancy = 400

function capacityRoutes(app: App): void {
  const capacity = itemsOf(Capacity)
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/capacity',
    operationId: 'listCapacity',
    ...offers,
    ...needs('catalogue.read'),
    request: { params: path },
    responses: { 200: answers(capacity, 'How many places there are from when to when'), ...problems(404) },
  })
  const setRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/capacity',
    operationId: 'setCapacity',
    ...offers,
    ...needs('offer.manage'),
    request: { params: path, body: takes(CapacityInput) },
    responses: {
      201: answers(capacity, 'All periods as they are now; an open one ends the open one before it'),
      ...problems(403, 404, 409, 422),
    },
  })
  const changeRoute = createRoute({
    method: 'put',
    path: '/api/v1/capacity/{id}',
    operationId: 'changeCapacity',
    ...offers,
    ...needs('offer.manage'),
    request: { params: path, body: takes(CapacityInput) },
    responses: { 200: answers(capacity, 'All periods as they are now'), ...problems(403, 404, 409, 422) },
  })
  const removeRoute = createRoute({
    method: 'delete',
    path: '/api/v1/capacity/{id}',
    operationId: 'removeCapacity',
    ...offers,
    ...needs('offer.manage'),
    request: {
      params: path,
      query: z.object({
        above_agreed: z
          .enum(['true', 'false'], { error: 'validation.choice' })
          .optional()
          .openapi({ description: 'As `above_agreed` of a capacity that is cut' }),
      }),
    },
    responses: { 200: answers(capacity, 'The periods that are left'), ...problems(403, 404, 409, 422) },
  })
  const vacancyRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/vacancy',
    operationId: 'getVacancy',
    ...offers,
    ...needs('catalogue.read'),
    request: { params: path, query: z.object({ from: date(), to: date() }) },
    responses: {
      200: answers(itemsOf(DayVacancy), 'The places of each day: derived from placements of all buyers, never typed'),
      ...problems(404, 422),
    },
  })
  app.openapi(listRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) => {
      const offer = await getOffer(tx, c.req.valid('param').id)
      return capacitiesOf(tx, offer.seller_id, offer.id)
    })
    return c.json({ items }, 200)
  })
  app.openapi(setRoute, async (c) => {
    const items = await setCapacity(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'), c.get('places_freed'))
    return c.json({ items }, 201)
  })
  app.openapi(changeRoute, async (c) => {
    const items = await changeCapacity(
      c.get('ctx'),
      c.req.valid('param').id,
      c.req.valid('json'),
      c.get('places_freed'),
    )
    return c.json({ items }, 200)
  })
  app.openapi(removeRoute, async (c) => {
    const agreed = c.req.valid('query').above_agreed === 'true'
    const items = await removeCapacity(c.get('ctx'), c.req.valid('param').id, c.get('places_freed'), agreed)
    return c.json({ items }, 200)
  })
  app.openapi(vacancyRoute, async (c) => {
    const { from, to } = c.req.valid('query')
    return c.json({ items: await readVacancy(c.get('ctx'), c.req.valid('param').id, from, to) }, 200)
  })
}

async function readVacancy(ctx: Context, offer_id: string, from: string, to: string): Promise<DayVacancy[]> {
  if (to < from) refuseFields([{ path: 'to', message: 'validation.end_before_start' }])
  if (dayNumber(to as PlainDate) - dayNumber(from as PlainDate) >= longestVacancy)
    refuseFields([{ path: 'to', message: 'validation.too_many_days', values: { maximum: longestVacancy } }])
  return transact(ctx, async (tx) => vacancyOf(tx, await getOffer(tx, offer_id), from, to))
}
