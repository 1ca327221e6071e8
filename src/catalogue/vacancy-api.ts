/** Vacancy for machines: the month calendar of an offer. */
import type { Month } from '../calendar.ts'
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { month } from '../http/fields.ts'
import { getOffer } from './store.ts'
import { CalendarDay } from './vacancy.ts'
import { calendarOf } from './vacancy-store.ts'

export function vacancyApi(app: App): void {
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
    return c.json({ month, items } as never, 200)
  })
}
