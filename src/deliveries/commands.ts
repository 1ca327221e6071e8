/** The verbs of this module: permission, one transaction, load, decide, save, trace (R16), audit. */
import { type AuditEntry, recordAudit } from '../audit/record.ts'
import { traceChanges, tracePlacementChange } from '../audit/trace.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { formatQuantity } from '../money.ts'
import { offerFreedPlaces } from '../placements/freed-commands.ts'
import { type FieldError, Refusal, refuse, refuseFields } from '../refusal.ts'
import { type AbsenceChange, type AbsenceInput, kindsAt, touchesPlacement } from './absence.ts'
import { readDeliveriesCsv } from './csv.ts'
import {
  type DeliveryKind,
  faultOf,
  fieldErrorOf,
  type NewDelivery,
  ordinaryDay,
  refuseItems,
  sameQuantity,
} from './delivery.ts'
import { placeLines } from './import.ts'
import { fieldOf, type SheetCell, sheetChanges } from './sheet.ts'
import {
  type AbsenceRow,
  allRecorded,
  closedMonths,
  type DeliveryRow,
  daysAbove,
  deliveriesBetween,
  findOverlappingAbsence,
  getAbsence,
  getDelivery,
  holdPlacements,
  holdPlacementsOf,
  insertAbsence,
  insertDeliveries,
  lockAbsence,
  lockDelivery,
  otherWeekdays,
  type RecordedPlacement,
  updateAbsence,
  withdrawDeliveries,
} from './store.ts'

/** A day that came to more than is ordinary: nothing is refused, but somebody should look again. */
export interface DayWarning {
  placement_id: string
  delivered_on: string
  /** all that is delivered on that day now */
  quantity: string
}

export interface RecordedDeliveries {
  items: DeliveryRow[]
  warnings: DayWarning[]
  /** days on which the stay is not expected, because it comes on other days of the week */
  other_weekdays: { placement_id: string; delivered_on: string }[]
  /** months among the dates that are closed already: their correction follows with the next close (R16) */
  closed_months: string[]
}

/** A delivery with the placement it was found to belong to. */
export interface PlacedDelivery {
  placement: RecordedPlacement
  delivered_on: string
  kind: DeliveryKind
  quantity: string
  note: string
}

/**
 * Records what was given: all of it or nothing, in a constant number of statements.
 * @throws Refusal `not_permitted`; `invalid_input`, or the one code that all errors share (`delivery_outside_placement`,
 * `delivery_in_future`, `unit_not_recorded`), with each item named (`deliveries.3.delivered_on`)
 */
export async function recordDeliveries(ctx: Context, deliveries: readonly NewDelivery[]): Promise<RecordedDeliveries> {
  permit(ctx.actor, 'delivery.record')
  return carryOut(ctx, async (tx) => {
    const ids = deliveries.map((delivery) => delivery.placement_id)
    const placements = await holdPlacements(tx, recorder(ctx), ids)
    const errors: FieldError[] = []
    const placed = deliveries.flatMap((delivery, index): PlacedDelivery[] => {
      const placement = placements.get(delivery.placement_id.toLowerCase()) ?? null
      const fault = faultOf(placement, delivery.delivered_on, ctx.clock.today())
      if (fault !== null) errors.push(fieldErrorOf(fault, `deliveries.${index}.${fault.field}`))
      if (fault !== null || placement === null) return []
      const { delivered_on, quantity, kind = 'delivered', note = '' } = delivery
      return [{ placement, delivered_on, kind, quantity, note }]
    })
    if (errors.length > 0) refuseItems(errors)
    return saveDeliveries(tx, ctx, 'recordDeliveries', placed)
  })
}

/**
 * Saves deliveries that were found right, in the transaction that held their placements: rows, trace (R16), audit.
 * @param action the command that the audit names
 */
export async function saveDeliveries(
  tx: Tx,
  ctx: Context,
  action: string,
  placed: readonly PlacedDelivery[],
  withdrawn: readonly DeliveryRow[] = [],
): Promise<RecordedDeliveries> {
  const items = placed.map((delivery) => newDelivery(ctx, delivery))
  await insertDeliveries(tx, items)
  const days = placed.flatMap(({ placement, delivered_on }) => {
    const { seller_id, id: placement_id } = placement
    const ordinary = ordinaryDay(placement)
    return ordinary === null ? [] : [{ seller_id, placement_id, delivered_on, ordinary }]
  })
  const warnings = await daysAbove(tx, days)
  const given = items.filter(({ kind }) => kind === 'delivered')
  const other_weekdays = await otherWeekdays(
    tx,
    given.map(({ seller_id, placement_id, delivered_on }) => ({ seller_id, placement_id, delivered_on })),
  )
  const changed = [...items, ...withdrawn].map(({ seller_id, placement_id, delivered_on }) => ({
    seller_id,
    placement_id,
    from_date: delivered_on,
  }))
  await traceChanges(tx, ctx, changed)
  const closed_months = await closedMonths(tx, changed)
  await recordAudit(tx, ctx, ...summaries(action, items, withdrawn))
  return { items, warnings, other_weekdays, closed_months }
}

