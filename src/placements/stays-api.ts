/** Stay rules, papers, stays that end, and moves for machines. */
import { addDays, type PlainDate } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { Move, MoveAcceptance, MoveDecline, MoveInput, moveStatuses } from './move.ts'
import { acceptMove, declineMove, proposeMove, withdrawMove } from './move-commands.ts'
import { getMove, listMoves, type MoveRow } from './move-store.ts'
import { Paper, PaperInput, PaperSetting, papersEndingDays } from './paper.ts'
import { StayRule, StayRuleInput } from './stay-rule.ts'
import { recordPaper, setPaperSetting, setStayRule, setStayRuleOfKind, withdrawPaper } from './stay-rule-commands.ts'
import {
  endingStays,
  papersBlock,
  papersOf,
  ruleOfKind,
  ruleOfOffer,
  type StayRuleRow,
  staysWithoutPapers,
} from './stay-rule-store.ts'
import { getPlacement, stepsOf } from './store.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const codePath = z.object({ code: z.string().openapi({ param: { name: 'code', in: 'path' } }) })

const soon = (today: string) => addDays(today as PlainDate, papersEndingDays)

export function staysApi(app: App): void {
  ruleRoutes(app)
  paperRoutes(app)
  endingRoutes(app)
  moveRoutes(app)
}

const shownRule = ({ longest_months, beyond, grounds, own }: StayRuleRow) => ({ longest_months, beyond, grounds, own })

