/**
 * The public catalogue by the Human Services Data Specification (HSDS 3.1), read only: nobody signs in, any site may ask,
 * answers may be kept for a minute. The paths, parameters and page are those of its API reference.
 */
import type { Context as HonoContext } from 'hono'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { searchWords } from '../catalogue/words.ts'
import { type Context, transact } from '../context.ts'
import { type App, type AppEnv, createRoute, needs, problems, requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import {
  organisationOf,
  pageOf,
  type ServiceRow,
  serviceAtLocationOf,
  serviceOf,
  taxonomyOf,
  termOf,
} from './records.ts'
import {
  countServices,
  getOrganisationRow,
  getService,
  getServiceAt,
  noFilter,
  type Piece,
  readOrganisations,
  readServices,
  readTaxonomies,
  readTerms,
  type ServiceFilter,
} from './store.ts'

const largestPage = 500
/** How many records of a stream are in memory at once. */
const pieceLength = 200

const flag = () => z.enum(['true', 'false']).optional().openapi({ example: 'true' })
const number = (largest: number) =>
  z
    .string()
    .superRefine((value, refused) => {
      const wrong = !/^\d{1,7}$/.test(value)
        ? 'validation.number'
        : Number(value) < 1
          ? 'validation.too_small|minimum=1'
          : Number(value) > largest
            ? `validation.too_large|maximum=${largest}`
            : null
      if (wrong !== null) refused.addIssue({ code: 'custom', message: wrong })
    })
    .optional()
    .openapi({ example: '1' })
const instant = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)), 'validation.date')
  .optional()
  .openapi({ format: 'date-time', example: '2026-03-01T00:00:00Z' })

const paging = {
  page: number(1_000_000),
  per_page: number(largestPage),
  format: z.enum(['json', 'ndjson']).optional(),
}
const search = { search: z.string().max(200, 'validation.too_long|maximum=200').optional() }
const serviceQuery = z.object({
  ...search,
  ...paging,
  taxonomy_term_id: id().optional(),
  taxonomy_id: id().optional(),
  organization_id: id().optional(),
  modified_after: instant,
  minimal: flag(),
  full: flag(),
})
const placeQuery = z.object({
  ...search,
  ...paging,
  taxonomy_term_id: id().optional(),
  taxonomy_id: id().optional(),
  organization_id: id().optional(),
  modified_after: instant,
  postcode: z
    .string()
    .regex(/^LV-\d{4}$/, 'validation.invalid')
    .optional()
    .openapi({ example: 'LV-5401' }),
  full: flag(),
})
const organisationQuery = z.object({
  ...search,
  ...paging,
  taxonomy_term_id: id().optional(),
  full: flag(),
  full_service: flag(),
})
const taxonomyQuery = z.object({ ...search, ...paging })
const termQuery = z.object({
  ...search,
  ...paging,
  taxonomy_id: id().optional(),
  top_only: flag(),
  parent_id: id().optional(),
})

type Asked = { page?: string | undefined; per_page?: string | undefined; format?: 'json' | 'ndjson' | undefined }
type C = HonoContext<AppEnv>

const one = z.looseObject({ id: z.string() }).openapi('HsdsRecord')
type HsdsRecord = z.input<typeof one>
const pageSchema = z
  .object({
    total_items: z.int(),
    total_pages: z.int(),
    page_number: z.int(),
    size: z.int(),
    first_page: z.boolean(),
    last_page: z.boolean(),
    empty: z.boolean(),
    contents: z.array(one),
  })
  .openapi('HsdsPage')

export function hsdsApi(app: App): void {
  const open = cors({ origin: '*', allowMethods: ['GET', 'HEAD', 'POST'], exposeHeaders: ['etag'], maxAge: 86_400 })
  for (const path of ['/hsds', '/hsds/*']) {
    app.use(path, open)
    app.use(path, async (c, next) => {
      await next()
      if (c.res.ok) c.header('cache-control', 'public, max-age=60')
    })
  }
  const tagged = etag()
  app.use('/hsds/*', (c, next) => (c.req.query('format') === 'ndjson' ? next() : tagged(c, next)))
  rootRoutes(app)
  serviceRoutes(app)
  serviceAtLocationRoutes(app)
  organisationRoutes(app)
  taxonomyRoutes(app)
}

