/** Vacancy for machines: the month calendar of an offer. */
import type { Month } from '../calendar.ts'
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { month } from '../http/fields.ts'
import { CapacityPart, CapacityPartInput, OverRule, OverRuleInput } from './capacity-part.ts'
import { getOffer } from './store.ts'
import { CalendarDay } from './vacancy.ts'
import { addCapacityPart, addOverRule, removeCapacityPart, removeOverRule } from './vacancy-commands.ts'
import { calendarOf, overRulesOf, partsOf } from './vacancy-store.ts'

export function vacancyApi(app: App): void {
  partRoutes(app)
  overRoutes(app)
  const calendarRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/calendar',
    operationId: 'getPlacesCalendar',
    tags: ['catalogue'],
    ...needs('catalogue.read'),
    request: {
      params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }),
      query: z.object({ month: month() }),
    },
    responses: {
      200: answers(
        z.object({ month: z.string(), items: z.array(CalendarDay) }),
        'The places of each day of the month: counted from stays, reservations and absences of all buyers, never typed',
      ),
      ...problems(404, 422),
    },
  })
  app.openapi(calendarRoute, async (c) => {
    const { month } = c.req.valid('query')
    const items = await transact(c.get('ctx'), async (tx) =>
      calendarOf(tx, await getOffer(tx, c.req.valid('param').id), month as Month),
    )
    return c.json({ month, items }, 200)
  })
}

const catalogue = { tags: ['catalogue'] }
const path = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const itemsOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) })

function partRoutes(app: App): void {
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/parts',
    operationId: 'listCapacityParts',
    ...catalogue,
    ...needs('catalogue.read'),
    request: { params: path },
    responses: {
      200: answers(
        itemsOf(CapacityPart),
        'Places set apart: those for a municipality are seen by it and the seller alone, the rest by everybody',
      ),
      ...problems(404),
    },
  })
  const addRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/parts',
    operationId: 'addCapacityPart',
    ...catalogue,
    ...needs('offer.manage'),
    request: { params: path, body: takes(CapacityPartInput) },
    responses: { 201: answers(itemsOf(CapacityPart), 'All parts as they are now'), ...problems(403, 404, 409, 422) },
  })
  const removeRoute = createRoute({
    method: 'delete',
    path: '/api/v1/capacity-parts/{id}',
    operationId: 'removeCapacityPart',
    ...catalogue,
    ...needs('offer.manage'),
    request: { params: path },
    responses: { 200: answers(itemsOf(CapacityPart), 'The parts that are left'), ...problems(403, 404) },
  })
  app.openapi(listRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) => partsOf(tx, await getOffer(tx, c.req.valid('param').id)))
    return c.json({ items }, 200)
  })
  app.openapi(addRoute, async (c) => {
    const [ctx, freed] = [c.get('ctx'), c.get('places_freed')]
    const items = await addCapacityPart(ctx, c.req.valid('param').id, c.req.valid('json'), freed)
    return c.json({ items }, 201)
  })
  app.openapi(removeRoute, async (c) => {
    const items = await removeCapacityPart(c.get('ctx'), c.req.valid('param').id, c.get('places_freed'))
    return c.json({ items }, 200)
  })
}

function overRoutes(app: App): void {
  const listRoute = createRoute({
    method: 'get',
    path: '/api/v1/offers/{id}/over-rules',
    operationId: 'listOverRules',
    ...catalogue,
    ...needs('catalogue.read'),
    request: { params: path },
    responses: {
      200: answers(itemsOf(OverRule), 'How far the offer may go beyond its capacity; none: it never does'),
      ...problems(404),
    },
  })
  const addRoute = createRoute({
    method: 'post',
    path: '/api/v1/offers/{id}/over-rules',
    operationId: 'addOverRule',
    ...catalogue,
    ...needs('offer.manage'),
    request: { params: path, body: takes(OverRuleInput) },
    responses: { 201: answers(itemsOf(OverRule), 'All rules as they are now'), ...problems(403, 404, 409, 422) },
  })
  const removeRoute = createRoute({
    method: 'delete',
    path: '/api/v1/over-rules/{id}',
    operationId: 'removeOverRule',
    ...catalogue,
    ...needs('offer.manage'),
    request: { params: path },
    responses: { 200: answers(itemsOf(OverRule), 'The rules that are left'), ...problems(403, 404) },
  })
  app.openapi(listRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) =>
      overRulesOf(tx, await getOffer(tx, c.req.valid('param').id)),
    )
    return c.json({ items }, 200)
  })
  app.openapi(addRoute, async (c) => {
    const items = await addOverRule(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json({ items }, 201)
  })
  app.openapi(removeRoute, async (c) =>
    c.json({ items: await removeOverRule(c.get('ctx'), c.req.valid('param').id) }, 200),
  )
}