function newDelivery(ctx: Context, { placement, delivered_on, kind, quantity, note }: PlacedDelivery): DeliveryRow {
  return {
    seller_id: placement.seller_id,
    placement_id: placement.id,
    id: newId(),
    buyer_id: placement.buyer_id,
    delivered_on,
    kind,
    quantity: formatQuantity(quantity),
    note,
    recorded_at: ctx.clock.now().toISOString(),
    recorded_by: personOf(ctx.actor),
    withdrawn_at: null,
  }
}

/** One entry for each placement: how many, and from when to when. */
function summaries(action: string, recorded: readonly DeliveryRow[], withdrawn: readonly DeliveryRow[]): AuditEntry[] {
  const byPlacement = Map.groupBy([...recorded, ...withdrawn], (row) => row.placement_id)
  const summary = (rows: readonly DeliveryRow[], of: ReadonlySet<DeliveryRow>) => {
    const dates = rows
      .filter((row) => of.has(row))
      .map((row) => row.delivered_on)
      .sort()
    return dates.length === 0 ? null : { count: dates.length, from: dates[0], to: dates.at(-1) }
  }
  const [recordedRows, withdrawnRows] = [new Set(recorded), new Set(withdrawn)]
  return [...byPlacement].map(([placement_id, rows]) => ({
    action,
    subject_type: 'placement',
    subject_id: placement_id,
    seller_id: rows[0]!.seller_id,
    buyer_id: rows[0]!.buyer_id,
    before: summary(rows, withdrawnRows),
    after: summary(rows, recordedRows),
  }))
}

/**
 * Records a file of deliveries, all of it or nothing: see `readDeliveriesCsv` for how it may be written.
 * @throws Refusal `not_permitted`, `csv_not_readable` (also for a file whose every line is recorded already);
 * `invalid_input` and the codes of `recordDeliveries` with each wrong line named (`line 7.date`)
 */
export async function importDeliveries(ctx: Context, text: string): Promise<RecordedDeliveries> {
  permit(ctx.actor, 'delivery.record')
  const { lines, errors } = readDeliveriesCsv(text)
  return carryOut(ctx, async (tx) => {
    const placements = await holdPlacementsOf(tx, organisationOf(ctx.actor), {
      ids: lines.flatMap((line) => line.placement_id ?? []),
      tokens: lines.flatMap((line) => (line.placement_id === null ? (line.token ?? []) : [])),
    })
    const found = placeLines(lines, placements, ctx.clock.today())
    errors.push(...found.flatMap((each) => ('error' in each ? [each.error] : [])))
    if (errors.length > 0) refuseItems(errors.toSorted(byLine).slice(0, mostErrors))
    const placed = found.flatMap((each): PlacedDelivery[] =>
      'error' in each ? [] : [{ ...each.line, placement: each.placement }],
    )
    if (await allRecorded(tx, placed)) refuse('csv_not_readable', { field: 'file', reason: 'recorded' })
    return saveDeliveries(tx, ctx, 'importDeliveries', placed)
  })
}

/** Whoever has more wrong lines than this has one mistake in all of them. */
const mostErrors = 200

function byLine(a: FieldError, b: FieldError): number {
  return Number.parseInt(a.path.slice('line '.length), 10) - Number.parseInt(b.path.slice('line '.length), 10)
}

/**
 * Withdraws a delivery: it stays as what was once recorded and counts no longer. A second time changes nothing.
 * @throws Refusal `not_permitted`, `not_found` (also for a delivery of another seller)
 */
export async function withdrawDelivery(ctx: Context, id: string): Promise<DeliveryRow> {
  permit(ctx.actor, 'delivery.record')
  return carryOut(ctx, async (tx) => {
    const before = await lockDelivery(tx, id)
    if (before.withdrawn_at !== null) return before
    await withdrawDeliveries(tx, before.seller_id, [before.id], ctx.clock.now().toISOString())
    await tracePlacementChange(tx, ctx, before.seller_id, before.placement_id, before.delivered_on)
    const after = await getDelivery(tx, before.id)
    await recordAudit(tx, ctx, {
      action: 'withdrawDelivery',
      subject_type: 'delivery',
      subject_id: before.id,
      seller_id: before.seller_id,
      buyer_id: before.buyer_id,
      before,
      after,
    })
    return after
  })
}