function rootRoutes(app: App): void {
  const root = createRoute({
    method: 'get',
    path: '/hsds',
    operationId: 'hsdsRoot',
    tags: ['hsds'],
    ...needs('public'),
    responses: {
      200: {
        description: 'What this publication conforms to',
        content: {
          'application/json': {
            schema: z.object({ version: z.string(), profile: z.url(), openapi_url: z.url(), description: z.string() }),
          },
        },
      },
      ...problems(),
    },
  })
  app.openapi(root, (c) => {
    const { origin } = new URL(c.req.url)
    return c.json(
      {
        version: '3.1',
        profile: `${origin}/hsds/profile`,
        openapi_url: `${origin}/openapi.json`,
        description: 'Social services that municipalities of Latvia offer each other, with prices and free places',
      },
      200,
    )
  })
  app.get('/hsds/profile', requires('public'), (c) => {
    const { origin } = new URL(c.req.url)
    return c.json({
      name: 'hsds-lv',
      uri: `${origin}/hsds/profile`,
      base: 'HSDS 3.1',
      description:
        'HSDS without change. Beyond what HSDS requires, every service has cost_options and an assured_date, and capacities where ' +
        'it is limited by places; the free places are derived at the moment of asking. Records that HSDS has no word for stand ' +
        'under `vieta`.',
      extensions: {
        'service.vieta': 'unit in which the service is charged; delivery_mode',
        'cost_option.vieta': 'unit_price as an exact decimal text, price_class, tiers',
        'taxonomy_term.vieta': 'institution_alternative: whether the kind is an alternative to an institution',
      },
    })
  })
}

/** GET, and POST with the same in a JSON body: what is asked then stands in no log of addresses. */
function list<Q extends z.ZodObject>(
  app: App,
  path: string,
  name: string,
  query: Q,
  answer: (c: C, asked: z.infer<Q>) => Promise<Response>,
): void {
  const shared = { path, tags: ['hsds'], ...needs('public') }
  const responses = {
    200: {
      description: 'A page; with format=ndjson all of it, a record a line',
      content: { 'application/json': { schema: pageSchema }, 'application/x-ndjson': { schema: one } },
    },
    ...problems(422),
  }
  const get = createRoute({ ...shared, method: 'get', operationId: `hsds${name}`, request: { query }, responses })
  const post = createRoute({
    ...shared,
    method: 'post',
    operationId: `hsdsSearch${name}`,
    request: { body: { required: false, content: { 'application/json': { schema: query } } } },
    responses,
  })
  // `query` may be any schema here, so the compiler cannot say what a request and its answer hold; the callers' answers are pages
  app.openapi(get, ((c: C) => answer(c, c.req.valid('query' as never))) as never)
  app.openapi(post, ((c: C) => answer(c, (c.req.valid('json' as never) ?? {}) as z.infer<Q>)) as never)
}

function record(
  app: App,
  path: string,
  name: string,
  answer: (ctx: Context, id: string, c: C) => Promise<HsdsRecord>,
): void {
  const route = createRoute({
    method: 'get',
    path,
    operationId: `hsds${name}`,
    tags: ['hsds'],
    ...needs('public'),
    request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
    responses: {
      200: { description: 'The record, fully nested', content: { 'application/json': { schema: one } } },
      ...problems(404),
    },
  })
  app.openapi(route, async (c) => {
    const asked = c.req.valid('param').id
    if (!isId(asked)) refuse('not_found')
    return c.json(await answer(anybody(c), asked, c), 200)
  })
}

