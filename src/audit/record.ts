/** Who did what when, written in the same transaction as the act itself. */
import type { Context } from '../context.ts'
import type { BulkTable, Row } from '../db/bulk.ts'
import type { Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import { newId } from '../ids.ts'

export interface AuditEntry {
  /** the command's name, e.g. `addPrice` */
  action: string
  subject_type: string
  subject_id: string
  /** the two parties that may read the entry beside the acting organisation */
  seller_id?: string | null
  buyer_id?: string | null
  /** never with a person's name or personal code */
  before?: unknown
  after?: unknown
}

/** More entries than this of one act, alike but for what they are about, are one line of the log with its parts behind it. */
const mostLines = 3

/** Of entries that are alike and seen by the same parties the first stands for the others: its id for each of those, else null. */
function wholesOf(entries: readonly AuditEntry[], ids: readonly string[]): (string | null)[] {
  const alike = ({ action, subject_type, seller_id, buyer_id }: AuditEntry) =>
    [action, subject_type, seller_id ?? '', buyer_id ?? ''].join(' ')
  const groups = Map.groupBy(entries.keys(), (index) => alike(entries[index]!))
  return entries.map((entry, index) => {
    const group = groups.get(alike(entry))!
    return group.length > mostLines && index !== group[0] ? ids[group[0]!]! : null
  })
}

/** Writes entries in one statement. The log refuses update and delete (see 0006_audit_access). */
export async function recordAudit(tx: Tx, ctx: Context, ...entries: AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const member = ctx.actor.kind === 'member' ? ctx.actor : null
  const ids = entries.map(() => newId())
  const wholes = wholesOf(entries, ids)
  await tx
    .insertInto('audit_event')
    .values(
      entries.map((entry, index) => ({
        id: ids[index]!,
        part_of: wholes[index]!,
        at: ctx.clock.now().toISOString(),
        organisation_id: member?.organisation_id ?? null,
        person_id: member?.person_id ?? null,
        token_id: member?.token_id ?? null,
        action: entry.action,
        subject_type: entry.subject_type,
        subject_id: entry.subject_id,
        seller_id: entry.seller_id ?? null,
        buyer_id: entry.buyer_id ?? null,
        before: json(entry.before ?? null),
        after: json(entry.after ?? null),
      })),
    )
    .execute()
}

/** The log, for runs that write many entries at once. */
export const auditTable: BulkTable = {
  name: 'audit_event',
  columns: [
    ['id', 'uuid'],
    ['at', 'timestamptz'],
    ['organisation_id', 'uuid'],
    ['person_id', 'uuid'],
    ['token_id', 'uuid'],
    ['action', 'text'],
    ['subject_type', 'text'],
    ['subject_id', 'text'],
    ['seller_id', 'uuid'],
    ['buyer_id', 'uuid'],
    ['after', 'jsonb'],
  ],
}

/** An entry as a row of the log; what was before is not part of it. */
export function auditRow(ctx: Context, entry: AuditEntry): Row {
  const member = ctx.actor.kind === 'member' ? ctx.actor : null
  const { action, subject_type, subject_id, seller_id = null, buyer_id = null, after } = entry
  const who = [member?.organisation_id ?? null, member?.person_id ?? null, member?.token_id ?? null]
  const said = after === undefined ? null : JSON.stringify(after)
  return [newId(), ctx.clock.now().toISOString(), ...who, action, subject_type, subject_id, seller_id, buyer_id, said]
}