export interface SavedSheet {
  recorded: number
  withdrawn: number
  warnings: DayWarning[]
  closed_months: string[]
}

/**
 * Saves what a sheet was changed to: new figures are recorded, changed ones withdrawn and recorded anew, cleared ones
 * withdrawn. A day that holds something else than the sheet was made from is refused, unless it already holds what is wanted.
 * @throws Refusal `not_permitted`, `changed_meanwhile`; `invalid_input` and the codes of `recordDeliveries` with each
 * day named as the sheet names it (`quantity:<placement>:<date>`)
 */
export async function saveSheet(ctx: Context, cells: readonly SheetCell[]): Promise<SavedSheet> {
  permit(ctx.actor, 'delivery.record')
  return carryOut(ctx, async (tx) => {
    const wanted = cells.filter((cell) => !sameQuantity(cell.before, cell.after))
    const ids = wanted.map((cell) => cell.placement_id)
    const placements = await holdPlacements(tx, recorder(ctx), ids, 'alone')
    refuseFaults(ctx, wanted, placements)
    const dates = wanted.map((cell) => cell.delivered_on).sort()
    const [first] = placements.values()
    if (first === undefined) return { recorded: 0, withdrawn: 0, warnings: [], closed_months: [] }
    const recorded = await deliveriesBetween(tx, first.seller_id, [...placements.keys()], dates[0]!, dates.at(-1)!)
    const changes = sheetChanges(wanted, recorded)
    if (changes.conflicts.length > 0) {
      const fields = changes.conflicts.map((cell) => ({
        path: pathOf(cell),
        message: 'deliveries.changed_meanwhile',
        values: { now: cell.now ?? 'none' },
      }))
      throw new Refusal('changed_meanwhile', {}, fields)
    }
    await withdrawDeliveries(
      tx,
      first.seller_id,
      changes.withdraw.map((row) => row.id),
      ctx.clock.now().toISOString(),
    )
    const placed = changes.record.map((cell) => ({ ...cell, placement: placements.get(cell.placement_id)!, note: '' }))
    const { items, warnings, closed_months } = await saveDeliveries(tx, ctx, 'saveSheet', placed, changes.withdraw)
    return { recorded: items.length, withdrawn: changes.withdraw.length, warnings, closed_months }
  })
}

function pathOf(cell: SheetCell): string {
  return fieldOf(cell.kind, cell.placement_id, cell.delivered_on)
}

/** Cleared days are let through whatever they are: what should not be there may always be taken away. */
function refuseFaults(
  ctx: Context,
  cells: readonly SheetCell[],
  placements: ReadonlyMap<string, RecordedPlacement>,
): void {
  const errors = cells.flatMap((cell): FieldError[] => {
    const placement = placements.get(cell.placement_id) ?? null
    const fault = faultOf(placement, cell.delivered_on, ctx.clock.today())
    if (fault === null || (cell.after === null && placement !== null)) return []
    return [fieldErrorOf(fault, pathOf(cell))]
  })
  if (errors.length > 0) refuseItems(errors)
}

/**
 * Records that a resident was away; both dates are days of absence.
 * @throws Refusal `not_permitted`, `invalid_input` (unknown or foreign placement, unknown kind), `absence_outside_placement`,
 * `absences_overlap`
 */
export async function recordAbsence(ctx: Context, input: AbsenceInput): Promise<AbsenceRow> {
  permit(ctx.actor, 'delivery.record')
  return namingOverlap(ctx, input.placement_id, input, null, () =>
    carryOut(ctx, async (tx) => {
      const placement =
        (await holdOne(tx, ctx, input.placement_id)) ??
        refuseFields([{ path: 'placement_id', message: 'validation.not_known' }])
      refuseAbsence(input, placement)
      const { kind, valid_from, valid_to, note = '' } = input
      const row: AbsenceRow = {
        seller_id: placement.seller_id,
        placement_id: placement.id,
        id: newId(),
        buyer_id: placement.buyer_id,
        kind,
        valid_from,
        valid_to,
        note,
        recorded_at: ctx.clock.now().toISOString(),
        recorded_by: personOf(ctx.actor),
        withdrawn_at: null,
      }
      await insertAbsence(tx, row)
      await tracePlacementChange(tx, ctx, row.seller_id, row.placement_id, row.valid_from)
      await recordAudit(tx, ctx, { ...absenceEntry('recordAbsence', row), after: row })
      await offerFreedBed(tx, ctx, placement, kind)
      return row
    }),
  )
}