/** The answer is everybody's and may be kept, so it must not depend on who asks. */
function anybody(c: C): Context {
  const { db, clock } = c.get('ctx')
  return { db, clock, actor: { kind: 'public' } }
}

function serviceRoutes(app: App): void {
  list(app, '/hsds/services', 'Services', serviceQuery, async (c, asked) => {
    const filter = filterOf(asked)
    const show = (row: ServiceRow) =>
      asked.minimal === 'true'
        ? { id: row.id, modified_date: row.last_modified }
        : shownService(c, row, asked.full === 'true')
    return answerServices(c, asked, filter, show)
  })
  record(app, '/hsds/services/{id}', 'Service', async (ctx, id, c) =>
    shownService(c, await transact(ctx, (tx) => getService(tx, id, ctx.clock.today())), true),
  )
}

function serviceAtLocationRoutes(app: App): void {
  list(app, '/hsds/service_at_locations', 'ServiceAtLocations', placeQuery, async (c, asked) => {
    const filter = { ...filterOf(asked), postcode: asked.postcode ?? null, with_place: true }
    return answerServices(c, asked, filter, (row) => shownPlace(c, row, asked.full !== 'true'))
  })
  record(app, '/hsds/service_at_locations/{id}', 'ServiceAtLocation', async (ctx, id, c) =>
    shownPlace(c, await transact(ctx, (tx) => getServiceAt(tx, id, ctx.clock.today())), false),
  )
}

function shownService(c: C, row: ServiceRow, full: boolean) {
  const { origin } = new URL(c.req.url)
  // To the minute, so that a copy asked for again within it is known to be the same.
  const now = `${c.get('ctx').clock.now().toISOString().slice(0, 16)}:00Z`
  return serviceOf(row, { url: `${origin}/offers/${row.id}`, now, full })
}

function shownPlace(c: C, row: ServiceRow, inList: boolean) {
  return { ...serviceAtLocationOf(row, inList), ...(inList ? {} : { service: shownService(c, row, false) }) }
}

function filterOf(asked: {
  search?: string | undefined
  taxonomy_term_id?: string | undefined
  taxonomy_id?: string | undefined
  organization_id?: string | undefined
  modified_after?: string | undefined
}): ServiceFilter {
  return {
    ...noFilter,
    words: searchWords(asked.search ?? ''),
    taxonomy_term_id: asked.taxonomy_term_id ?? null,
    taxonomy_id: asked.taxonomy_id ?? null,
    organization_id: asked.organization_id ?? null,
    modified_after: asked.modified_after === undefined ? null : new Date(asked.modified_after).toISOString(),
  }
}

async function answerServices(
  c: C,
  asked: Asked,
  filter: ServiceFilter,
  show: (row: ServiceRow) => HsdsRecord,
): Promise<Response> {
  const ctx = anybody(c)
  const read = (piece: Piece) => transact(ctx, (tx) => readServices(tx, filter, ctx.clock.today(), piece))
  if (asked.format === 'ndjson') return streamed(c, read, show)
  const { page, per_page } = pageAsked(asked)
  const [total, rows] = await transact(ctx, async (tx) => [
    await countServices(tx, filter),
    await readServices(tx, filter, ctx.clock.today(), { limit: per_page, offset: (page - 1) * per_page }),
  ])
  return c.json(pageOf(rows.map(show), { total, page, per_page }))
}

