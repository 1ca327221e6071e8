/** The comparison for machines. */
import { type App, answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { compareOffers } from './commands.ts'
import { ComparedStay, ComparisonInput } from './comparison.ts'

const ComparedOffer = ComparedStay.extend({
  id: z.string(),
  seller_id: z.string(),
  seller_name: z.string(),
  title: z.string(),
  unit: z.string(),
  kind_name_lv: z.string(),
  kind_name_en: z.string(),
  address: z.string().nullable(),
  locality: z.string().nullable(),
  institution_alternative: z.boolean(),
  capacity: z.int().nullable(),
  taken: z.int(),
}).openapi('ComparedOffer')

export function comparisonApi(app: App): void {
  const compareRoute = createRoute({
    method: 'post',
    path: '/api/v1/comparisons',
    operationId: 'compareOffers',
    tags: ['catalogue'],
    description:
      'What one and the same stay would cost at several offers, by the calculator of the month close: the first whole month, and up ' +
      'to twelve months in all. Nothing is saved. Recorded units are taken to be spread over the working days, or over the days of the week that are asked for.',
    ...needs('catalogue.read'),
    request: { body: takes(ComparisonInput) },
    responses: {
      200: answers(
        z.object({ items: z.array(ComparedOffer) }),
        'The offers in the order asked, each with what the stay costs',
      ),
      ...problems(403, 422),
    },
  })
  app.openapi(compareRoute, async (c) => c.json({ items: await compareOffers(c.get('ctx'), c.req.valid('json')) }, 200))
}
