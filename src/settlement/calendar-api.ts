/** Due dates and notices for machines. */
import type { Month } from '../calendar.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { lastMonth } from './asked-month.ts'
import { calendarOf, markNoticeRead, readCalendars, readNotices, setCalendar } from './calendar-commands.ts'
import { CalendarInput, dueDates, type NoticeKind, noticeKinds } from './calendar-of-seller.ts'
import type { CalendarRow } from './calendar-store.ts'

const date = z.string().openapi({ format: 'date' })
const Calendar = z
  .object({
    seller_id: z.string(),
    seller_name: z.string(),
    record_days: z.int(),
    object_days: z.int(),
    close_days: z.int(),
    issue_days: z.int(),
    automatic: z.boolean(),
    changed_at: z.string().nullable().openapi({ description: 'null: the usual days, which nobody has changed' }),
    due: z
      .object({ month: z.string(), record_on: date, object_on: date, close_on: date, issue_on: date })
      .openapi({ description: 'the dates of the last month that is over' }),
  })
  .openapi('SettlementCalendar')

const Notice = z
  .object({
    id: z.string(),
    kind: z.enum(Object.keys(noticeKinds) as [NoticeKind, ...NoticeKind[]]),
    seller_id: z.string(),
    seller_name: z.string(),
    month: z.string(),
    due_on: date,
    created_at: z.string(),
  })
  .openapi('Notice')

const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/settlement-calendar',
  operationId: 'getCalendar',
  tags: ['months'],
  ...needs('settlement.read'),
  responses: { 200: answers(Calendar, 'The own organisation’s due dates'), ...problems(403) },
})
const setRoute = createRoute({
  method: 'put',
  path: '/api/v1/settlement-calendar',
  operationId: 'setCalendar',
  tags: ['months'],
  ...needs('settlement.close'),
  request: { body: takes(CalendarInput) },
  responses: { 200: answers(Calendar, 'The due dates as they are now'), ...problems(403, 422) },
})
const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/settlement-calendars',
  operationId: 'listCalendars',
  tags: ['months'],
  ...needs('placement.read'),
  responses: {
    200: answers(z.object({ items: z.array(Calendar) }), 'The due dates of the sellers one deals with, by name'),
    ...problems(403),
  },
})
const noticesRoute = createRoute({
  method: 'get',
  path: '/api/v1/notices',
  operationId: 'listNotices',
  tags: ['months'],
  ...needs('signed_in'),
  responses: {
    200: answers(
      z.object({ items: z.array(Notice) }),
      'What waits for the caller’s roles, the earliest due date first',
    ),
    ...problems(),
  },
})
const readRoute = createRoute({
  method: 'post',
  path: '/api/v1/notices/{id}/read',
  operationId: 'markNoticeRead',
  tags: ['months'],
  ...needs('signed_in'),
  request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: { 204: { description: 'Put away for this person; others still see it' }, ...problems(403, 404) },
})

export function calendarApi(app: App): void {
  app.openapi(getRoute, async (c) => {
    const ctx = c.get('ctx')
    const row = await transact(ctx, (tx) => calendarOf(tx, organisationOf(ctx.actor)))
    return c.json(shown(row, lastMonth(ctx)), 200)
  })
  app.openapi(setRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json(shown(await setCalendar(ctx, c.req.valid('json')), lastMonth(ctx)), 200)
  })
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const rows = await readCalendars(ctx)
    return c.json({ items: rows.map((row) => shown(row, lastMonth(ctx))) }, 200)
  })
  app.openapi(noticesRoute, async (c) => c.json({ items: await notices(c.get('ctx')) }, 200))
  app.openapi(readRoute, async (c) => {
    await markNoticeRead(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

function notices(ctx: Context) {
  return transact(ctx, (tx) => readNotices(tx, ctx))
}

function shown(row: CalendarRow, month: Month) {
  return { ...row, due: { month, ...dueDates(row, month) } }
}