function organisationRoutes(app: App): void {
  list(app, '/hsds/organizations', 'Organizations', organisationQuery, async (c, asked) => {
    const ctx = anybody(c)
    const filter = { search: asked.search ?? null, taxonomy_term_id: asked.taxonomy_term_id ?? null }
    const full = asked.full === 'true' || asked.full_service === 'true'
    const read = async (piece: Piece) => (await transact(ctx, (tx) => readOrganisations(tx, filter, piece))).rows
    if (asked.format === 'ndjson') return streamed(c, read, (row) => organisationOf(row, full))
    const { page, per_page } = pageAsked(asked)
    const { rows, total } = await transact(ctx, (tx) =>
      readOrganisations(tx, filter, { limit: per_page, offset: (page - 1) * per_page }),
    )
    return c.json(
      pageOf(
        rows.map((row) => organisationOf(row, full)),
        { total, page, per_page },
      ),
    )
  })
  record(app, '/hsds/organizations/{id}', 'Organization', async (ctx, id, c) =>
    transact(ctx, async (tx) => {
      const organisation = organisationOf(await getOrganisationRow(tx, id), true)
      const filter = { ...noFilter, organization_id: id }
      const services = await readServices(tx, filter, ctx.clock.today(), { limit: largestPage, offset: 0 })
      return { ...organisation, services: services.map((row) => shownService(c, row, false)) }
    }),
  )
}

/** Taxonomies and terms are few: a page is cut out of all of them. */
function taxonomyRoutes(app: App): void {
  list(app, '/hsds/taxonomies', 'Taxonomies', taxonomyQuery, async (c, asked) => {
    const all = (await transact(anybody(c), readTaxonomies)).map(taxonomyOf)
    return answerFew(c, asked, all, (each) => [each.name, each.description])
  })
  record(app, '/hsds/taxonomies/{id}', 'Taxonomy', async (ctx, id) =>
    taxonomyOf(
      (await transact(ctx, readTaxonomies)).find((each) => each.id === id.toLowerCase()) ?? refuse('not_found'),
    ),
  )
  list(app, '/hsds/taxonomy_terms', 'TaxonomyTerms', termQuery, async (c, asked) => {
    const all = (await transact(anybody(c), readTerms)).map(termOf)
    // Our terms have no parents: all are on top, and none is below another.
    const wanted = all.filter(
      ({ taxonomy_id }) =>
        (asked.taxonomy_id ?? taxonomy_id).toLowerCase() === taxonomy_id && asked.parent_id === undefined,
    )
    return answerFew(c, asked, wanted, (each) => [each.name, each.description])
  })
  record(app, '/hsds/taxonomy_terms/{id}', 'TaxonomyTerm', async (ctx, id) =>
    termOf((await transact(ctx, readTerms)).find((each) => each.id === id.toLowerCase()) ?? refuse('not_found')),
  )
}

function answerFew<T extends HsdsRecord>(
  c: C,
  asked: Asked & { search?: string | undefined },
  all: T[],
  texts: (each: T) => string[],
): Response | Promise<Response> {
  const words = searchWords(asked.search ?? '')
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const found = all.filter((each) => words.every((word) => texts(each).some((text) => plain(text).includes(word))))
  if (asked.format === 'ndjson') return ndjson(c, found.map((each) => `${JSON.stringify(each)}\n`).join(''))
  const { page, per_page } = pageAsked(asked)
  const contents = found.slice((page - 1) * per_page, page * per_page)
  return c.json(pageOf(contents, { total: found.length, page, per_page }))
}

function pageAsked(asked: Asked): { page: number; per_page: number } {
  return { page: Number(asked.page ?? '1'), per_page: Number(asked.per_page ?? '50') }
}

/** All records, a line each, read piece by piece: what is in memory does not grow with the catalogue. */
function streamed<T extends { id: string }>(
  c: C,
  read: (piece: Piece) => Promise<T[]>,
  show: (row: T) => unknown,
): Response {
  const text = new TextEncoder()
  let after: string | null = null
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const rows: T[] = await read({ limit: pieceLength, after })
        for (const row of rows) controller.enqueue(text.encode(`${JSON.stringify(show(row))}\n`))
        after = rows.at(-1)?.id ?? after
        if (rows.length < pieceLength) controller.close()
      } catch (error) {
        controller.error(error)
      }
    },
  })
  return ndjson(c, body)
}

function ndjson(c: C, body: ReadableStream<Uint8Array> | string): Response {
  return c.body(body, 200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
}