/**
 * Gives an absence another kind, other dates or another note.
 * @throws Refusal `not_permitted`, `not_found` (also where it was withdrawn), and those of `recordAbsence`
 */
export async function changeAbsence(ctx: Context, id: string, change: AbsenceChange): Promise<AbsenceRow> {
  permit(ctx.actor, 'delivery.record')
  const { placement_id } = await transact(ctx, (tx) => getAbsence(tx, id))
  return namingOverlap(ctx, placement_id, change, id, () =>
    carryOut(ctx, async (tx) => {
      const placement = (await holdOne(tx, ctx, placement_id)) ?? refuse('not_found')
      const before = await lockAbsence(tx, id)
      if (before.withdrawn_at !== null) refuse('not_found')
      refuseAbsence(change, placement)
      const { kind, valid_from, valid_to, note = '' } = change
      await updateAbsence(tx, before, { kind, valid_from, valid_to, note })
      const from = before.valid_from < valid_from ? before.valid_from : valid_from
      await tracePlacementChange(tx, ctx, before.seller_id, before.placement_id, from)
      const after = await getAbsence(tx, id)
      await recordAudit(tx, ctx, { ...absenceEntry('changeAbsence', after), before, after })
      await offerFreedBed(tx, ctx, placement, kind)
      return after
    }),
  )
}

/** A bed that an absence frees goes to who waits, like any other place. */
async function offerFreedBed(tx: Tx, ctx: Context, placement: RecordedPlacement, kind: string): Promise<void> {
  if (Object.hasOwn(placement.frees_bed, kind)) await offerFreedPlaces(tx, ctx, placement)
}

/**
 * Withdraws an absence: it stays as what was once recorded and counts no longer. A second time changes nothing.
 * @throws Refusal `not_permitted`, `not_found` (also for an absence of another seller)
 */
export async function withdrawAbsence(ctx: Context, id: string): Promise<AbsenceRow> {
  permit(ctx.actor, 'delivery.record')
  return carryOut(ctx, async (tx) => {
    const before = await lockAbsence(tx, id)
    if (before.withdrawn_at !== null) return before
    await updateAbsence(tx, before, { withdrawn_at: ctx.clock.now().toISOString() })
    await tracePlacementChange(tx, ctx, before.seller_id, before.placement_id, before.valid_from)
    const after = await getAbsence(tx, id)
    await recordAudit(tx, ctx, { ...absenceEntry('withdrawAbsence', after), before, after })
    return after
  })
}

/** Only a seller records, and only for its own placements. @returns null for the program itself, which may for all */
export function recorder(ctx: Context): string | null {
  return ctx.actor.kind === 'system' ? null : organisationOf(ctx.actor)
}

async function holdOne(tx: Tx, ctx: Context, placement_id: string): Promise<RecordedPlacement | null> {
  const held = await holdPlacements(tx, recorder(ctx), [placement_id])
  return [...held.values()][0] ?? null
}

function refuseAbsence(absence: AbsenceChange, placement: RecordedPlacement): void {
  if (!kindsAt(placement.absence_rules).includes(absence.kind)) {
    refuseFields([{ path: 'kind', message: 'validation.choice' }])
  }
  if (!touchesPlacement(absence, placement)) {
    refuse('absence_outside_placement', {
      field: absence.valid_to < placement.valid_from ? 'valid_to' : 'valid_from',
      from: absence.valid_from,
      to: absence.valid_to,
      placement_from: placement.valid_from,
      placement_to: placement.valid_to ?? '…',
    })
  }
}

/** R6: the database refuses the overlap, whoever comes second; here it gets both periods for its sentence. */
async function namingOverlap<T>(
  ctx: Context,
  placement_id: string,
  period: { valid_from: string; valid_to: string },
  except: string | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!brokeConstraint(error, 'absence_periods_do_not_overlap')) throw error
    const other = await transact(ctx, (tx) => findOverlappingAbsence(tx, placement_id, period, except))
    if (other === undefined) throw error
    refuse('absences_overlap', {
      field: 'valid_from',
      from: period.valid_from,
      to: period.valid_to,
      other_from: other.valid_from,
      other_to: other.valid_to,
    })
  }
}

function absenceEntry(action: string, row: AbsenceRow): AuditEntry {
  return {
    action,
    subject_type: 'absence',
    subject_id: row.id,
    seller_id: row.seller_id,
    buyer_id: row.buyer_id,
  }
}