function ruleRoutes(app: App): void {
  const rules = { tags: ['stays'] }
  app.openapi(
    createRoute({
      ...rules,
      method: 'get',
      path: '/api/v1/service-kinds/{code}/stay-rule',
      operationId: 'getStayRuleOfKind',
      ...needs('catalogue.read'),
      request: { params: codePath },
      responses: { 200: answers(StayRuleInput, 'What holds for offers of the kind'), ...problems(404) },
    }),
    async (c) => c.json(ofKind(await transact(c.get('ctx'), (tx) => ruleOfKind(tx, c.req.valid('param').code))), 200),
  )
  app.openapi(
    createRoute({
      ...rules,
      method: 'put',
      path: '/api/v1/service-kinds/{code}/stay-rule',
      operationId: 'setStayRuleOfKind',
      ...needs('kind.manage'),
      request: { params: codePath, body: takes(StayRuleInput) },
      responses: { 200: answers(StayRuleInput, 'What holds from now on'), ...problems(403, 404, 422) },
    }),
    async (c) =>
      c.json(ofKind(await setStayRuleOfKind(c.get('ctx'), c.req.valid('param').code, c.req.valid('json'))), 200),
  )
  app.openapi(
    createRoute({
      ...rules,
      method: 'get',
      path: '/api/v1/offers/{id}/stay-rule',
      operationId: 'getStayRule',
      ...needs('catalogue.read'),
      request: { params: idPath },
      responses: { 200: answers(StayRule, 'How long a stay may last there, and on which papers'), ...problems(404) },
    }),
    async (c) => c.json(shownRule(await transact(c.get('ctx'), (tx) => ruleOfOffer(tx, c.req.valid('param').id))), 200),
  )
  app.openapi(
    createRoute({
      ...rules,
      method: 'put',
      path: '/api/v1/offers/{id}/stay-rule',
      operationId: 'setStayRule',
      ...needs('offer.manage'),
      request: { params: idPath, body: takes(StayRuleInput) },
      responses: { 200: answers(StayRule, 'The rule of the offer itself'), ...problems(403, 404, 422) },
    }),
    async (c) => c.json(shownRule(await setStayRule(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 200),
  )
  app.openapi(
    createRoute({
      ...rules,
      method: 'delete',
      path: '/api/v1/offers/{id}/stay-rule',
      operationId: 'removeStayRule',
      ...needs('offer.manage'),
      request: { params: idPath },
      responses: { 200: answers(StayRule, "The kind's rule holds again"), ...problems(403, 404) },
    }),
    async (c) => c.json(shownRule(await setStayRule(c.get('ctx'), c.req.valid('param').id, null)), 200),
  )
}

const ofKind = ({ longest_months, beyond, grounds }: StayRuleInput) => ({ longest_months, beyond, grounds })

function paperRoutes(app: App): void {
  const papers = { tags: ['stays'] }
  app.openapi(
    createRoute({
      ...papers,
      method: 'get',
      path: '/api/v1/placements/{id}/papers',
      operationId: 'listPapers',
      ...needs('resident.read'),
      request: { params: idPath },
      responses: {
        200: answers(z.object({ items: z.array(Paper) }), 'The papers of the stay, for its two social services'),
        ...problems(404),
      },
    }),
    async (c) => {
      const items = await transact(c.get('ctx'), async (tx) =>
        papersOf(tx, await getPlacement(tx, c.req.valid('param').id)),
      )
      return c.json({ items: items.map(shownPaper) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...papers,
      method: 'post',
      path: '/api/v1/placements/{id}/papers',
      operationId: 'recordPaper',
      ...needs('resident.read'),
      request: { params: idPath, body: takes(PaperInput) },
      responses: { 201: answers(Paper, 'The paper'), ...problems(403, 404, 409, 422) },
    }),
    async (c) => c.json(shownPaper(await recordPaper(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 201),
  )
  app.openapi(
    createRoute({
      ...papers,
      method: 'post',
      path: '/api/v1/papers/{id}/withdraw',
      operationId: 'withdrawPaper',
      ...needs('resident.read'),
      request: { params: idPath },
      responses: { 204: { description: 'Withdrawn' }, ...problems(403, 404) },
    }),
    async (c) => {
      await withdrawPaper(c.get('ctx'), c.req.valid('param').id)
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...papers,
      method: 'get',
      path: '/api/v1/paper-setting',
      operationId: 'getPaperSetting',
      ...needs('settlement.read'),
      responses: { 200: answers(PaperSetting, 'Whether days without papers hold up the own close'), ...problems() },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      return c.json({ blocks: await transact(ctx, (tx) => papersBlock(tx, organisationOf(ctx.actor))) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...papers,
      method: 'put',
      path: '/api/v1/paper-setting',
      operationId: 'setPaperSetting',
      ...needs('settlement.close'),
      request: { body: takes(PaperSetting) },
      responses: { 200: answers(PaperSetting, 'What holds from now on'), ...problems(403, 422) },
    }),
    async (c) => c.json(await setPaperSetting(c.get('ctx'), c.req.valid('json')), 200),
  )
}

const shownPaper = (row: Awaited<ReturnType<typeof papersOf>>[number]) => {
  const { id, placement_id, kind, number, issued_by, valid_from, valid_to, recorded_at } = row
  return { id, placement_id, kind, number, issued_by, valid_from, valid_to, recorded_at }
}

const Step = z
  .object({
    kind: z.string(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    decision: z.string().nullable(),
    decided_on: z.string().nullable(),
    longer_reason: z.string().nullable(),
    note: z.string(),
    recorded_at: z.string(),
  })
  .openapi('PlacementStep')

function endingRoutes(app: App): void {
  const stays = { tags: ['stays'] }
  const EndingStay = z
    .object({
      id: z.string(),
      resident_token: z.string().nullable(),
      offer_id: z.string(),
      offer_title: z.string(),
      seller_id: z.string(),
      seller_name: z.string(),
      buyer_id: z.string(),
      buyer_name: z.string(),
      valid_from: z.string(),
      valid_to: z.string(),
      decision: z.string().nullable(),
      longest_months: z.int().nullable(),
    })
    .openapi('EndingStay')
  app.openapi(
    createRoute({
      ...stays,
      method: 'get',
      path: '/api/v1/stays-ending',
      operationId: 'listEndingStays',
      ...needs('placement.read'),
      request: {
        query: z.object({ ...pageQuery, days: z.coerce.number().int().min(1).max(366).optional().default(30) }),
      },
      responses: { 200: answers(pageSchema(EndingStay), 'Stays that end soon, the next first'), ...problems(422) },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      const { limit, cursor, days } = c.req.valid('query')
      const after = readCursor(cursor, 2)
      const own = organisationOf(ctx.actor)
      const rows = await transact(ctx, (tx) => endingStays(tx, own, ctx.clock.today(), days, { limit, after }))
      return c.json(
        pageOf(rows, limit, (row) => [row.valid_to, row.id]),
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      ...stays,
      method: 'get',
      path: '/api/v1/stays-without-papers',
      operationId: 'listStaysWithoutPapers',
      ...needs('resident.read'),
      responses: {
        200: answers(
          z.object({
            items: z.array(
              z.object({ placement_id: z.string(), resident_token: z.string(), first_on: z.string(), days: z.int() }),
            ),
          }),
          `Stays whose papers leave a day open between today and ${papersEndingDays} days on`,
        ),
        ...problems(),
      },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      const today = ctx.clock.today()
      const items = await transact(ctx, (tx) =>
        staysWithoutPapers(tx, organisationOf(ctx.actor), today, soon(today), 200),
      )
      return c.json(
        {
          items: items.map(({ placement_id, resident_token, first_on, days }) => ({
            placement_id,
            resident_token,
            first_on,
            days,
          })),
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      ...stays,
      method: 'get',
      path: '/api/v1/placements/{id}/steps',
      operationId: 'listPlacementSteps',
      ...needs('placement.read'),
      request: { params: idPath },
      responses: {
        200: answers(z.object({ items: z.array(Step) }), 'The steps and decisions, the oldest first'),
        ...problems(404),
      },
    }),
    async (c) => {
      const items = await transact(c.get('ctx'), async (tx) =>
        stepsOf(tx, await getPlacement(tx, c.req.valid('param').id)),
      )
      return c.json(
        {
          items: items.map(
            ({ kind, valid_from, valid_to, decision, decided_on, longer_reason, note, recorded_at }) => ({
              ...{ kind, valid_from, valid_to, decision, decided_on, longer_reason, note, recorded_at },
            }),
          ),
        },
        200,
      )
    },
  )
}

const shownMove = ({
  new_resident_id: _,
  new_resident_token: __,
  unit: ___,
  departure_day_charged: ____,
  ...move
}: MoveRow) => move

function moveRoutes(app: App): void {
  const tag = { tags: ['stays'] }
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/placements/{id}/moves',
      operationId: 'proposeMove',
      ...needs('placement.manage'),
      request: { params: idPath, body: takes(MoveInput) },
      responses: {
        201: answers(Move, 'Proposed, or carried out where nobody else is asked'),
        ...problems(403, 404, 409, 422),
      },
    }),
    async (c) => c.json(shownMove(await proposeMove(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 201),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/api/v1/moves',
      operationId: 'listMoves',
      ...needs('placement.read'),
      request: { query: z.object({ ...pageQuery, status: choice(moveStatuses).optional() }) },
      responses: { 200: answers(pageSchema(Move), 'Moves with a part of ours, the newest first'), ...problems(422) },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      const { limit, cursor, status } = c.req.valid('query')
      const after = readCursor(cursor, 1)
      const rows = await transact(ctx, (tx) => listMoves(tx, organisationOf(ctx.actor), status, { limit, after }))
      return c.json(
        pageOf(rows.map(shownMove), limit, (row) => [row.id]),
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/api/v1/moves/{id}',
      operationId: 'getMove',
      ...needs('placement.read'),
      request: { params: idPath },
      responses: { 200: answers(Move, 'The move'), ...problems(404) },
    }),
    async (c) => c.json(shownMove(await transact(c.get('ctx'), (tx) => getMove(tx, c.req.valid('param').id))), 200),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/moves/{id}/accept',
      operationId: 'acceptMove',
      ...needs('placement.manage'),
      request: { params: idPath, body: takes(MoveAcceptance) },
      responses: { 200: answers(Move, 'Carried out'), ...problems(403, 404, 409, 422) },
    }),
    async (c) => c.json(shownMove(await acceptMove(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 200),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/moves/{id}/decline',
      operationId: 'declineMove',
      ...needs('placement.manage'),
      request: { params: idPath, body: takes(MoveDecline) },
      responses: { 200: answers(Move, 'Declined'), ...problems(403, 404, 409, 422) },
    }),
    async (c) => c.json(shownMove(await declineMove(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 200),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/moves/{id}/withdraw',
      operationId: 'withdrawMove',
      ...needs('placement.manage'),
      request: { params: idPath },
      responses: { 200: answers(Move, 'Withdrawn'), ...problems(403, 404, 409) },
    }),
    async (c) => c.json(shownMove(await withdrawMove(c.get('ctx'), c.req.valid('param').id)), 200),
  )
}
