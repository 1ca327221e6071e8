/** Days of the week of a stay for machines. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { getPlacement } from './store.ts'
import { WeekdaysInput } from './weekdays.ts'
import { changeWeekdays } from './weekdays-commands.ts'
import { weekdaysOf } from './weekdays-store.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const Version = z
  .object({
    id: id(),
    placement_id: id(),
    valid_from: z.string().nullable().openapi({ description: 'Null: from the beginning of the stay' }),
    valid_to: z.string().nullable().openapi({ description: 'Null: to its end' }),
    weekdays: z.array(z.int()).nullable().openapi({ description: 'Days of the week, 1 is Monday; null: every day' }),
    recorded_at: z.string(),
  })
  .openapi('PlacementWeekdays')
const Versions = z.object({ items: z.array(Version) })

export function weekdaysApi(app: App): void {
  const about = { tags: ['placements'] }
  const listRoute = createRoute({
    ...about,
    method: 'get',
    path: '/api/v1/placements/{id}/weekdays',
    operationId: 'listWeekdays',
    ...needs('placement.read'),
    request: { params: idPath },
    responses: {
      200: answers(Versions, 'On which days of the week the stay takes its places; none: every day, always'),
      ...problems(404),
    },
  })
  const changeRoute = createRoute({
    ...about,
    method: 'post',
    path: '/api/v1/placements/{id}/weekdays',
    operationId: 'changeWeekdays',
    ...needs('placement.manage'),
    request: { params: idPath, body: takes(WeekdaysInput) },
    responses: { 201: answers(Versions, 'The versions as they are now'), ...problems(403, 404, 409, 422) },
  })
  app.openapi(listRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) =>
      weekdaysOf(tx, await getPlacement(tx, c.req.valid('param').id)),
    )
    return c.json({ items }, 200)
  })
  app.openapi(changeRoute, async (c) => {
    const items = await changeWeekdays(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json({ items }, 201)
  })
}
